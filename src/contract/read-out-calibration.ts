import {z} from 'zod';
import {rateSchema} from './rate.ts';

/** How the measured energies of a design's regions are corrected before its classes are read, as an operator learnt it. */
export const readOutCorrectionSchema = z.object({
  /** `weights[class][region]`, added to the score of the class times the region's share of the energy. */
  weights: z.array(z.array(z.number())),
  /** Added to the score of each class. */
  offsets: z.array(z.number()),
});

/** What a calibration of the read-out learnt, how it was chosen, and what it gains on objects that took no part in it. */
export const readOutStudySchema = z.object({
  correction: readOutCorrectionSchema,
  /** What may change: weights of a class's own regions, or of all; null where nothing reads unseen objects better. */
  family: z.enum(['gains', 'full']).nullable(),
  /** Standard deviation of a weight about what it is drawn to, chosen by cross-validation; 0 where nothing changes. */
  sigma: z.number(),
  /** Mean cross-entropy of objects left out of each fit: as it is, and as chosen. */
  crossEntropyBefore: z.number(),
  crossEntropy: z.number(),
  /** Winner is the true class, of the tested objects: as it is, and corrected. */
  before: rateSchema,
  after: rateSchema,
  /** Accuracy on the tested objects by the number of those learnt from, with its Wilson interval. */
  curve: z.array(z.object({count: z.number(), accuracy: z.number(), low: z.number(), high: z.number()})),
  /** Fewest objects that come within a point of the best of the curve; null where nothing is gained. */
  neededCount: z.number().nullable(),
  /** Simulated objects behind the as-built network that it was drawn to; 0 without. */
  simulatedCount: z.number(),
  /** Runs of the objects that it was learnt from, and of those that tested it. */
  learnedRunUids: z.array(z.string()),
  testedRunUids: z.array(z.string()),
  /** Confusion of the tested objects, `[true class][winner]`. */
  confusionBefore: z.array(z.array(z.number())),
  confusionAfter: z.array(z.array(z.number())),
});
export type ReadOutStudyData = z.infer<typeof readOutStudySchema>;

/** How many measured objects a read-out has to be learnt from, foretold: simulated objects, never measured ones. */
export const readOutCurveSchema = z.object({
  designName: z.string(),
  /** Record of the network as built; null for a design on drawn benches. */
  asBuiltUid: z.string().nullable(),
  /** Whose objects they are, in words. */
  text: z.string(),
  benchCount: z.number().int(),
  /** Of all benches together. */
  before: rateSchema,
  points: z.array(
    z.object({
      /** Objects learnt from, of each bench. */
      count: z.number().int(),
      after: rateSchema,
      /** Smallest and largest gain of a bench, 0..1. */
      gains: z.tuple([z.number(), z.number()]),
    }),
  ),
  /** Fewest objects that come within a point of the best; null where nothing is gained. */
  neededCount: z.number().int().nullable(),
});
export type ReadOutCurveData = z.infer<typeof readOutCurveSchema>;
