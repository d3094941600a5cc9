import {z} from 'zod';
import {instrumentKinds} from '../instruments.ts';
import {acting, halting, reading} from './procedure.ts';
import {positionSchema} from './feed.ts';

const settingValue = z.union([z.number(), z.string(), z.boolean()]);

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
export const actionSchema = z.object({
  name: z.string(),
  label: z.string(),
  args: z.array(z.string()).readonly().optional(),
});
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

export const axisName = z.enum(['x', 'y', 'z']);

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
      }),
    ),
  ),
  /** Reads all parameters from the instrument, now. Refused during a run. */
  read: reading('/instruments/read', 'Read the settings of an instrument')
    .input(z.object({role: z.string()}))
    .output(z.object({utc: z.string(), values: z.record(z.string(), settingValue)})),
  set: acting('/instruments/set', 'Set a parameter; the value read back is returned', 'set-parameter')
    .input(z.object({role: z.string(), name: z.string(), value: settingValue}))
    .output(z.object({value: settingValue})),
  call: acting('/instruments/call', 'Make an instrument do one of its actions', 'call-action')
    .input(
      z.object({role: z.string(), action: z.string(), args: z.record(z.string(), settingValue).default({})}),
    )
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

export const source = {
  /** Refused while an interlock stands against it; the refusal names it. */
  turnOn: acting('/source/turn-on', 'RF on, ramped to the level', 'turn-source-on')
    .input(z.object({powerDbm: z.number().optional(), outputFrequencyHz: z.number().optional()}))
    .output(z.object({})),
  turnOff: halting('/source/turn-off', 'RF off', 'turn-source-off').output(z.object({})),
  interlocks: reading('/source/interlocks', 'What must hold before RF may go on').output(
    z.array(z.object({name: z.string(), isHolding: z.boolean(), text: z.string()})),
  ),
};

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
    .input(z.object({targetMm: positionSchema}))
    .output(z.object({positionMm: positionSchema})),
  home: acting('/stage/home', 'Homing cycle', 'home-stage').output(z.object({positionMm: positionSchema})),
  /**
   * A person's word that the stage stands where its controller says, given for `reportedMm`, which is what the person
   * was shown beside where it stood before. Refused when the controller reports another position by now.
   */
  trustPosition: acting(
    '/stage/trust-position',
    'Say that the reported position is right',
    'trust-position',
    {
      isAuditedByHandler: true,
    },
  )
    .input(z.object({reportedMm: positionSchema}))
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
    .input(z.object({plate: plateNumber, target: plateOffsetSchema}))
    .output(z.object({offset: plateOffsetSchema})),
  /** The operator's word that axes whose zero is not proven stand where they were shown to. */
  trustPosition: acting('/mount/trust-position', 'A plate stands where its mount reports it', 'trust-plate')
    .input(z.object({plate: plateNumber, shown: plateOffsetSchema}))
    .output(z.object({})),
  /** The operator's word that what an axis has reported is mended. */
  clearFaults: acting('/mount/clear-faults', 'What a mount has reported is mended', 'clear-mount-faults')
    .input(z.object({plate: plateNumber}))
    .output(z.object({})),
};
