import {z} from 'zod';
import {suspendersSchema} from '../suspender.ts';

/** The run under way or the last one: state, progress, and the time that is left. */
export const runStatusSchema = z.object({
  /** Changes with every start. */
  id: z.string(),
  /** `correction`: plates are moved by their mounts. `in-place`: a plate is learnt on the bench. */
  kind: z.enum(['scan', 'campaign', 'align-guide', 'correction', 'in-place']),
  title: z.string(),
  state: z.enum(['starting', 'running', 'pausing', 'paused', 'stopping', 'aborting', 'computing', 'ended']),
  /** Of an ended one. */
  exitStatus: z.enum(['success', 'abort', 'fail']).nullable(),
  /** Why it ended early or pauses, in words. */
  reason: z.string(),
  sessionUid: z.string().nullable(),
  /** The run being recorded now (the last one when ended): one campaign has many. */
  runUid: z.string().nullable(),
  scanId: z.number().int().nullable(),
  planName: z.string(),
  /** What is going on: `grid 81 x 81: row 34 of 81`. */
  label: z.string(),
  done: z.number(),
  total: z.number(),
  /** Points stored of the run being recorded, and of all runs since the start. */
  pointCount: z.number().int(),
  totalPointCount: z.number().int(),
  startedUtc: z.string(),
  endedUtc: z.string().nullable(),
  /** Real time, s. Null while it cannot be estimated. */
  elapsedS: z.number(),
  timeLeftS: z.number().nullable(),
  runTimeLeftS: z.number().nullable(),
  /** The wait under way, that `skipWait` would cut: what for, and how long it takes, s. */
  wait: z.object({text: z.string(), leftS: z.number()}).nullable(),
  /** Grid of the run being recorded, for the live map. */
  grid: z
    .object({
      rows: z.number().int(),
      columns: z.number().int(),
      xMm: z.tuple([z.number(), z.number()]),
      yMm: z.tuple([z.number(), z.number()]),
    })
    .nullable(),
  sample: z.string(),
  /** What suspends it, as it was started or as the bench file says. */
  suspenders: suspendersSchema,
  /** Why and since when it is suspended; null while it is not. */
  suspension: z.object({reason: z.string(), sinceUtc: z.string()}).nullable(),
  campaign: z
    .object({
      /** Index in the list of digits, of the one under way. */
      itemIndex: z.number().int().nullable(),
      itemCount: z.number().int(),
      step: z.string(),
    })
    .nullable(),
});
export type RunStatus = z.infer<typeof runStatusSchema>;
