import {ORPCError} from '@orpc/client';
import {BenchError, type ErrorCode, isBenchError} from '../../contract/errors.ts';

/** What went wrong, as a person reads it. `code` decides what the window offers next. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface WireIssue {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** Any failed call as a problem. Wrong input names its first field. */
export function problemFrom(error: unknown): Problem {
  if (isBenchError(error)) return error;
  if (error instanceof ORPCError) {
    const data = error.data as Partial<Problem & {issues: readonly WireIssue[]}> | undefined;
    if (error.code === 'BENCH_ERROR' && data?.code !== undefined && data.message !== undefined)
      return {code: data.code, message: data.message, details: data.details ?? {}};
    const issue = data?.issues?.[0];
    if (issue)
      return {
        code: 'plan/invalid',
        message: `${issue.path?.join('.') ?? 'input'}: ${issue.message}. Nothing was done.`,
        details: {},
      };
    if (error.code === 'UNAUTHORIZED') return {code: 'api/unauthorised', message: error.message, details: {}};
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    details: {},
  };
}

/** True when a call failed only because there is no connection: the bench goes on, the window has to wait. */
export const isDisconnect = (error: unknown): boolean => problemFrom(error).code === 'api/disconnected';

export const isWithdrawn = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** Whether a call that failed for want of a connection had gone out before: it may have been done then. */
export const wasSent = (error: unknown): boolean => problemFrom(error).details['wasSent'] !== false;

export const disconnected = (details: {readonly wasSent: boolean}): BenchError =>
  new BenchError(
    'api/disconnected',
    details.wasSent
      ? 'This window lost its connection to the bench program before the answer came: whether this was done is not known. Look at the bench when the window is connected again.'
      : 'This window has no connection to the bench program now, so this was not sent. The window connects again by itself.',
    {details},
  );
