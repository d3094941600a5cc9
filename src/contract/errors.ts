/** Every failure that a person at the bench may see, by layer. Code decides on these, never on message text. */
export const errorCodes = [
  'port/not-found',
  'port/busy',
  'port/open-failed',
  'port/closed',
  'port/timeout',
  'device/wrong-instrument',
  'device/bad-reply',
  'device/refused',
  'device/fault',
  'device/changed',
  'device/not-valid',
  'device/out-of-range',
  'device/unknown',
  'motion/limit',
  'motion/not-homed',
  'motion/not-arrived',
  'motion/alarm',
  'source/limit',
  'plan/aborted',
  'plan/stopped',
  'plan/invalid',
  'plan/operator-refused',
  'store/full',
  'store/read-only',
  'store/damaged',
  'store/newer-version',
  'store/locked',
  'store/not-found',
  'file/not-found',
  'file/invalid',
  'twin/invalid',
  'twin/sampling',
  'bench/busy',
  'bench/closed',
  'api/denied',
  'api/unauthorised',
  'api/disconnected',
  'cli/usage',
  'internal',
] as const;
/** Every code that an error of this program can have: `layer/what`. */
export type ErrorCode = (typeof errorCodes)[number];

/** Whether a text is the code of an error of this program. */
export const isErrorCode = (code: string): code is ErrorCode => errorCodes.some((known) => known === code);

/** What an error carries beside code and sentence. */
export interface BenchErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error class of the program. The message is a whole sentence for a person at a bench: what was asked,
 * what happened, what it means for the data, what to do.
 */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: BenchErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause});
    this.code = code;
    this.details = options.details ?? {};
  }

  /** The form that crosses a process boundary. */
  toJSON(): {code: ErrorCode; message: string; details: Readonly<Record<string, unknown>>} {
    return {code: this.code, message: this.message, details: this.details};
  }
}

/** Whether something that was thrown is an error of this program. */
export const isBenchError = (error: unknown): error is BenchError => error instanceof BenchError;

/** True for an error of one of the given codes. */
export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is BenchError =>
  isBenchError(error) && codes.includes(error.code);

/** True when the operator (or a signal) ended the work, which is no fault. */
export const isAbort = (error: unknown): boolean =>
  isSuppressing(error)
    ? isAbort(error.suppressed)
    : hasCode(error, 'plan/aborted', 'plan/stopped') ||
      (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'));

/**
 * What `using` throws when closing something failed after the work itself had: `suppressed` is what went wrong first.
 * By its name, since compilers bring a class of their own.
 */
const isSuppressing = (thrown: unknown): thrown is Error & {error: unknown; suppressed: unknown} =>
  thrown instanceof Error && thrown.name === 'SuppressedError' && 'suppressed' in thrown && 'error' in thrown;

/** True for what a system says when it has no room, or this user may take no more of it, for what is to be written. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/**
 * Any thrown thing as a BenchError; what is not one already becomes `internal` with the original as its cause. Where
 * closing something failed as well, it is what went wrong first, and its message says the other.
 */
export function benchErrorFrom(error: unknown): BenchError {
  if (isBenchError(error)) return error;
  if (isSuppressing(error)) {
    const {code, message, details} = benchErrorFrom(error.suppressed);
    const closing = benchErrorFrom(error.error).message;
    // A connection that is gone fails both for the one reason.
    const text = closing === message ? message : `${message} Closing failed as well: ${closing}`;
    return new BenchError(code, text, {details, cause: error});
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error))
    return new BenchError(
      'store/full',
      `The disk is full (${message}), so this was not stored. Everything stored before is safe. Make room and try again.`,
      {cause: error},
    );
  return new BenchError('internal', message, {cause: error});
}

/** Closes a switch over a union: a new member without a case fails to compile here. */
export function assertNever(value: never, what: string): never {
  throw new BenchError('internal', `Unhandled ${what}: ${JSON.stringify(value)}.`);
}
