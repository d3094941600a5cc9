import {z} from 'zod';
import {measurementModelSchema} from './measurement.ts';
import {count, quantity} from './quantity.ts';
import {toleranceDefaults} from './tolerance-defaults.ts';

/** Errors of a bench whose tolerance is studied. */
export const toleranceErrors = [
  'plateLateral',
  'plateAxial',
  'plateRotation',
  'objectLateral',
  'lightOffCenter',
  'heightNoise',
  'indexError',
  'scanStep',
  'noise',
] as const;
/** An error that a tolerance study applies. */
export type ToleranceError = (typeof toleranceErrors)[number];

/** Each error in words, with the unit of its size; empty for plain numbers. */
export const toleranceErrorLabels: Readonly<
  Record<ToleranceError, {readonly label: string; readonly unit: string}>
> = {
  plateLateral: {label: 'plates: lateral', unit: 'mm'},
  plateAxial: {label: 'plates: axial', unit: 'mm'},
  plateRotation: {label: 'plates: rotation', unit: 'deg'},
  objectLateral: {label: 'object: lateral', unit: 'mm'},
  lightOffCenter: {label: 'beam off the axis', unit: 'mm'},
  heightNoise: {label: 'print: height, RMS', unit: 'mm'},
  indexError: {label: 'print: index', unit: ''},
  scanStep: {label: 'scan step', unit: 'mm'},
  noise: {label: 'noise of a point', unit: ''},
};

/** Times its size at which each error is tried alone. */
export const toleranceScales = [0.5, 1, 2, 4] as const;

/** How a tolerance study is made. */
export const toleranceSettingsSchema = z.object({
  /** Benches that are drawn with all errors. */
  benchCount: count(2, 10_000).default(toleranceDefaults.benchCount),
  /** Images that are measured on each. */
  digitsPerBench: count(1, 10_000).default(toleranceDefaults.digitsPerBench),
  /** Part of the images whose winner has to be the predicted one. */
  wantedMatch: quantity(0.5, 0.999, '').default(toleranceDefaults.wantedMatch),
  /** One sample a pixel instead of as many as the bench's model says; its error is measured and reported. */
  isQuick: z.boolean().default(false),
  /** Decides what is drawn. */
  seed: z.number().int().min(0).default(toleranceDefaults.seed),
});
export type ToleranceSettings = z.output<typeof toleranceSettingsSchema>;

/** A figure of each bench over all benches. */
const distributionSchema = z.object({
  mean: z.number(),
  p5: z.number(),
  p50: z.number(),
  p95: z.number(),
  /** One of each bench, in the order in which they are drawn. */
  values: z.array(z.number()),
  /** Equally wide bins: edges, one more than counts. */
  edges: z.array(z.number()),
  counts: z.array(z.number().int()),
});
export type Distribution = z.infer<typeof distributionSchema>;

/** A match rate with its 95 % interval (Wilson). */
const matchRateSchema = z.object({
  rate: z.number(),
  low: z.number(),
  high: z.number(),
  /** Images that were measured, on all benches together. */
  count: z.number().int(),
  /**
   * Independent images that they are worth: images on one bench share its errors. The interval rests on this number.
   */
  effectiveCount: z.number(),
});
export type MatchRate = z.infer<typeof matchRateSchema>;

/** What benches with all errors make of the images; each has `digitsPerBench` of them. */
export const benchesTogetherSchema = z.object({
  accuracy: distributionSchema,
  /** Part of a bench's images whose winner is that of the predicted plane. */
  match: distributionSchema,
  /** Mean share of the true region minus the largest other share. */
  meanMargin: distributionSchema,
  matchRate: matchRateSchema,
});
export type BenchesTogether = z.infer<typeof benchesTogetherSchema>;

/** One error alone. */
export const toleranceRowSchema = z.object({
  error: z.enum(toleranceErrors),
  /** As the bench's model has it; a standard deviation unless the model says otherwise. */
  size: z.number(),
  points: z.array(
    z.object({
      scale: z.number(),
      size: z.number(),
      /** Images that were measured. */
      count: z.number().int(),
      /** Part of them whose winner is the predicted one, as counted. */
      countedMatch: z.number(),
      /** The same for the margins of all images, from how this error changes margins. */
      match: z.number(),
      /** `match` made falling with the size (isotonic regression). */
      fittedMatch: z.number(),
    }),
  ),
  /** Match that this error costs at its present size, from the fitted curve. */
  loss: z.number(),
  /** Largest size that is suggested. */
  suggestedSize: z.number(),
  /** The largest size that was tried would do too: the suggestion is a lower bound. */
  isLowerBound: z.boolean(),
});
export type ToleranceRow = z.infer<typeof toleranceRowSchema>;

/** What a tolerance study comes to. */
export const toleranceStudySchema = z.object({
  designName: z.string(),
  contentHash: z.string(),
  settings: toleranceSettingsSchema,
  /** How the bench was taken to measure. */
  model: measurementModelSchema,
  /** Different images that were used. */
  imageCount: z.number().int(),
  together: benchesTogetherSchema,
  /** Errors that the bench has, those first that cost most. */
  rows: z.array(toleranceRowSchema),
  /** Benches drawn with the suggested sizes, new ones for each try: the last is that of the suggestion. */
  verified: z.array(benchesTogetherSchema),
  /** The verified match is at least the wanted one. */
  isReached: z.boolean(),
  /** What one sample a pixel does to the prediction, against the model's own sampling; null without `isQuick`. */
  quickError: z
    .object({
      /** Part of the images that both samplings give the same winner. */
      matchRatio: z.number(),
      /** RMS difference of the shares. */
      shareError: z.number(),
      imageCount: z.number().int(),
    })
    .nullable(),
});
export type ToleranceStudy = z.infer<typeof toleranceStudySchema>;

/** What a study costs, before it is started. */
export const toleranceEstimateSchema = z.object({
  /** About, with one verification; up to three are made. */
  seconds: z.number(),
  /** About, when all verifications are needed. */
  longestSeconds: z.number(),
  threadCount: z.number().int(),
  /** Output planes that are computed, with one verification. */
  planeCount: z.number().int(),
});
export type ToleranceEstimate = z.infer<typeof toleranceEstimateSchema>;
