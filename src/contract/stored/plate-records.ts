import {z} from 'zod';
import {correctionStateSchema, plateMoveSchema} from '../correction.ts';
import {mapAnswersSchema} from '../map-import.ts';
import {benchFields, plateOffset} from './fields.ts';
import {defineRecord, renameFields} from './record.ts';

/** Values of the table `calibrations` that are of plates: how mounts moved them, and how they were measured. */

/** A move of a plate by its mount, written before it begins. */
const plateMove = defineRecord({
  name: 'calibration plate-move',
  version: 1,
  schema: z.object({
    ...benchFields,
    plate: z.number().int(),
    from: plateOffset,
    /** Axes that are moved, and where to. */
    to: plateOffset,
    by: z.string(),
    /** In words: by hand, correction from an alignment, undo of one. */
    why: z.string(),
    correctionUid: z.string().nullable(),
  }),
});

const plateMoveEnd = defineRecord({
  name: 'calibration plate-move-end',
  version: 1,
  schema: z.object({
    moveUid: z.string(),
    ending: z.enum(['arrived', 'stopped', 'failed']),
    /** Read back; null where it could not be read. */
    stands: plateOffset.nullable(),
    problem: z.string(),
    /** Irregularities that did not end the move; absent in entries of older programs. */
    notices: z.array(z.string()).readonly().exactOptional(),
  }),
});

/** What was known of a plate when a program let its mount go, or when a person gave a word for it. */
const plateStand = defineRecord({
  name: 'calibration plate-stand',
  version: 1,
  schema: z.object({
    ...benchFields,
    plate: z.number().int(),
    /** `PlateMemory` of a mount. */
    memory: z.object({
      offset: plateOffset.nullable(),
      microsteps: plateOffset,
      /** Why the offset could not be known; absent in entries of older programs. */
      reason: z.string().exactOptional(),
    }),
    /** Who gave a word for it; null when it was read. */
    by: z.string().nullable(),
  }),
});

/** Moves that follow from an alignment, written before the first of them. */
const plateCorrection = defineRecord({
  name: 'calibration plate-correction',
  version: 2,
  migrations: [renameFields({byHand: 'manualSteps'})],
  schema: z.object({
    ...benchFields,
    alignmentUid: z.string().nullable(),
    sessionUid: z.string(),
    by: z.string(),
    moves: z.array(plateMoveSchema).readonly(),
    leftOut: z.array(z.string()).readonly(),
    manualSteps: z.array(z.string()).readonly(),
  }),
});

/** How a correction went on: its moves ended, it was kept or undone. */
const plateCorrectionStep = defineRecord({
  name: 'calibration plate-correction-step',
  version: 1,
  schema: z.object({
    correctionUid: z.string(),
    state: correctionStateSchema.exclude(['moving']),
    text: z.string(),
    by: z.string(),
  }),
});

/** The planes that were measured after a correction. */
const plateCorrectionCheck = defineRecord({
  name: 'calibration plate-correction-check',
  version: 1,
  schema: z.object({correctionUid: z.string(), sessionUid: z.string()}),
});

/** Heights of a printed plate as they were measured, for predictions and alignments on this bench. */
const plateHeights = defineRecord({
  name: 'calibration plate-heights',
  version: 1,
  schema: z.object({
    ...benchFields,
    designHash: z.string(),
    /** Counted from 0. */
    plate: z.number().int().min(0),
    /** Measured minus designed, mm, of the kind `print-heights`; 0 where nothing was measured. */
    artifactUid: z.string(),
    rmsMm: z.number(),
    /** Samples without a measured height. */
    missingCount: z.number(),
    map: z.object({file: z.string(), sha256: z.string(), array: z.string()}),
    /** What its numbers mean, and where it lies on the plate, as they were answered. */
    answers: mapAnswersSchema.extend({
      missing: z.enum(['refuse', 'as-designed']),
      isLevelled: z.boolean(),
    }),
    placement: z.object({dxMm: z.number(), dyMm: z.number(), rotationDeg: z.number()}),
    by: z.string(),
    programVersion: z.string(),
  }),
});

/** By the column `kind`. */
export const plateKinds = {
  'plate-heights': plateHeights,
  'plate-move': plateMove,
  'plate-move-end': plateMoveEnd,
  'plate-stand': plateStand,
  'plate-correction': plateCorrection,
  'plate-correction-step': plateCorrectionStep,
  'plate-correction-check': plateCorrectionCheck,
} as const;
