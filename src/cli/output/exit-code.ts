import {benchErrorFrom, hasCode} from '../../contract/errors.ts';
import {plainText} from './text-table.ts';

/** Exit codes of the program. 130 is what shells themselves use for Ctrl-C (128 + SIGINT). */
export const exitCodes = {ok: 0, failure: 1, usage: 2, interrupted: 130} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Exit code for whatever ended a command. A deadline that passed is a failure, not an interruption. */
export function exitCodeFrom(error: unknown): ExitCode {
  if (hasCode(error, 'cli/usage')) return exitCodes.usage;
  if (hasCode(error, 'plan/aborted', 'plan/stopped')) return exitCodes.interrupted;
  if (error instanceof Error && error.name === 'AbortError') return exitCodes.interrupted;
  return exitCodes.failure;
}

/**
 * One line for a person: `error: what, where, what to do (code)`. What is to be typed at a terminal stands beside the
 * message, in `details.atTerminal`: a window that shows the message must not tell of options that it has not.
 */
export function formatError(error: unknown): string {
  const {code, message, details} = benchErrorFrom(error);
  const hint = typeof details['atTerminal'] === 'string' ? ` ${details['atTerminal']}` : '';
  return `error: ${plainText(`${message}${hint}`)} (${code})`;
}
