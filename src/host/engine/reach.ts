import {setTimeout as sleepRealMs} from 'node:timers/promises';
import type {BenchDevice, CallOptions, PlateMount, Source, Stage} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, hasCode, isAbort} from '../../contract/errors.ts';

/**
 * Connects an instrument anew whose line has ended or that does not answer: again and again until the signal ends it.
 * The one that comes back has proven who it is; a source has turned RF off. Rejects with what stood against it last.
 */
export type Reconnect = (
  role: string,
  lost: BenchDevice,
  options: {readonly signal: AbortSignal},
) => Promise<BenchDevice>;

/** How long an instrument is sought before what it does counts as unknown, ms of real time. */
export const reconnectMs = 5000;
const pauseMs = 300;

const lineCodes = ['port/closed', 'port/timeout', 'device/bad-reply'] as const;

/** What may be mended by a new line; anything else was answered by the instrument itself. */
export const isOutOfReach = (error: unknown): boolean =>
  hasCode(error, ...lineCodes) || (hasCode(error, 'device/fault') && hasCode(error.cause, ...lineCodes));

/**
 * Tries again and again until it works. When the signal ends it, it rejects with what stood against the last attempt that
 * came to an end by itself.
 */
export async function seek<Found>(
  attempt: (options: {readonly signal: AbortSignal}) => Promise<Found>,
  signal: AbortSignal,
): Promise<Found> {
  let last: unknown;
  for (;;) {
    try {
      return await attempt({signal});
    } catch (error) {
      if (!isAbort(error)) last = error;
      if (signal.aborted) throw last ?? error;
      // Another instrument in its place does not become the right one by asking again.
      if (hasCode(error, 'device/wrong-instrument', 'bench/closed')) throw error;
    }
    await sleepRealMs(pauseMs, undefined, {signal}).catch(() => undefined); // the next attempt tells
  }
}

export interface Reached {
  /** False when it took a new line. */
  readonly isSameLine: boolean;
}

/**
 * RF off, proven; over a new line where the present one is of no use. Throws with what a person has to do when it could
 * not be proven.
 */
export function proveOff(
  source: Source,
  reconnect: Reconnect | undefined,
  options: CallOptions = {},
): Promise<Reached> {
  return reaching(source, reconnect, {
    act: (device) => (device.kind === 'source' ? device.turnOff(options) : Promise.resolve()),
    failure: (why) =>
      `RF of the ${source.role} could not be proven off: ${why} Switch it off at its front panel, or take its power, ` +
      'before anybody touches cables or the chain; stored points are safe.',
  });
}

/** What can move: stages and the mounts of plates. */
export type Mover = Stage | PlateMount;

/** Stopped and proven at rest; over a new line where the present one is of no use. */
export function proveAtRest(mover: Mover, reconnect: Reconnect | undefined): Promise<Reached> {
  return reaching(mover, reconnect, {
    act: (device) => (device.kind === 'stage' || device.kind === 'mount' ? device.stop() : Promise.resolve()),
    failure: (why) =>
      `The ${mover.role} could not be proven at rest: ${why} If it moves, press its emergency stop or cut its power.`,
  });
}

async function reaching(
  device: BenchDevice,
  reconnect: Reconnect | undefined,
  {
    act,
    failure,
  }: {readonly act: (device: BenchDevice) => Promise<void>; readonly failure: (why: string) => string},
): Promise<Reached> {
  try {
    await act(device);
    return {isSameLine: true};
  } catch (error) {
    if (!reconnect || !isOutOfReach(error)) throw error;
    const signal = AbortSignal.timeout(reconnectMs);
    try {
      await act(await reconnect(device.role, device, {signal}));
      return {isSameLine: false};
    } catch (second) {
      const why = `${reasonOf(error)} It was sought for ${reconnectMs / 1000} s: ${reasonOf(second)}`;
      throw new BenchError(benchErrorFrom(error).code, failure(why), {cause: error});
    }
  }
}

const reasonOf = (error: unknown): string => benchErrorFrom(error).message;
