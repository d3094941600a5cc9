import {z} from 'zod';
import {plateAxes} from '../devices.ts';
import {instrumentKinds} from '../instruments.ts';
import {columnSchema} from './bench-status.ts';
import {acting, halting, reading} from './procedure.ts';
import {limitsSchema, positionSchema} from './feed.ts';

const settingValue = z.union([z.number(), z.string(), z.boolean()]);

/** A setting of an instrument: its name, unit, range and choices, and whether it can be changed. */
export const parameterSchema = z.object({
  name: z.string(),
  label: z.string(),
  unit: z.string(),
  kind: z.enum(['number', 'integer', 'choice', 'flag', 'text']),
  range: z.tuple([z.number(), z.number()]).readonly().optional(),
  choices: z
    .array(z.union([z.number(), z.string()]))
    .readonly()
    .optional(),
  isReadOnly: z.boolean(),
  group: z.string(),
  hint: z.string().optional(),
});
/** An action that an instrument offers by name. */
export const actionSchema = z.object({
  name: z.string(),
  label: z.string(),
  args: z.array(z.string()).readonly().optional(),
});
/** An instrument of the open bench with all that can be read, set and called. */
export const instrumentSchema = z.object({
  role: z.string(),
  kind: z.enum(instrumentKinds),
  driver: z.string(),
  title: z.string(),
  parameters: z.array(parameterSchema),
  /** Of those, what is set all day. */
  mainParameters: z.array(z.string()),
  actions: z.array(actionSchema),
  columns: z.array(
    z.object({name: z.string(), unit: z.string(), label: z.string(), precision: z.number().optional()}),
  ),
});
export type Instrument = z.infer<typeof instrumentSchema>;

/** An axis of the stage. */
export const axisName = z.enum(['x', 'y', 'z']);

/** What answered at a port that was tried with one driver. */
export const probeSchema = z.object({
  driver: z.string(),
  model: z.string(),
  port: z.string(),
  identity: z.object({
    text: z.string(),
    maker: z.string(),
    model: z.string(),
    serialNumber: z.string(),
    firmware: z.string(),
  }),
  settings: z.record(z.string(), settingValue),
  reading: z.record(z.string(), settingValue).nullable(),
  /** Why there is no reading; null with one. */
  readingError: z.string().nullable(),
});

/**
 * One instrument that is opened for a call and closed after it, whatever bench is open: that of a bench file and a role,
 * or of a driver and a port. A source is off afterwards, a stage at rest.
 */
export const instrumentTargetSchema = z.object({
  /** Bench file on the host's computer. */
  benchPath: z.string().min(1).optional(),
  /** Role in the bench file, or the kind of instrument. */
  role: z.string().optional(),
  driver: z.string().optional(),
  port: z.string().optional(),
  baudRate: z.number().int().min(1).optional(),
  parity: z.enum(['none', 'odd', 'even']).optional(),
  /** Stage: soft limits; with a bench file they may only be narrower than its own. */
  limitsMm: limitsSchema.optional(),
  /** Stage: the operator confirms that the position is right, whatever the bench file says of homing. */
  isPositionTrusted: z.boolean().optional(),
  /** Source: with a bench file the limit may only be lower than its own. */
  maxPowerDbm: z.number().optional(),
  powerDbm: z.number().optional(),
  multiplier: z.number().int().min(1).optional(),
  outputFrequencyHz: z.number().gt(0).optional(),
  /** Detector: settings of the bench file are applied first; else it is taken as it is. */
  hasBenchSettings: z.boolean().optional(),
  /** Factor on every time limit; 1 unless given. */
  timeoutScale: z.number().gt(0).optional(),
});
export type InstrumentTarget = z.infer<typeof instrumentTargetSchema>;

/** The instrument of an act: `at` opens it for this call; without it, that of the open bench. */
const at = instrumentTargetSchema.optional();
/** Of the open bench, where `at` names none. */
const role = z.string().default('');
const namedValues = z.object({
  values: z.array(z.object({name: z.string(), value: settingValue, unit: z.string()})),
});

/** Instruments by name: connect, read, set, call; those of the open bench and single ones at a port. */
export const instruments = {
  list: reading('/instruments', 'Instruments of the open bench with their parameters and actions').output(
    z.array(instrumentSchema),
  ),
  drivers: reading('/drivers', 'Drivers of this program').output(
    z.array(
      z.object({
        name: z.string(),
        kind: z.enum(instrumentKinds),
        model: z.string(),
        title: z.string(),
        identity: z.string(),
        manual: z.string(),
        docs: z.string(),
        parameters: z.array(parameterSchema),
        mainParameters: z.array(z.string()),
        actions: z.array(actionSchema),
        columns: instrumentSchema.shape.columns,
      }),
    ),
  ),
  /** Identity, settings and a reading of one instrument. The RF of a source goes off; nothing else changes. */
  probe: acting('/instruments/probe', 'Ask one instrument what it is', 'probe-instrument')
    .input(z.object({at: instrumentTargetSchema}))
    .output(probeSchema),
  /** Values by name with their units; all settings without a name. */
  get: acting('/instruments/get', 'Read parameters by name', 'read-parameters')
    .input(z.object({at, role, names: z.array(z.string()).default([])}))
    .output(namedValues),
  /** In the order given; when one is not allowed none is sent. Values read back are returned. */
  assign: acting('/instruments/assign', 'Set parameters, all or none', 'set-parameters')
    .input(
      z.object({at, role, assignments: z.array(z.object({name: z.string(), value: settingValue})).min(1)}),
    )
    .output(namedValues),
  /** Reads all parameters from the instrument, now. Refused during a run. */
  read: reading('/instruments/read', 'Read the settings of an instrument')
    .input(z.object({role: z.string()}))
    .output(z.object({utc: z.string(), values: z.record(z.string(), settingValue)})),
  set: acting('/instruments/set', 'Set a parameter; the value read back is returned', 'set-parameter')
    .input(z.object({role: z.string(), name: z.string(), value: settingValue}))
    .output(z.object({value: settingValue})),
  call: acting('/instruments/call', 'Make an instrument do one of its actions', 'call-action')
    .input(z.object({at, role, action: z.string(), args: z.record(z.string(), settingValue).default({})}))
    .output(z.object({result: z.unknown()})),
  connect: acting(
    '/instruments/connect',
    'Connect an instrument of the open bench again',
    'connect-instrument',
  )
    .input(z.object({role: z.string()}))
    .output(z.object({})),
  disconnect: acting('/instruments/disconnect', 'Let the port of an instrument go', 'disconnect-instrument')
    .input(z.object({role: z.string()}))
    .output(z.object({})),
};

/** The source by hand. Turning it off is always allowed. */
export const source = {
  /** Refused while an interlock stands against it; the refusal names it. */
  turnOn: acting('/source/turn-on', 'RF on, ramped to the level', 'turn-source-on')
    .input(z.object({powerDbm: z.number().optional(), outputFrequencyHz: z.number().optional()}))
    .output(z.object({})),
  turnOff: halting('/source/turn-off', 'RF off', 'turn-source-off').output(z.object({})),
  /**
   * Holds RF on at one source that is opened for it: the first call turns it on, each one looks whether it is. It goes off
   * by `holdEnd`, by STOP, or when no call has come for `holdMs`, so that a program that dies leaves no source on.
   */
  hold: acting('/source/hold', 'Hold RF on as long as this is asked for', 'hold-source', {
    isAuditedByHandler: true,
  })
    .input(
      z.object({
        /** One id a hold: only its first call leaves an audit line. */
        holdId: z.string().min(1).max(64),
        at: instrumentTargetSchema,
        holdMs: z.number().int().min(500).max(30_000).default(5000),
      }),
    )
    .output(z.object({state: z.record(z.string(), z.unknown())})),
  holdEnd: halting('/source/hold-end', 'End a hold: RF off', 'end-hold')
    .input(z.object({holdId: z.string()}))
    .output(z.object({})),
  interlocks: reading('/source/interlocks', 'What must hold before RF may go on').output(
    z.array(z.object({name: z.string(), isHolding: z.boolean(), text: z.string()})),
  ),
};

/** The stage by hand: homing, moves, jog, and the trust in its position. */
export const stage = {
  /** What a move would do: refused with the reason, or path and time. Nothing moves. */
  preview: reading('/stage/preview', 'What a move would do')
    .input(z.object({targetMm: positionSchema}))
    .output(
      z.object({
        isAllowed: z.boolean(),
        refusal: z.string(),
        fromMm: positionSchema,
        targetMm: positionSchema,
        pathMm: z.array(positionSchema),
        seconds: z.number(),
      }),
    ),
  /** Resolves with the position read back. */
  moveTo: acting('/stage/move-to', 'Move to a position', 'move-stage')
    .input(z.object({at, targetMm: positionSchema}))
    .output(z.object({positionMm: positionSchema})),
  home: acting('/stage/home', 'Homing cycle', 'home-stage')
    .input(z.object({at}).default({}))
    .output(z.object({positionMm: positionSchema})),
  /** Where a stage reports that it stands; with `isJudged`, and whether that is known to be right. */
  where: acting('/stage/where', 'Read the position', 'read-position')
    .input(z.object({at, isJudged: z.boolean().default(false)}))
    .output(
      z.object({
        positionMm: positionSchema,
        /** Where it stood when its position was last trusted; null where nothing was judged. */
        beforeMm: positionSchema.nullable(),
        /** Why its position is not trusted; ''. */
        distrust: z.string(),
      }),
    ),
  /** Stops a stage that was left moving, and proves that it rests. */
  stop: acting('/stage/stop', 'Stop the stage', 'stop-stage', {isAuditedByHandler: true})
    .input(z.object({at}).default({}))
    .output(z.object({positionMm: positionSchema})),
  /**
   * A person's confirmation that the stage stands where its controller reports, for `reportedMm`, which is what the
   * person was shown beside where it stood before. Refused when the controller reports another position by now.
   */
  trustPosition: acting(
    '/stage/trust-position',
    'Say that the reported position is right',
    'trust-position',
    {
      isAuditedByHandler: true,
    },
  )
    .input(z.object({at, reportedMm: positionSchema}))
    .output(z.object({positionMm: positionSchema, beforeMm: positionSchema.nullable(), reason: z.string()})),
  /** A step of a set distance, within the limits. */
  step: acting('/stage/step', 'Move by a distance', 'step-stage')
    .input(z.object({axis: axisName, distanceMm: z.number()}))
    .output(z.object({positionMm: positionSchema})),
  /**
   * Hold to move: starts (or keeps up) a jog towards a limit. It ends by `jogEnd`, at the limit, or by itself when
   * no call has come for `holdMs`, so that a window that dies stops the stage.
   */
  jogHold: acting('/stage/jog-hold', 'Start or keep up a jog', 'jog-stage', {isAuditedByHandler: true})
    .input(
      z.object({
        /** One id a press: only its first call leaves an audit line. */
        pressId: z.string().min(1).max(64),
        direction: z.object({
          x: z.number().min(-1).max(1).default(0),
          y: z.number().min(-1).max(1).default(0),
          z: z.number().min(-1).max(1).default(0),
        }),
        speedMmPerS: z.number().gt(0).max(200),
        holdMs: z.number().int().min(100).max(1000).default(300),
      }),
    )
    .output(z.object({})),
  jogEnd: halting('/stage/jog-end', 'End a jog', 'end-jog')
    .input(z.object({pressId: z.string()}))
    .output(z.object({positionMm: positionSchema})),
};

const plateOffsetSchema = z.object({
  dxMm: z.number().optional(),
  dyMm: z.number().optional(),
  dzMm: z.number().optional(),
  rotationDeg: z.number().optional(),
});
const plateNumber = z.number().int().min(1).max(99);
const plateStates = z.object({
  plates: z.array(
    z.object({
      plate: z.number().int(),
      /** Axes whose position is not known are absent. */
      offset: plateOffsetSchema,
      isMoving: z.boolean(),
      /** What keeps it from being moved; ''. */
      problem: z.string(),
      /** As reported by axes whose zero is not proven. */
      unproven: plateOffsetSchema.optional(),
    }),
  ),
  /** Irregularities that did not end the action, in sentences. */
  notices: z.array(z.string()),
});

/** Motorised mounts of plates, by hand. Offsets are from the plate's zero, in the bench frame. */
export const mount = {
  /** What a move would do: refused with the reason, or the time it takes. Nothing moves. */
  preview: reading('/mount/preview', 'What a move of a plate would do')
    .input(z.object({plate: plateNumber, target: plateOffsetSchema}))
    .output(
      z.object({
        isAllowed: z.boolean(),
        refusal: z.string(),
        from: plateOffsetSchema,
        target: plateOffsetSchema,
        /** Real time of the way; null where it is refused or the mount does not tell its speed. */
        seconds: z.number().nullable(),
      }),
    ),
  /** Resolves with the offset read back. */
  moveTo: acting('/mount/move-to', 'Move a plate by its mount', 'move-plate')
    .input(z.object({at, plate: plateNumber, target: plateOffsetSchema, why: z.string().max(500).optional()}))
    .output(z.object({offset: plateOffsetSchema, notices: z.array(z.string())})),
  /** How every plate stands, read now. */
  where: acting('/mount/where', 'Read where every plate stands', 'read-plates')
    .input(z.object({at}).default({}))
    .output(plateStates),
  /** Stops plates that were left moving, and proves that they rest. */
  stop: acting('/mount/stop', 'Stop the mounts', 'stop-mounts', {isAuditedByHandler: true})
    .input(z.object({at}).default({}))
    .output(plateStates),
  /** Drives one axis to its switch: a long way. */
  home: acting('/mount/home', 'Home one axis of a plate', 'home-plate')
    .input(z.object({at, plate: plateNumber, axis: z.enum(plateAxes)}))
    .output(plateStates),
  /** Moves back what the newest correction of the bench of `at`, or a named one, has moved. */
  undoCorrection: acting('/mount/undo-correction', 'Move back what a correction has moved', 'undo-correction')
    .input(z.object({at: instrumentTargetSchema, uid: z.string().optional()}))
    .output(z.object({uid: z.string(), text: z.string()})),
  /** The operator's confirmation that axes whose zero is not proven stand where they were shown to. */
  trustPosition: acting('/mount/trust-position', 'A plate stands where its mount reports it', 'trust-plate')
    .input(z.object({at, plate: plateNumber, shown: plateOffsetSchema}))
    .output(plateStates),
  /** The operator's confirmation that what an axis has reported is repaired. */
  clearFaults: acting('/mount/clear-faults', 'What a mount has reported is mended', 'clear-mount-faults')
    .input(z.object({at, plate: plateNumber}))
    .output(plateStates),
};

/** A detector by hand. */
export const detector = {
  /** Valid readings, one after the other; none during overload or reference unlock (`device/not-valid`). */
  read: acting('/detector/read', 'Readings of a detector', 'read-detector')
    .input(
      z.object({
        at,
        count: z.number().int().min(1).max(100_000).default(1),
        /** Wait before each reading until 1 % of a step is left in the filter. */
        isSettled: z.boolean().default(false),
      }),
    )
    .output(z.object({columns: z.array(columnSchema), readings: z.array(z.record(z.string(), z.number()))})),
};
