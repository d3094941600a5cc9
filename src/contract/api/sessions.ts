import {z} from 'zod';
import type {CampaignJson} from '../campaign-json.ts';
import type {CampaignResult} from '../campaign-result.ts';
import {exportFormatNames} from '../export-formats.ts';
import {acting, reading} from './procedure.ts';
import {bytes} from './feed.ts';
import {runSummarySchema} from './runs.ts';

/** A session as a list shows it; times in ISO 8601, UTC. */
export const sessionSummarySchema = z.object({
  uid: z.string(),
  title: z.string(),
  operator: z.string(),
  benchName: z.string(),
  designHash: z.string().nullable(),
  designName: z.string(),
  kind: z.string(),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  runCount: z.number().int(),
  pointCount: z.number().int(),
  noteCount: z.number().int(),
  tags: z.array(z.string()),
  isArchived: z.boolean(),
  /**
   * Why the record of what it was made with cannot be used (damaged, or of a later version of the program), as the end
   * of a sentence; '' for a session that is whole. Everything else here is its own row and stays readable.
   */
  damage: z.string(),
});
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

/** A note about a session or one of its runs. */
export const noteSchema = z.object({
  uid: z.string(),
  timeS: z.number(),
  author: z.string(),
  text: z.string(),
  runUid: z.string().nullable(),
});

/** An entry of the calibration ledger; times in s since 1970. */
export const calibrationSchema = z.object({
  uid: z.string(),
  kind: z.string(),
  timeS: z.number(),
  validUntilS: z.number().nullable(),
  sessionUid: z.string().nullable(),
  runUid: z.string().nullable(),
  dependsOn: z.array(z.string()),
  isCurrent: z.boolean(),
  /** Bench that it was made on; '' when it belongs to none. */
  benchName: z.string(),
  /**
   * current: it counts; expired: too old; replaced: a newer one of its kind was made on its bench; stale: what it builds
   * on was made anew, or the bench has changed; taken-back: by a person.
   */
  status: z.enum(['current', 'expired', 'replaced', 'stale', 'revoked']),
  /** Why it does not count, in a sentence; '' when it does. */
  statusText: z.string(),
  /** Calibrations that build on this one, itself or through others: they have to be made anew with it. */
  dependants: z.array(z.string()),
  value: z.unknown(),
});

/** What reading the whole database found. */
export const dataCheckSchema = z.object({
  /** The database, a file of the host's computer. */
  path: z.string(),
  runCount: z.number().int(),
  pointCount: z.number().int(),
  /** Points of earlier versions, which stored no checksums: their content cannot be checked. */
  uncheckedPointCount: z.number().int(),
  artifactCount: z.number().int(),
  /** What is not as it was stored, the first 1000. */
  damage: z.array(z.object({where: z.string(), text: z.string()})),
  damageCount: z.number().int(),
});

/** Sessions of the data folder: search, notes, tags, calibrations, exports. Nothing is ever deleted. */
export const sessions = {
  search: reading('/sessions/search', 'Find sessions, newest first')
    .input(
      z.object({
        text: z.string().optional(),
        operator: z.string().optional(),
        designHash: z.string().optional(),
        /** Class of a digit that was measured. */
        label: z.string().optional(),
        tag: z.string().optional(),
        sinceS: z.number().optional(),
        untilS: z.number().optional(),
        withArchived: z.boolean().default(false),
        /** The newest 5000 at most are given. */
        limit: z.number().int().min(1).max(10_000).default(5000),
      }),
    )
    .output(
      z.object({
        sessions: z.array(sessionSummarySchema),
        /** Values to filter by, over all sessions. */
        facets: z.object({
          operators: z.array(z.string()),
          designs: z.array(z.object({hash: z.string(), name: z.string()})),
          tags: z.array(z.string()),
          labels: z.array(z.string()),
        }),
      }),
    ),
  /** By the beginning of its uid. Refused with `store/not-found` when there is none, or more than one. */
  find: reading('/sessions/find', 'The session whose uid begins so')
    .input(z.object({start: z.string().min(1).max(100)}))
    .output(
      z.object({
        uid: z.string(),
        title: z.string(),
        benchName: z.string(),
        /** Of the virtual bench that was measured; null for a real one. */
        benchSeed: z.number().nullable(),
      }),
    ),
  get: reading('/sessions/get', 'A session')
    .input(z.object({uid: z.string()}))
    .output(
      z.object({
        summary: sessionSummarySchema,
        details: z.record(z.string(), z.unknown()),
        runs: z.array(runSummarySchema),
        notes: z.array(noteSchema),
        calibrations: z.array(calibrationSchema),
        artifacts: z.array(
          z.object({
            uid: z.string(),
            kind: z.string(),
            name: z.string(),
            mediaType: z.string(),
            byteCount: z.number().int(),
          }),
        ),
      }),
    ),
  create: acting('/sessions/create', 'Begin a session into which the next runs go', 'create-session')
    .input(z.object({title: z.string().min(1).max(200), operator: z.string().max(100).default('')}))
    .output(z.object({uid: z.string()})),
  /** Null: the next run makes its own session. */
  choose: acting('/sessions/choose', 'Choose the session of the next runs', 'choose-session')
    .input(z.object({uid: z.string().nullable()}))
    .output(z.object({})),
  change: acting('/sessions/change', 'Change title, tags, archive flag', 'change-session')
    .input(
      z.object({
        uid: z.string(),
        title: z.string().min(1).max(200).optional(),
        tags: z.array(z.string().min(1).max(50)).max(50).optional(),
        isArchived: z.boolean().optional(),
      }),
    )
    .output(sessionSummarySchema),
  addNote: acting('/sessions/add-note', 'Write a note', 'add-note')
    .input(
      z.object({
        sessionUid: z.string().optional(),
        runUid: z.string().optional(),
        text: z.string().min(1).max(10_000),
      }),
    )
    .output(noteSchema),
  calibrations: reading('/calibrations', 'The calibration ledger, newest first').output(
    z.array(calibrationSchema),
  ),
  export: reading('/sessions/export', 'A session or run in another format')
    .input(
      z.object({sessionUid: z.string(), runUid: z.string().optional(), format: z.enum(exportFormatNames)}),
    )
    .output(z.object({fileName: z.string(), mediaType: z.string(), bytes})),
  /** Takes about a second for a million points; nothing is changed. */
  verify: reading('/sessions/verify', 'Read the whole database and say what is not as it was stored').output(
    dataCheckSchema,
  ),
  /** Writes the report into the folder of reports again, in place of the one that stands there. */
  report: acting('/sessions/report', 'Compare a campaign again from its stored points', 'write-report')
    .input(z.object({sessionUid: z.string()}))
    .output(
      z.object({
        reportPath: z.string(),
        result: z.custom<CampaignResult>(),
        /** The same as `campaign --json` prints. */
        json: z.custom<CampaignJson>(),
      }),
    ),
  artifact: reading('/sessions/artifact', 'Bytes of a stored artifact')
    .input(z.object({uid: z.string()}))
    .output(z.object({fileName: z.string(), mediaType: z.string(), bytes})),
};
