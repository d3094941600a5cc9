import {ContractProcedure, type AnyContractRouter} from '@orpc/contract';
import {implement, ORPCError} from '@orpc/server';
import {apiContract, type ProcedureMeta, type Scope} from '../../contract/api/index.ts';
import {assertNever, BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';

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

/** Whether a caller may change anything at all: what a look has computed is stored for such a one only. */
export const mayChange = ({scope}: Pick<ApiContext, 'scope'>): boolean => scope !== 'read';

const rank: Readonly<Record<Scope, number>> = {read: 0, operate: 1, admin: 2};

/**
 * What every procedure goes through: may the caller do it (a denial leaves an audit line), an audit line for what
 * changes something (written before it is done, and again with the error when it was refused), errors in their wire
 * form.
 */
export const os = implement(apiContract)
  .$context<ApiContext>()
  .use(async ({context, path, procedure, next}, input) => {
    const {scope, effect, audit, isAuditedByHandler = false} = procedure['~orpc'].meta;
    if (!isDeclared(procedure['~orpc'].meta)) throw wireErrorFrom(undeclared(path.join('.')));
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
          `This link or token may only ${context.scope === 'read' ? 'look' : 'operate'}: ${path.join('.')} needs the scope "${scope}". Nothing was done; use the link or token for "${scope}" (About shows it at the bench).`,
          {details: {scope: context.scope, needs: scope}},
        ),
      );
    }
    const note = (): void => {
      if (audit !== undefined && !isAuditedByHandler)
        context.audit({...line, details: detailsFrom(input, context)});
    };
    // Halting waits for no disk: its line is written when the bench stands.
    const isHalting = effect === 'safety';
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

/**
 * Whether a procedure says what it does, and as it has to: what changes something is open to nobody who may only look
 * and leaves an audit line, what is a look leaves none.
 */
function isDeclared({effect, scope, audit}: ProcedureMeta): boolean {
  switch (effect) {
    case 'read':
      return audit === undefined;
    case 'change':
      return scope !== 'read' && audit !== undefined;
    case 'safety':
      return audit !== undefined;
    case undefined:
      return false;
    default:
      return assertNever(effect, 'effect');
  }
}

const undeclared = (name: string): BenchError =>
  new BenchError(
    'internal',
    `${name} does not declare what it changes, so it is refused. Nothing was done. This is a mistake in the program.`,
  );

/** Throws `internal` when a procedure of a contract does not say what it does: no host is started with one. */
export function assertAllDeclared(contract: AnyContractRouter): void {
  const missing: string[] = [];
  const walk = (part: AnyContractRouter, path: readonly string[]): void => {
    if (part instanceof ContractProcedure) {
      // All procedures of a contract are made by the functions of contract/api/procedure.ts.
      if (!isDeclared(part['~orpc'].meta as ProcedureMeta)) missing.push(path.join('.'));
      return;
    }
    for (const [name, child] of Object.entries(part)) walk(child as AnyContractRouter, [...path, name]);
  };
  walk(contract, []);
  if (missing.length > 0) throw undeclared(missing.join(', '));
}

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
