import {z} from 'zod';
import {benchPlacementSchema} from './placement.ts';
import {illuminationSchema} from './illumination.ts';
import {plateOpticsSchema} from './plate-optics.ts';

/**
 * What an alignment found, as plain data: written by `align --json`, stored as a calibration, shown by the window.
 * Everything is in the bench frame of the twin (docs/conventions.md) with the object as origin: plates, beam and scan
 * are where they are against the object.
 */

export const alignedParameterSchema = z.object({
  /** `plate3.dx`, `plates.n`, `object.rotation`, `beam.centerX`, `frame.scale`. */
  name: z.string(),
  value: z.number(),
  /** One standard deviation, with what the model lacks; null when the planes say nothing. */
  sigma: z.number().nullable(),
  /** `1/mm` is the inverse of a radius of curvature, `1/mm^2` that of a beam's squared radius. */
  unit: z.enum(['mm', 'deg', '1', '1/mm', '1/mm^2']),
  /** Whether the planes themselves say it, more than what was assumed beforehand. */
  identifiable: z.boolean(),
});

/** A combination of parameters that the measured planes do not determine. */
export const degeneracySchema = z.object({
  /** Whole sentence. */
  text: z.string(),
  parameters: z.array(z.string()),
  /** How far the combination may be off, in typical units (0.1 mm, 0.2 deg ...); null for without bound. */
  sigma: z.number().nullable(),
});

/** One way in which the plates may have been put in, as the search for assembly errors tried it. */
export const orientationSchema = z.object({
  /** `plate 3 is mirrored left-right`, `plates 2 and 4 are exchanged`, `as designed`. */
  text: z.string(),
  /** Part of the field left unexplained when everything is put in so and aligned as far as it was tried. */
  unexplainedRatio: z.number(),
  isChosen: z.boolean(),
});

/** Agreement of all planes with a prediction. */
export const agreementSchema = z.object({
  /** Mean Pearson correlation of measured and predicted planes. */
  correlation: z.number(),
  /** Root mean square of the differences of the regions' energy shares; null when the scans do not cover them. */
  shareError: z.number().nullable(),
  /** Planes whose brightest region is the predicted one, of `planeCount`; null likewise. */
  matchCount: z.number().int().nullable(),
  planeCount: z.number().int(),
  /** Part of the field that the prediction does not explain, ratio of powers. */
  unexplainedRatio: z.number(),
});

/** How one measured plane fits the bench as it was found; `gain` and `background` in the unit of the readings. */
export const alignedPlaneSchema = z.object({
  label: z.string(),
  pointCount: z.number().int(),
  /** Points left out: lines that disagree with all the rest. */
  excludedCount: z.number().int(),
  gain: z.number(),
  background: z.number(),
  correlationBefore: z.number(),
  correlationAfter: z.number(),
});

/** What an alignment found: every parameter with its standard deviation, and how far it can be trusted. */
export const alignmentResultSchema = z.object({
  format: z.literal('d2nn-bench/alignment'),
  version: z.literal(1),
  designHash: z.string(),
  origin: z.literal('object'),
  parameters: z.array(alignedParameterSchema),
  degeneracies: z.array(degeneracySchema),
  orientation: z.array(orientationSchema),
  before: agreementSchema,
  after: agreementSchema,
  planes: z.array(alignedPlaneSchema),
  /** trusted: use it; doubtful: look at `reasons` first; failed: nothing was found, the values mean nothing. */
  verdict: z.enum(['trusted', 'doubtful', 'failed']),
  /** Why it is not trusted, in sentences; empty when it is. */
  reasons: z.array(z.string()),
  /** What was done to the planes, in sentences: lines that were left out. */
  notes: z.array(z.string()).optional(),
  /** For predictions: placements and light as found. */
  placement: benchPlacementSchema,
  illumination: illuminationSchema,
  /** How the plates act on light in this fit, and in predictions with it; absent: thin. */
  plateOptics: plateOpticsSchema.optional(),
  /** Index that was found or assumed for all plates. */
  refractiveIndex: z.number(),
  /** Error of the prints' heights that would explain what is left, mm RMS per pixel; null when nothing is left. */
  heightErrorMm: z.number().nullable(),
  seconds: z.number(),
});

export type AlignedParameter = z.infer<typeof alignedParameterSchema>;
export type Degeneracy = z.infer<typeof degeneracySchema>;
export type OrientationFinding = z.infer<typeof orientationSchema>;
export type Agreement = z.infer<typeof agreementSchema>;
export type AlignmentResult = z.infer<typeof alignmentResultSchema>;

/** What each degree of freedom does to a design, before anything is measured. */
export const alignmentSensitivitySchema = z.object({
  wavelengthMm: z.number(),
  objectCount: z.number().int(),
  accuracyAsDesigned: z.number(),
  /** Worst first. */
  rows: z.array(
    z.object({
      name: z.string(),
      unit: alignedParameterSchema.shape.unit,
      /** Whether sizes are lengths that are usefully given in wavelengths too. */
      inWavelengths: z.boolean(),
      points: z.array(
        z.object({size: z.number(), accuracy: z.number(), match: z.number(), correlation: z.number()}),
      ),
      /** Largest error that leaves 95 % of the verdicts, in `unit`; null when every size tried does. */
      tolerance: z.number().nullable(),
    }),
  ),
});
export type AlignmentSensitivity = z.infer<typeof alignmentSensitivitySchema>;
