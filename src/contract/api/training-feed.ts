import {z} from 'zod';
import {trainingCurvePointSchema, trainingSettingsSchema} from '../training.ts';
import {feedHead, planeSchema} from './feed.ts';

/** What a training tells while it goes on. */
export const trainingEntrySchema = z.discriminatedUnion('kind', [
  /** Means over the steps since the last report, on the images as they were changed for training. */
  z.object({
    kind: z.literal('report'),
    step: z.number().int(),
    stepCount: z.number().int(),
    /** Epochs that are done, with the part of the one under way. */
    epoch: z.number(),
    loss: z.number(),
    accuracy: z.number(),
    meanMargin: z.number(),
  }),
  z.object({
    kind: z.literal('epoch'),
    point: trainingCurvePointSchema,
    /** The best so far. */
    isBest: z.boolean(),
  }),
  /** Where the steps from here on are computed: on the GPU of a window of this name, or (null) on the host's processors. */
  z.object({kind: z.literal('place'), gpu: z.string().nullable(), text: z.string()}),
  /** The planes of the sample objects are new. */
  z.object({kind: z.literal('planes')}),
]);
export type TrainingEntry = z.infer<typeof trainingEntrySchema>;

/** A kept image through the plates as they are, in the light and with the probe that they are trained for. */
export const trainingSampleSchema = z.object({
  /** Label of the image, and of the region that it lights most. */
  label: z.string(),
  winner: z.string(),
  intensity: planeSchema,
});
export type TrainingSample = z.infer<typeof trainingSampleSchema>;

/** Samples of one moment. */
export const trainingPlanesSchema = z.object({
  step: z.number().int(),
  samples: z.array(trainingSampleSchema),
});
export type TrainingPlanes = z.infer<typeof trainingPlanesSchema>;

/** An answer of the feed of a training. */
export const trainingFeedSchema = z.object({
  ...feedHead,
  folder: z.string(),
  settings: trainingSettingsSchema,
  entries: z.array(trainingEntrySchema),
  /** The newest ones where they came after `after`, else null: they are large. */
  planes: trainingPlanesSchema.nullable(),
});

/** A training of the data folder, as its checkpoint says that it stands. */
export const storedTrainingSchema = z.object({
  folder: z.string(),
  name: z.string(),
  step: z.number().int(),
  curve: z.array(trainingCurvePointSchema),
  settings: trainingSettingsSchema.nullable(),
  /** All epochs are done, or it has ended early by itself. */
  isDone: z.boolean(),
  /** Why it cannot be gone on with; '' when it can. */
  problem: z.string(),
});
export type StoredTrainingState = z.infer<typeof storedTrainingSchema>;
