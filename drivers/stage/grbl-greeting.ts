import {waitText} from '../../src/base/duration-text.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {showText} from '../kit/index.ts';
import type {Link} from '../kit/index.ts';

/** GRBL, grblHAL and FluidNC print their name, a version and the hint for help. */
export const bannerPattern = /^(?:grbl|grblhal)\s+\S+.*\[.*help.*\]/i;

/** What came of a port that no GRBL controller has greeted at: another instrument's line, noise, or nothing. */
export function notGrblError(
  link: Link,
  {
    answered,
    waitedMs,
    cause,
  }: {readonly answered: string | undefined; readonly waitedMs: number; readonly cause: unknown},
): BenchError {
  if (answered !== undefined)
    return new BenchError(
      'device/wrong-instrument',
      `${link.name} answered ${showText(answered)}, which is not a GRBL controller. Nothing was set and nothing moved; ` +
        'give the port of the stage, or name the driver that fits.',
      {details: {port: link.name, answered}, cause},
    );
  const garbage =
    link.unsolicitedCount > 0
      ? 'only bytes that are no text came: the baud rate is probably wrong'
      : 'nothing came';
  return new BenchError(
    'port/timeout',
    `No GRBL controller answered at ${link.name} (${link.settingsText}) within ${waitText(waitedMs)}: ${garbage}. ` +
      'Nothing moved; check power, cable, baud rate, and that it is the right port.',
    {details: {port: link.name, settings: link.settingsText}, cause},
  );
}
