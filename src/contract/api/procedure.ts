import {oc} from '@orpc/contract';
import {z} from 'zod';

/**
 * Who may call a procedure: `read` looks, `operate` moves, sets and measures, `admin` changes which bench is open.
 * Each includes the one before.
 */
export type Scope = 'read' | 'operate' | 'admin';

/**
 * What a call does: `read` changes nothing that outlives it, neither bench nor store nor settings; `change` may change
 * anything of these; `safety` only ever ends motion and turns the source off.
 */
export type Effect = 'read' | 'change' | 'safety';

/** What every procedure declares of itself. */
export interface ProcedureMeta {
  readonly scope: Scope;
  /** Declared by every procedure. One that lacks it is refused (host/api/procedures.ts), and so is a host that has one. */
  readonly effect?: Effect;
  /** Verb-noun of the audit line that a call leaves; absent for `read` alone. */
  readonly audit?: string;
  /** The handler decides which call is an act of its own and writes the line by itself. */
  readonly isAuditedByHandler?: boolean;
}

/**
 * Starts a procedure of the API. What declares nothing needs the widest scope and is refused all the same. Errors
 * travel as `{code: ErrorCode, message, details}` in the data of one wire error.
 */
const base = oc.$meta<ProcedureMeta>({scope: 'admin'}).errors({
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
  base.route({method: 'POST', path, summary}).meta({scope: 'read', effect: 'read'});

/** An act at the bench or on what is kept: needs the scope `operate` and leaves an audit line. */
export const acting = (
  path: `/${string}`,
  summary: string,
  audit: string,
  options: Pick<ProcedureMeta, 'isAuditedByHandler'> = {},
) =>
  base.route({method: 'POST', path, summary}).meta({scope: 'operate', effect: 'change', audit, ...options});

/** Changes the bench itself: needs the scope `admin`. */
export const administering = (path: `/${string}`, summary: string, audit: string) =>
  base.route({method: 'POST', path, summary}).meta({scope: 'admin', effect: 'change', audit});

/** Stops things: allowed to everybody who was let in, and behind nothing. */
export const halting = (path: `/${string}`, summary: string, audit: string) =>
  base.route({method: 'POST', path, summary}).meta({scope: 'read', effect: 'safety', audit});

/** A look at something fixed, so that any HTTP client can fetch it by its address. */
export const fetching = (path: `/${string}`, summary: string) =>
  base.route({method: 'GET', path, summary}).meta({scope: 'read', effect: 'read'});
