import {oc} from '@orpc/contract';
import {z} from 'zod';

/**
 * Who may call a procedure: `read` looks, `operate` moves, sets and measures, `admin` changes which bench is open.
 * Each includes the one before. Halting is declared `read`: whoever was let in may stop the bench.
 */
export type Scope = 'read' | 'operate' | 'admin';

export interface ProcedureMeta {
  readonly scope: Scope;
  /** Verb-noun of the audit line that a call leaves; absent for calls that change nothing. */
  readonly audit?: string;
}

/** Starts a procedure of the API. Errors travel as `{code: ErrorCode, message, details}` in the data of one wire error. */
const base = oc.$meta<ProcedureMeta>({scope: 'read'}).errors({
  BENCH_ERROR: {
    status: 409,
    data: z.object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()),
    }),
  },
});

/** A look at something: changes nothing, may be repeated. */
export const reading = (path: `/${string}`, summary: string) =>
  base.route({method: 'POST', path, summary}).meta({scope: 'read'});

/** An act at the bench: needs the scope `operate` and leaves an audit line, unless its handler writes it by itself. */
export const acting = (path: `/${string}`, summary: string, audit?: string) =>
  base
    .route({method: 'POST', path, summary})
    .meta({scope: 'operate', ...(audit === undefined ? {} : {audit})});

/** Changes the bench itself: needs the scope `admin`. */
export const administering = (path: `/${string}`, summary: string, audit: string) =>
  base.route({method: 'POST', path, summary}).meta({scope: 'admin', audit});

/** Stops things: allowed to everybody who was let in. */
export const halting = (path: `/${string}`, summary: string, audit: string) =>
  base.route({method: 'POST', path, summary}).meta({scope: 'read', audit});

/** A look at something fixed, so that any HTTP client can fetch it by its address. */
export const fetching = (path: `/${string}`, summary: string) =>
  base.route({method: 'GET', path, summary}).meta({scope: 'read'});
