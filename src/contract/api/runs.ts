import {z} from 'zod';
import {acting, reading} from './procedure.ts';
import {detectorColumnsSchema, manualStepKindSchema, promptSchema, wireErrorSchema} from './bench-status.ts';
import {feedHead, feedInput, float64s, planeSchema} from './feed.ts';
import {runStatusSchema} from './run-status.ts';
import {quantitySchema} from './scan.ts';

/** One thing that a run does, as one follows it at a terminal. Times are real time. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('begun'),
    jobId: z.string(),
    kind: runStatusSchema.shape.kind,
    title: z.string(),
  }),
  z.object({
    type: z.literal('state'),
    state: z.enum(['idle', 'running', 'pausing', 'paused', 'stopping', 'aborting']),
    reason: z.string(),
  }),
  z.object({type: z.literal('note'), text: z.string()}),
  /** Something is done at the bench by a person or a robot; `label` of a mask, `plates` that shall stand in it. */
  z.object({
    type: z.literal('manual-step'),
    kind: manualStepKindSchema,
    label: z.string(),
    plates: z.array(z.number().int()),
    isDone: z.boolean(),
  }),
  /** What a person is asked now; null when it was answered, here or elsewhere, or is asked no more. */
  z.object({type: z.literal('prompt'), prompt: promptSchema.nullable()}),
  z.object({
    type: z.literal('progress'),
    label: z.string(),
    done: z.number(),
    total: z.number(),
    secondsLeft: z.number().nullable(),
  }),
  /** One run of the job was closed. */
  z.object({
    type: z.literal('run-ended'),
    exitStatus: z.enum(['success', 'abort', 'fail']),
    reason: z.string(),
  }),
  /** The job is over, with what ended it early. */
  z.object({
    type: z.literal('ended'),
    jobId: z.string(),
    exitStatus: z.enum(['success', 'abort', 'fail']).nullable(),
    error: wireErrorSchema.nullable(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

/** What runs on the bench now, whatever started it: follow, pause, resume, stop. */
export const run = {
  events: reading('/run/events', 'Feed: what runs do, in words')
    .input(feedInput)
    .output(z.object({...feedHead, entries: z.array(runEventSchema)})),
  pause: acting('/run/pause', 'Pause at the next checkpoint', 'pause-run').output(
    z.object({isPaused: z.boolean()}),
  ),
  resume: acting('/run/resume', 'Go on with a paused run', 'resume-run').output(z.object({})),
  /** Ends at the next message, with clean-up; resolves when everything is safe and stored. */
  stop: acting('/run/stop', 'Stop the run and keep its points', 'stop-run')
    .input(z.object({reason: z.string().max(200).default('stopped by operator')}))
    .output(z.object({sentence: z.string()})),
  skipWait: acting('/run/skip-wait', 'Cut the wait under way', 'skip-wait').output(
    z.object({hasSkipped: z.boolean()}),
  ),
};

/** A stored run as a list shows it; `timeS` in s since 1970. */
export const runSummarySchema = z.object({
  uid: z.string(),
  scanId: z.number().int(),
  sessionUid: z.string(),
  timeS: z.number(),
  planName: z.string(),
  operator: z.string(),
  sample: z.string(),
  purpose: z.string(),
  designHash: z.string().nullable(),
  campaignIndex: z.number().int().nullable(),
  /** Null while the run is under way. */
  exitStatus: z.enum(['success', 'abort', 'fail']).nullable(),
  reason: z.string(),
  pointCount: z.number().int(),
  isGrid: z.boolean(),
  /** The run with which it goes on: planes and files of it hold the points of both; null for one of its own. */
  continuesUid: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** A point whose row in the database is damaged: its numbers are not-a-number, at its own place. */
export const pointDamageSchema = z.object({seqNum: z.number().int(), text: z.string()});

/**
 * Points of a stream, from `first` to `last`, that do not lie between two looks at the instruments with which all was
 * well. `isChanged`: the look after them found something wrong, so maps leave them out; else there was none after them.
 */
export const pointDoubtSchema = z.object({
  first: z.number().int(),
  last: z.number().int(),
  why: z.string(),
  isChanged: z.boolean(),
});

/** Stored runs, also those under way: records, points, planes. */
export const runs = {
  get: reading('/runs/get', 'A stored run')
    .input(z.object({runUid: z.string()}))
    .output(
      z.object({
        summary: runSummarySchema,
        /** What its detector declared, by the names of the stored columns. */
        detector: detectorColumnsSchema,
        start: z.record(z.string(), z.unknown()),
        streams: z.array(
          z.object({
            name: z.string(),
            pointCount: z.number().int(),
            columns: z.array(z.object({name: z.string(), unit: z.string()})),
            /** Settings of each instrument as they were when measuring began. */
            configuration: z.record(
              z.string(),
              z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
            ),
          }),
        ),
        stop: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  /** By the beginning of its uid. Refused with `store/not-found` when there is none, or more than one. */
  find: reading('/runs/find', 'The run whose uid begins so')
    .input(z.object({start: z.string().min(1).max(100)}))
    .output(runSummarySchema),
  search: reading('/runs/search', 'Find runs')
    .input(
      z.object({
        text: z.string().optional(),
        sessionUid: z.string().optional(),
        planName: z.string().optional(),
        /** The newest 5000 at most are given. */
        limit: z.number().int().min(1).max(10_000).default(1000),
      }),
    )
    .output(z.array(runSummarySchema)),
  /** Points in the order they were taken, a column each: of a run under way as of an old one. `after` is a seq_num. */
  points: reading('/runs/points', 'Feed: points of a run')
    .input(feedInput.extend({runUid: z.string(), stream: z.string().default('primary')}))
    .output(
      z.object({
        ...feedHead,
        count: z.number().int(),
        timeS: float64s,
        columns: z.array(z.object({name: z.string(), unit: z.string(), values: float64s})),
        /** Of the points given here. */
        damage: z.array(pointDamageSchema),
        /** Of the whole stream; null while the run is under way, and where every point is vouched for. */
        doubtful: pointDoubtSchema.nullable(),
        /** Of the whole stream: points before each suspension of the run that no look has vouched for. */
        suspended: z.array(pointDoubtSchema).default([]),
        /** Whether the run is over: no more points will come. */
        hasEnded: z.boolean(),
      }),
    ),
  /** A grid run's plane of one quantity; a cell that was not measured is NaN, one measured twice holds the mean. */
  plane: reading('/runs/plane', 'Plane of a run')
    .input(z.object({runUid: z.string(), quantity: quantitySchema.default('')}))
    .output(planeSchema.nullable()),
  thumbnail: reading('/runs/thumbnail', 'Small plane of a run, at most 48 cells a side')
    .input(z.object({runUid: z.string()}))
    .output(planeSchema.nullable()),
  /** All documents of a run, one JSON line each `[name, document]`. */
  documents: reading('/runs/documents', 'Documents of a run as JSON lines')
    .input(z.object({runUid: z.string()}))
    .output(z.object({jsonLines: z.string()})),
};
