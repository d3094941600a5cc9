import {z} from 'zod';
import {mountSchema, sourceSchema, stageSchema} from '../../contract/bench-file.ts';

/** What a host tells its guard process, one plain object after the other. The guard answers nothing. */

const processSchema = z.object({pid: z.number().int(), processStart: z.string()});

/** The run under way, as the record of what the guard did names it. */
export const guardedRunSchema = z.object({uid: z.string(), title: z.string()});
export type GuardedRun = z.infer<typeof guardedRunSchema>;

const watchedSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('stage'), config: stageSchema}),
  z.object({kind: z.literal('source'), config: sourceSchema}),
  z.object({kind: z.literal('mount'), config: mountSchema}),
]);

export const toGuardSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    host: processSchema,
    hostId: z.string(),
    dataPath: z.string(),
    /** Silence of the host that counts as hanging, ms of real time. */
    hangMs: z.number().positive(),
    timeoutScale: z.number().positive(),
  }),
  /** An instrument whose port is about to be opened. `id` names its port: a later one takes the place of an earlier. */
  z.object({type: z.literal('watch'), id: z.string(), instrument: watchedSchema}),
  /** Whether it may do harm from now on. */
  z.object({type: z.literal('hazard'), id: z.string(), isPossible: z.boolean()}),
  z.object({type: z.literal('run'), run: guardedRunSchema.nullable()}),
  /** The host lives. */
  z.object({type: z.literal('beat')}),
  /** The host ends and has made its bench safe by itself. */
  z.object({type: z.literal('bye')}),
]);
export type ToGuard = z.infer<typeof toGuardSchema>;

/** The host speaks this often, ms of real time. */
export const beatMs = 1000;
/** Silence of a host that counts as hanging unless `D2NN_BENCH_HANG_S` says otherwise, ms of real time. */
export const defaultHangMs = 10_000;
