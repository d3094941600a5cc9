import {BenchError, benchErrorFrom, isAbort, isBenchError} from '../../contract/errors.ts';
import type {ExitStatus} from '../../contract/run-records.ts';

/** How the engine itself closes a run that its plan left open. */
export function endingOf(error: unknown): {readonly exitStatus: ExitStatus; readonly reason: string} {
  if (error === undefined) return {exitStatus: 'success', reason: 'the plan ended without closing its run'};
  const given = isBenchError(error) ? error.details['reason'] : undefined;
  const {message} = benchErrorFrom(error);
  if (isAbort(error)) return {exitStatus: 'abort', reason: typeof given === 'string' ? given : message};
  return {exitStatus: 'fail', reason: message};
}

/** The first error, with what went wrong while cleaning up after it: said in its message, listed in its details. */
export function withCleanUpErrors(error: unknown, cleanUpErrors: readonly unknown[]): unknown {
  const first = benchErrorFrom(error);
  // The plan's clean-up and the engine's may have failed for the same reason: it is reported once.
  const byMessage = new Map(cleanUpErrors.map(benchErrorFrom).map((other) => [other.message, other]));
  byMessage.delete(first.message);
  const list = [...byMessage.values()];
  if (list.length === 0) return error;
  return new BenchError(
    first.code,
    `${first.message} Cleaning up failed too: ${list.map((other) => other.message).join(' ')} ` +
      'Check at the bench that the source is off and the stages stand.',
    {cause: error, details: {...first.details, cleanUpErrors: list.map((other) => other.toJSON())}},
  );
}

export const stoppedError = (reason: string): BenchError =>
  new BenchError('plan/stopped', `The run was ended: ${reason}. All points taken until then are kept.`, {
    details: {reason},
  });

export const abortedError = (reason: string, cause?: unknown): BenchError =>
  new BenchError('plan/aborted', `The run was broken off: ${reason}. All points taken until then are kept.`, {
    details: {reason},
    cause,
  });
