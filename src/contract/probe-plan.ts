import {z} from 'zod';
import {planSpecSchema} from './plan-spec.ts';

/** What to measure next for an alignment, as plain data: written by `align plan --json`, shown by the window. */

/** Standard deviations of the worst plate; null where the planes do not tell it. */
export const predictedSigmaSchema = z.object({
  lateralMm: z.number().nullable(),
  rotationDeg: z.number().nullable(),
  axialMm: z.number().nullable(),
});

/** An object to measure, and how well the plates are known with it. */
export const probeObjectSchema = z.object({
  /** `mnist:5:5654`, as a campaign takes it. */
  id: z.string(),
  label: z.string(),
  sample: z.string(),
  /** With this object and those before it, each measured with the first of the scans. */
  sigma: predictedSigmaSchema,
});

/** A way to scan, and how well the plates are known by it. */
export const probeScanSchema = z.object({
  /** A grid, as `scan --plan` and `align --scan` take it. */
  plan: planSpecSchema,
  /** Of one object. */
  pointCount: z.number().int(),
  /** With the first 1, 2 ... objects. */
  after: z.array(
    z.object({
      objectCount: z.number().int(),
      sigma: predictedSigmaSchema,
      /** Bench time of the whole measurement with everything around the scans; null where no bench says it. */
      seconds: z.number().nullable(),
    }),
  ),
});

/** What to measure for an alignment, which objects and which scan, with the standard deviations that it promises. */
export const probePlanSchema = z.object({
  format: z.literal('d2nn-bench/probe-plan'),
  version: z.literal(1),
  designHash: z.string(),
  designName: z.string(),
  /** Part of the field that the model is taken to lack; 0 when only the readings' noise was counted. */
  unexplainedRatio: z.number(),
  /** The same as an error of every pixel's height, mm RMS. */
  heightErrorMm: z.number(),
  additiveRatio: z.number(),
  multiplicativeRatio: z.number(),
  /** What is in the standard deviations and what is not, in words. */
  basis: z.string(),
  /** Planes that were measured already, and what they tell; null without any. */
  measured: z.object({planeCount: z.number().int(), sigma: predictedSigmaSchema}).nullable(),
  /** The one that tells most first. */
  objects: z.array(probeObjectSchema),
  /** The bench's own scan first. */
  scans: z.array(probeScanSchema),
  /** What is recommended; null when nothing of it reaches what was wished for. */
  choice: z.object({scanIndex: z.number().int(), objectCount: z.number().int()}).nullable(),
  /** The recommendation, or why there is none, in a sentence. */
  text: z.string(),
});

export type ProbePlan = z.infer<typeof probePlanSchema>;
export type ProbeScan = z.infer<typeof probeScanSchema>;
export type PredictedSigmaData = z.infer<typeof predictedSigmaSchema>;
