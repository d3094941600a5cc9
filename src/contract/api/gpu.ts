import {z} from 'zod';
import {illuminationSchema} from '../illumination.ts';
import {trainingSettingsSchema} from '../training.ts';
import {bytes, feedHead, feedInput, float32s} from './feed.ts';
import {acting, reading} from './procedure.ts';

/** Which network of a training: as the light meets its plates, or as light from behind does. */
const networkSchema = z.enum(['forward', 'reversed']);
export type GpuNetworkName = z.infer<typeof networkSchema>;

const numbers = z.array(z.number());

/** What one step draws, besides its images and plates. */
export const gpuJobSchema = z.object({
  /** Seed of each image's augmentation, as many as there are images. */
  seeds: numbers,
  augmentation: z.object({
    shiftPixels: z.number(),
    rotationDeg: z.number(),
    scaleRatio: z.number(),
    shearRatio: z.number(),
    elasticPixels: z.number(),
    thresholdChange: z.number(),
  }),
  /** Of each plate; null for plates in place. */
  plateErrors: z.object({dxMm: numbers, dyMm: numbers, dzMm: numbers}).nullable(),
  illumination: illuminationSchema,
  /** Null reads every sample. */
  scan: z.object({stepMm: z.number(), offsetXMm: z.number(), offsetYMm: z.number()}).nullable(),
});

export type GpuJob = z.infer<typeof gpuJobSchema>;

/**
 * One thing that a GPU is to compute. The answer is a list of numbers: of `open` none; of `step` the energy of each region
 * (image, region) and behind them the power that entered with each image; of `gradients` those over what the plates are
 * made of (plate, value).
 */
export const gpuOrderSchema = z.discriminatedUnion('kind', [
  /** Gets a network ready, for images of this size. */
  z.object({
    kind: z.literal('open'),
    network: networkSchema,
    settings: trainingSettingsSchema,
    rows: z.number().int(),
    columns: z.number().int(),
  }),
  /** Carries a batch through plates that are made as given (plate, value). */
  z.object({
    kind: z.literal('step'),
    network: networkSchema,
    plates: float32s,
    /** Grey values, image after image. */
    images: bytes,
    job: gpuJobSchema,
  }),
  /** The way back of the last step: gradients of its loss over its energies (image, region). */
  z.object({kind: z.literal('gradients'), network: networkSchema, energyGradients: float32s}),
]);
export type GpuOrder = z.infer<typeof gpuOrderSchema>;

/** Numbers in one part of an answer: as base64 they fit a frame of a socket. */
const gpuPartLength = 32_768;

/** An answer in parts, in their order; one that is empty has one part. */
export const gpuParts = (
  values: Float32Array,
): {readonly first: number; readonly total: number; readonly values: Float32Array<ArrayBuffer>}[] =>
  Array.from({length: Math.max(1, Math.ceil(values.length / gpuPartLength))}, (_, i) => ({
    first: i * gpuPartLength,
    total: values.length,
    values: values.slice(i * gpuPartLength, (i + 1) * gpuPartLength),
  }));

const offerId = z.object({id: z.string()});

/**
 * GPUs of windows. A window offers the one of its computer, a training is begun with the offer (`/twin/train`), and the
 * window computes what is ordered, step by step, until the training ends. A training never needs it: it goes on on the
 * host's processors when the offer ends.
 */
export const gpu = {
  /** Ends by itself when its orders are not followed for some seconds. */
  offer: acting('/gpu/offer', 'Offer the GPU of a window for a training', 'offer-gpu')
    .input(z.object({name: z.string().min(1).max(200)}))
    .output(offerId),
  /** The newest order only: the next one comes when it is answered. */
  orders: reading('/gpu/orders', 'Feed: what an offered GPU is to compute')
    .input(feedInput.pick({after: true, waitMs: true}).extend(offerId.shape))
    .output(
      z.object({
        ...feedHead,
        order: gpuOrderSchema.nullable(),
        /** Why there will be no further order; null while there may be. */
        ending: z.string().nullable(),
      }),
    ),
  /** Answers the order `number`, part after part; one that nobody waits for any more is left. */
  answer: acting('/gpu/answer', 'Answer an order of an offered GPU', 'answer-gpu', {isAuditedByHandler: true})
    .input(
      offerId.extend({
        number: z.number().int().min(1),
        /** Where the part begins, and how many numbers all parts have. */
        first: z.number().int().min(0),
        total: z.number().int().min(0),
        values: float32s,
      }),
    )
    .output(z.object({isTaken: z.boolean()})),
  /** Takes the offer back: the window closes, or its GPU cannot compute what was ordered. */
  withdraw: acting('/gpu/withdraw', 'Take the offer of a GPU back', 'withdraw-gpu')
    .input(offerId.extend({reason: z.string().max(1000)}))
    .output(z.object({wasOffered: z.boolean()})),
};
