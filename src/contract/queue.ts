import {z} from 'zod';
import {campaignRequestSchema} from './api/campaign.ts';
import {scanRequestSchema} from './api/scan.ts';

/** What is measured by an item of the queue, as it was asked for. */
export const queuedJobSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('scan'), request: scanRequestSchema}),
  z.object({kind: z.literal('campaign'), request: campaignRequestSchema}),
]);
export type QueuedJob = z.output<typeof queuedJobSchema>;

/** A scan or a campaign that waits for its turn, is measured, or was. */
export const queueItemSchema = z.object({
  id: z.string(),
  title: z.string(),
  job: queuedJobSchema,
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Why it failed; ''. */
  reason: z.string(),
  /** Whether the queue goes on with the next item when this one fails. STOP pauses it in any case. */
  goesOnAfterFailure: z.boolean(),
  /** As it was walked dry when it was added, real time, s; null where no bench was open. */
  seconds: z.number().nullable(),
  addedUtc: z.string(),
  startedUtc: z.string().nullable(),
  endedUtc: z.string().nullable(),
  /** Session into which it was measured; null before that. */
  sessionUid: z.string().nullable(),
});
export type QueueItem = z.output<typeof queueItemSchema>;

/** The queue as it is kept from one start of the program to the next. */
export const storedQueueSchema = z.object({
  items: z.array(queueItemSchema),
  isPaused: z.boolean(),
  /** Why it is paused, in words; ''. */
  pausedBecause: z.string(),
});
export type StoredQueue = z.output<typeof storedQueueSchema>;
