import {z} from 'zod';
import {plateAxes} from './devices.ts';

/**
 * What mounts do to plates after an alignment, as plain data: shown before it is done, written down, printed by
 * `align --correct --json`. Offsets are from each plate's own zero, in the bench frame; mm, degrees for a turn.
 */

export const plateMoveSchema = z.object({
  /** 1 behind the object. */
  plate: z.number().int(),
  axes: z.array(
    z.object({
      axis: z.enum(plateAxes),
      from: z.number(),
      to: z.number(),
      /** One standard deviation of what was found. */
      sigma: z.number(),
      /** How far one correction may move it at most. */
      maxCorrection: z.number(),
      limits: z.tuple([z.number(), z.number()]).readonly(),
    }),
  ),
  /** Real time of the way; null where the mount does not tell its speed. */
  seconds: z.number().nullable(),
});

/** A figure with its 95 % interval; null where it is not defined. */
const figureSchema = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** The same planes before and after, and the change of each figure (after minus before, plane by plane). */
const changedFigureSchema = z.object({before: figureSchema, after: figureSchema, change: figureSchema});

/** How measured and designed planes agreed before and after a correction. */
export const correctionComparisonSchema = z.object({
  /** Objects that were measured both times. */
  planeCount: z.number().int(),
  /** Mean correlation of measured and designed planes, the scan's frame registered. */
  correlation: changedFigureSchema,
  /** Mean of the root mean square differences of the regions' energy shares. */
  shareError: changedFigureSchema,
  /** Part of the verdicts that are the designed ones. */
  match: changedFigureSchema,
  /** How the intervals of the first two come about, in a sentence. */
  text: z.string(),
});

/** Root mean square displacement of the plates from where the design has them, over the axes that the mounts have. */
export const displacementSchema = z.object({
  lateralMm: z.number().nullable(),
  axialMm: z.number().nullable(),
  rotationDeg: z.number().nullable(),
});

/** How a correction stands: under way, ended, or decided by a person. */
export const correctionStateSchema = z.enum([
  'moving',
  'done',
  'stopped',
  'failed',
  'kept',
  'undoing',
  'undone',
  'undo-failed',
]);

export type PlateMove = z.infer<typeof plateMoveSchema>;
/** What one axis of a mount was to do, and did. */
export type AxisMove = PlateMove['axes'][number];
export type Figure = z.infer<typeof figureSchema>;
export type ChangedFigure = z.infer<typeof changedFigureSchema>;
export type CorrectionComparison = z.infer<typeof correctionComparisonSchema>;
export type Displacement = z.infer<typeof displacementSchema>;
export type CorrectionState = z.infer<typeof correctionStateSchema>;
