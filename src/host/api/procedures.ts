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
 * What every procedure goes through: may the caller do it (a denial leaves an audit line), an audit line for what
 * changes something (written before it is done, and again with the error when it was refused), errors in their wire
 * form.
 */
export const os = implement(apiContract)
  .$context<ApiContext>()
  .use(async ({context, path, procedure, next}, input) => {
    const {scope, audit} = procedure['~orpc'].meta;
    const line = {
      action: audit ?? path.join('.'),
      actor: context.operator() || context.client,
      subject: path.join('.'),
    };
    if (rank[context.scope] < rank[scope]) {
      context.audit({...line, action: `${line.action}-denied`, details: detailsFrom(input, context)});
      throw wireErrorFrom(
        new BenchError(
          'api/denied',
          `This window may only ${context.scope === 'read' ? 'look' : 'operate'}: ${path.join('.')} needs the scope "${scope}". Nothing was done; open the link for "${scope}" (About shows it at the bench).`,
          {details: {scope: context.scope, needs: scope}},
        ),
      );
    }
    const note = (): void => {
      if (audit !== undefined) context.audit({...line, details: detailsFrom(input, context)});
    };
    // Halting waits for no disk: its line is written when the bench stands.
    const isHalting = scope === 'read';
    if (!isHalting) note();
    try {
      const result = await next();
      if (isHalting) note();
      return result;
    } catch (error) {
      // Errors of the library itself (wrong input, unknown procedure) keep their form.
      const known =
        error instanceof ORPCError
          ? error
          : isAbort(error) && !(error instanceof BenchError)
            ? new BenchError('plan/aborted', 'The call was withdrawn before it was done.', {cause: error})
            : benchErrorFrom(error);
      if (audit !== undefined)
        context.audit({
          ...line,
          action: `${audit}-refused`,
          details: {...detailsFrom(input, context), code: known.code, message: known.message},
        });
      throw known instanceof BenchError ? wireErrorFrom(known) : known;
    }
  });

const detailsFrom = (input: unknown, {client, scope}: ApiContext): Record<string, unknown> => {
  return {client, scope, ...(input === undefined ? {} : {input: withoutBulk(input)})};
};

const auditTextLimit = 4000;

/** Typed arrays and whatever else is long do not belong into an audit line. */
const withoutBulk = (input: unknown): unknown => {
  const text = JSON.stringify(input, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    return typeof value === 'bigint' ? String(value) : value;
  });
  return text.length > auditTextLimit ? `${text.slice(0, auditTextLimit)} ...` : JSON.parse(text);
};

/** The one error that our procedures declare, holding a `BenchError`; as declared, or the library would disown it. */
export function wireErrorFrom(error: BenchError): Error {
  return new ORPCError('BENCH_ERROR', {
    defined: true,
    status: 409,
    message: error.message,
    data: error.toJSON(),
    cause: error,
  });
}

/** HTTP status of an error, by the part of its code that says what kind it is. */
export function statusOf(code: string): number {
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
