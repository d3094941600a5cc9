import {implement, ORPCError} from '@orpc/server';
import {apiContract, type Scope} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';

/** Who calls: made by a transport after it has let the caller in. */
export interface ApiContext {
  readonly scope: Scope;
  /** For the audit trail: `window 3`, `http`. */
  readonly client: string;
  /** Name of the person, from the settings or the client; '' when unknown. */
  readonly operator: () => string;
  readonly audit: (line: {
    action: string;
    actor: string;
    subject: string;
    details: Record<string, unknown>;
  }) => void;
}

const rank: Readonly<Record<Scope, number>> = {read: 0, operate: 1, admin: 2};

/**
 * What every procedure goes through: may the caller do it, an audit line for what changes something (written before
 * it is done, and again with the error when it was refused), errors in their wire form.
 */
export const os = implement(apiContract)
  .$context<ApiContext>()
  .use(async ({context, path, procedure, next}, input) => {
    const {scope, audit} = procedure['~orpc'].meta;
    if (rank[context.scope] < rank[scope]) {
      throw wireErrorFrom(
        new BenchError(
          'api/denied',
          `This window may only ${context.scope === 'read' ? 'look' : 'operate'}: ${path.join('.')} needs the scope "${scope}". Nothing was done; open the link for "${scope}" (About shows it at the bench).`,
          {details: {scope: context.scope, needs: scope}},
        ),
      );
    }
    const line = {
      action: audit ?? path.join('.'),
      actor: context.operator() || context.client,
      subject: path.join('.'),
    };
    if (audit !== undefined) context.audit({...line, details: detailsFrom(input, context)});
    try {
      return await next();
    } catch (error) {
      // Errors of the library itself (wrong input, unknown procedure) keep their form.
      if (error instanceof ORPCError) throw error;
      const known =
        isAbort(error) && !(error instanceof BenchError)
          ? new BenchError('plan/aborted', 'The call was withdrawn before it was done.', {cause: error})
          : benchErrorFrom(error);
      if (audit !== undefined)
        context.audit({
          ...line,
          action: `${audit}-refused`,
          details: {...detailsFrom(input, context), code: known.code, message: known.message},
        });
      throw wireErrorFrom(known);
    }
  });

const detailsFrom = (input: unknown, {client, scope}: ApiContext): Record<string, unknown> => {
  return {client, scope, ...(input === undefined ? {} : {input: withoutBulk(input)})};
};

/** Typed arrays do not belong into an audit line. */
const withoutBulk = (input: unknown): unknown =>
  JSON.parse(
    JSON.stringify(input, (_key, value: unknown) =>
      ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : value,
    ),
  );

/** The one error that our procedures declare, holding a `BenchError`. */
export function wireErrorFrom(error: BenchError): Error {
  return new ORPCError('BENCH_ERROR', {
    defined: true,
    status: statusOf(error),
    message: error.message,
    data: error.toJSON(),
    cause: error,
  });
}

/** HTTP status of an error, by the part of its code that says what kind it is. */
export function statusOf({code}: BenchError): number {
  if (code === 'api/denied') return 403;
  if (code.endsWith('/not-found')) return 404;
  if (code === 'internal') return 500;
  if (code.startsWith('store/')) return 507;
  if (code === 'port/timeout' || code === 'motion/not-arrived') return 504;
  if (
    [
      'motion/limit',
      'device/out-of-range',
      'source/limit',
      'plan/invalid',
      'file/invalid',
      'twin/invalid',
    ].includes(code)
  )
    return 422;
  return 409;
}
