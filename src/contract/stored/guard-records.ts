import {z} from 'zod';
import {defineRecord, type RecordValue} from './record.ts';

const processSchema = z.object({pid: z.number().int(), processStart: z.string().default('')});

/** `on-duty-*.json` in the folder `guard` of the data folder: a guard process and the host that it watches over. */
export const guardDutyRecord = defineRecord({
  name: 'guard on duty',
  version: 1,
  schema: z.object({guard: processSchema, host: processSchema}),
});

/** What became of one instrument. */
const guardedInstrumentSchema = z.object({
  role: z.string(),
  kind: z.enum(['stage', 'source', 'mount']),
  driver: z.string(),
  port: z.string(),
  /**
   * `safe`: it has answered that RF is off or that it stands. `not-proven`: the order was sent and nothing usable came back.
   * `not-reached`: nothing was sent.
   */
  outcome: z.enum(['safe', 'not-proven', 'not-reached']),
  /** A sentence for a person. */
  text: z.string(),
  /** From the moment at which the host was known to be gone, ms. */
  tookMs: z.number(),
});
export type GuardedInstrument = z.infer<typeof guardedInstrumentSchema>;

/** `report-*.json` there: what a guard did when its host was gone. */
export const guardReportRecord = defineRecord({
  name: 'report of a guard',
  version: 1,
  schema: z.object({
    uid: z.string(),
    /** ISO 8601. */
    utc: z.string(),
    hostId: z.string(),
    host: processSchema,
    /** `died`: its process was gone. `hung`: it lived, and had not spoken for `silentS`. */
    cause: z.enum(['died', 'hung']),
    silentS: z.number(),
    /** Of a host that hung: whether its process could be ended, without which its ports are not touched. */
    isHostEnded: z.boolean(),
    /** The run under way. */
    run: z.object({uid: z.string(), title: z.string()}).nullable(),
    instruments: z.array(guardedInstrumentSchema),
    /** A later start has told it to the operator and written it down with the run. */
    isReported: z.boolean(),
  }),
});
export type GuardReport = RecordValue<typeof guardReportRecord>;
