import {benchWaitText} from '../../base/duration-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {escapeBytes} from './trace.ts';

/** The exchange that failed, as a person can recognise it. */
export interface FailedExchange {
  readonly port: string;
  readonly settingsText: string;
  readonly asked: string;
  /** Of a virtual bench: how much faster than people's time its clock runs, in which limits are counted. */
  readonly speed?: number;
}

const during = (asked: string): string => (asked === '' ? '' : ` during ${JSON.stringify(asked)}`);
const withSettings = ({port, settingsText}: FailedExchange): string =>
  settingsText === '' ? port : `${port} (${settingsText})`;
const escapeText = (text: string): string => escapeBytes(new TextEncoder().encode(text));

export function timeout(failed: FailedExchange, limitMs: number, rest: string): BenchError {
  const received = rest === '' ? 'nothing came' : `only "${escapeText(rest)}" without an end of line came`;
  return new BenchError(
    'port/timeout',
    `${withSettings(failed)} did not answer ${JSON.stringify(failed.asked)} within ${benchWaitText(limitMs, failed.speed ?? 1)} (${received}). ` +
      'No reading was taken and stored points are safe; check power, cable, line settings and the instrument.',
    {details: {...failed, limitMs, rest}},
  );
}

export function closed(failed: FailedExchange, reason: Error | undefined): BenchError {
  const why = reason === undefined ? '' : ` (${reason.message})`;
  return new BenchError(
    'port/closed',
    `${failed.port} is closed or was unplugged${during(failed.asked)}${why}. The reading under way is lost, stored ` +
      'points are safe; plug the instrument in and connect again.',
    {details: {...failed}, cause: reason},
  );
}

export function garbage(failed: FailedExchange, text: string, reason: string): BenchError {
  return new BenchError(
    'device/bad-reply',
    `${withSettings(failed)} answered ${JSON.stringify(failed.asked)} with ${reason}: "${escapeBytes(
      Uint8Array.from(text.slice(0, 60), (character) => character.charCodeAt(0)),
    )}". Nothing was taken from it; a wrong baud rate or parity looks like this, and so does a bad cable.`,
    {details: {...failed, reply: text, reason}},
  );
}

export function neverQuiet(failed: FailedExchange, waitedMs: number): BenchError {
  return new BenchError(
    'device/bad-reply',
    `${withSettings(failed)} kept sending for ${benchWaitText(waitedMs, failed.speed ?? 1)} without being asked, so no answer can be told ` +
      'from the rest. Nothing was taken; switch off its automatic output or check that it is the right instrument.',
    {details: {...failed, waitedMs}},
  );
}
