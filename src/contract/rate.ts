import {z} from 'zod';

/** A count of successes with its 95 % Wilson interval (`RateResult`). */
export const rateSchema = z.object({
  successes: z.number(),
  count: z.number(),
  /** successes / count; null when nothing was counted. */
  ratio: z.number().nullable(),
  low: z.number(),
  high: z.number(),
  confidence: z.number(),
});
