import {z} from 'zod';
import {reading} from './procedure.ts';
import {float32s, planeSchema} from './feed.ts';

/** One side of a comparison: a stored run, or what the twin predicts for the object of one. */
export const compareSideSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('run'), runUid: z.string()}),
  z.object({
    kind: z.literal('prediction'),
    /** The object is the mask that stood there in this run. */
    runUid: z.string(),
    /**
     * nominal: everything where the design says; registered: frame and light as fitted in the session; aligned: every
     * part as the accepted placement of the bench has it, refused while there is none that holds.
     */
    placement: z.enum(['nominal', 'registered', 'aligned']),
  }),
]);
export type CompareSide = z.infer<typeof compareSideSchema>;

const interval = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** Two planes on one grid with the figures of their agreement; shares are parts of the energy in all regions. */
export const comparisonSchema = z.object({
  a: planeSchema,
  b: planeSchema,
  /** a - b, both divided by their sums over the cells that both have. */
  difference: planeSchema,
  /** Pairs of the cells that both have, for the scatter: a and b. */
  scatterA: float32s,
  scatterB: float32s,
  regions: z.array(
    z.object({
      label: z.string(),
      centerXMm: z.number(),
      centerYMm: z.number(),
      widthMm: z.number(),
      heightMm: z.number(),
    }),
  ),
  sharesA: z.array(z.number()).nullable(),
  sharesB: z.array(z.number()).nullable(),
  winnerA: z.string().nullable(),
  winnerB: z.string().nullable(),
  /**
   * Winner of a measured side with the calibrated read-out of its campaign, beside the raw one; null for a simulated side, and where no
   * calibration applies.
   */
  calibratedA: z.string().nullable(),
  calibratedB: z.string().nullable(),
  cellCount: z.number().int(),
  /** With 95 % bootstrap intervals over blocks of cells. */
  pearson: interval,
  nrmse: interval,
  shareError: interval,
  labelA: z.string(),
  labelB: z.string(),
  note: z.string(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Planes beside each other: measured runs and what the twin predicts for them. */
export const compare = {
  planes: reading('/compare/planes', 'Two planes beside each other')
    .input(z.object({a: compareSideSchema, b: compareSideSchema}))
    .output(comparisonSchema),
};
