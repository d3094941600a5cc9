import {z} from 'zod';
import {plateAxes} from '../devices.ts';
import {columnSchema} from './bench-status.ts';
import {acting, halting, reading} from './procedure.ts';
import {positionSchema} from './feed.ts';
import {axisName, instrumentTargetSchema} from './instruments.ts';

/** The instrument of an act: `at` opens it for this call; without it, that of the open bench. */
const at = instrumentTargetSchema.optional();

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
