import {z} from 'zod';
import {count, quantity} from './quantity.ts';
import {rateSchema} from './rate.ts';

/** How one plate of a printed network is designed again. Everything random comes from `seed`. */
export const reprintSettingsSchema = z
  .object({
    seed: count(0, 2 ** 31).default(1),
    /** Plate to design again, from 1; the one that recovers most in short trainings where null. */
    plate: count(1, 64).nullable().default(null),
    steps: count(1, 1_000_000).default(400),
    /** Steps of the short training of each plate. */
    tryingSteps: count(1, 100_000).default(40),
    batchSize: count(1, 1024).default(16),
    /** Adam's rate, radians of phase, at the start and at the end of half a cosine. */
    learningRate: quantity(1e-6, 10, 'rad').default(0.15),
    finalLearningRate: quantity(0, 10, 'rad').default(0.0075),
    /** Part of the steps from which on heights are rounded to the levels of the design. */
    levelsFromRatio: quantity(0, 1, '').default(0.5),
    /** Part of the steps from which on a pixel has two samples a side. */
    fineFromRatio: quantity(0, 1, '').default(0.6),
    /** Drawn objects that plates are judged by. */
    judgedCount: count(10, 1000).default(100),
    /** Objects to train on; 0: all that no demo shows. */
    trainingCount: count(0, 100_000).default(0),
  })
  .strict();
export type ReprintSettingsData = z.output<typeof reprintSettingsSchema>;

/** What short trainings of each plate say: part of the drawn objects that is read right, and the mean margin. */
export const triedPlateSchema = z.object({
  plate: z.number().int(),
  accuracy: rateSchema,
  meanMargin: z.number(),
});

/**
 * How a plate is learnt on a bench: the last one with a relief where `plate` is null. Steps are few, for each is a plate put in
 * and a batch of objects measured.
 */
export const inPlaceSettingsSchema = reprintSettingsSchema.extend({
  steps: count(1, 100_000).default(60),
  batchSize: count(1, 1024).default(8),
  learningRate: quantity(1e-6, 10, 'rad').default(0.06),
  finalLearningRate: quantity(0, 10, 'rad').default(0.006),
  fineFromRatio: quantity(0, 1, '').default(0),
  /** Drawn objects that are measured before and after. */
  judgedCount: count(10, 1000).default(50),
});

/** How a plate was asked to be learnt on a bench: with it a learning that was stopped is gone on with. */
export const inPlaceOrderSchema = z.object({
  asBuiltUid: z.string(),
  settings: inPlaceSettingsSchema,
  /** Points along the side of a region. */
  pointsPerSide: z.number().int(),
  /** Design whose plate was the first to be changed; null for the one that stood in the bench. */
  startFolder: z.string().nullable(),
  /** Of the new design, and how it was asked for. */
  name: z.string(),
  command: z.string(),
});
export type InPlaceOrder = z.infer<typeof inPlaceOrderSchema>;

/** How a plate was learnt on the bench itself, in addition to what stands beside it. */
export const inPlaceSchema = z.object({
  /** Session of its runs. */
  sessionUid: z.string(),
  /** Points along the side of a region. */
  pointsPerSide: z.number().int(),
  /** Design whose plate was the first to be changed: the parent, or one that was designed again for the same bench. */
  startHash: z.string(),
  /** Plates that were put in, objects that were measured behind them, and points read altogether, those that judge included. */
  exchangeCount: z.number().int(),
  objectCount: z.number().int(),
  pointCount: z.number().int(),
  /** By step: means over its objects, as measured. */
  curve: z.array(
    z.object({step: z.number().int(), loss: z.number(), accuracy: z.number(), margin: z.number()}),
  ),
});
export type InPlaceLineage = z.infer<typeof inPlaceSchema>;

/** What a design that replaces one plate says of where it comes from: part of `training` of its design.json. */
export const reprintLineageSchema = z.object({
  parentName: z.string(),
  parentHash: z.string(),
  /** Plate that is another one than the parent's, from 1. */
  plate: z.number().int(),
  /** As-built record of the parent that it was designed for, with its bench; all other plates are as that says. */
  asBuiltUid: z.string(),
  asBuiltVersion: z.number().int(),
  alignmentUid: z.string(),
  benchName: z.string(),
  benchSeed: z.number().nullable(),
  settings: reprintSettingsSchema,
  tried: z.array(triedPlateSchema),
  /** Absent where the plate was designed by the twin alone. */
  inPlace: inPlaceSchema.exactOptional(),
  /**
   * What is read right of drawn objects with the plate of before, and with the new one: by the twin as built, and of a plate that
   * was learnt in place by the bench.
   */
  before: rateSchema,
  after: rateSchema,
  confusionBefore: z.array(z.array(z.number())),
  confusionAfter: z.array(z.array(z.number())),
  seconds: z.number(),
});
export type ReprintLineage = z.infer<typeof reprintLineageSchema>;
