import {z} from 'zod';
import {settingsSchema} from '../api/app.ts';
import {storedQueueSchema} from '../queue.ts';
import {inPlaceOrderSchema, inPlaceSchema, reprintLineageSchema} from '../reprint.ts';
import {trainingCurvePointSchema} from '../training.ts';
import {defineRecord} from './record.ts';

/** Files of the data folder and of a training. Designs, bench files and stage places have their schemas and versions in their own formats. */

/** `settings.json` of the data folder. */
export const settingsRecord = defineRecord({name: 'settings', version: 1, schema: settingsSchema});

/** What the reports since the last whole epoch add up to. */
const runningEpochSchema = z.object({
  lossSum: z.number(),
  accuracySum: z.number(),
  reportCount: z.number().int(),
  seconds: z.number(),
});
export type RunningEpoch = z.infer<typeof runningEpochSchema>;

/** An epoch that begins. */
export const newEpoch: RunningEpoch = {lossSum: 0, accuracySum: 0, reportCount: 0, seconds: 0};

/** `state.json` beside the arrays of a training's checkpoint. */
export const trainingStateRecord = defineRecord({
  name: 'checkpoint of a training',
  version: 1,
  schema: z.object({
    /** The settings that it was made with, as JSON. */
    key: z.string(),
    step: z.number().int().min(0),
    curve: z.array(trainingCurvePointSchema),
    /** Which of the two generations of arrays is whole. */
    generation: z.union([z.literal(0), z.literal(1)]),
    /** Of the epoch that is under way. */
    sinceEpoch: runningEpochSchema.default(newEpoch),
  }),
});

/** `reprint.json` beside the arrays of a plate that is being designed again. */
export const reprintStateRecord = defineRecord({
  name: 'checkpoint of a plate',
  version: 1,
  schema: z.object({
    /** As-built record, settings and errors that it was begun with, as JSON. */
    key: z.string(),
    step: z.number().int().min(0),
    /** Which of the two generations of arrays is whole. */
    generation: z.union([z.literal(0), z.literal(1)]),
    plate: z.number().int().min(1),
    tried: reprintLineageSchema.shape.tried,
    before: reprintLineageSchema.pick({before: true, confusionBefore: true}),
    /** Of a plate that is learnt on a bench. */
    inPlace: inPlaceSchema
      .pick({sessionUid: true, objectCount: true, pointCount: true, curve: true})
      .exactOptional(),
    /** Of such a plate too; absent in checkpoints of earlier versions. */
    order: inPlaceOrderSchema.exactOptional(),
    seconds: z.number(),
  }),
});

/** The file that says who holds a port. */
export const lockRecord = defineRecord({
  name: 'lock of a port',
  version: 1,
  schema: z.object({
    pid: z.number().int(),
    /** Tells a process from a later one with the same number; '' where the system does not say. */
    processStart: z.string().default(''),
    token: z.string(),
    port: z.string().default(''),
    since: z.string().default(''),
  }),
});

/** `queue.json` of the data folder: what waits to be measured. */
export const queueRecord = defineRecord({name: 'queue', version: 1, schema: storedQueueSchema});

/** `window.json`: where the program's window stood, px. */
export const windowPlaceRecord = defineRecord({
  name: 'place of the window',
  version: 1,
  schema: z.object({
    x: z.number(),
    y: z.number(),
    width: z.number(),
    height: z.number(),
    isMaximized: z.boolean().default(false),
  }),
});
