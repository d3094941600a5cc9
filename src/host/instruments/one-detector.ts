import {setTimeout as sleepRealMs} from 'node:timers/promises';
import type {DetectorColumns, DetectorReading} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import type {DetectorDevice} from '../devices/registry.ts';
import {withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

export interface DetectorReadRequest {
  readonly count: number;
  /** Wait before each reading until 1 % of a step is left in the filter. */
  readonly isSettled: boolean;
}

/** Readings, and what each of their numbers is. */
export interface DetectorReadings {
  readonly columns: DetectorColumns['columns'];
  readonly readings: readonly DetectorReading[];
}

const settledResidualRatio = 0.01;

/** Valid readings of a detector; none during overload or reference unlock. */
export const readDetector = (
  target: InstrumentTarget,
  request: DetectorReadRequest,
  hooks: InstrumentHooks,
): Promise<DetectorReadings> =>
  withInstrument(target, 'detector', hooks, ({device}) => {
    if (device.kind === 'detector') return readDetectorDevice(device, request, hooks.signal);
    throw new BenchError('cli/usage', `The ${device.model} is a ${device.kind}, not a detector.`);
  });

/** Valid readings, one after the other. Throws `device/not-valid` where there is none. */
export async function readDetectorDevice(
  detector: DetectorDevice,
  {count, isSettled}: DetectorReadRequest,
  signal: AbortSignal | undefined,
): Promise<DetectorReadings> {
  const readings: DetectorReading[] = [];
  while (readings.length < count) {
    signal?.throwIfAborted();
    if (isSettled) await settle(detector.settleMs(settledResidualRatio), signal);
    readings.push(await detector.read(signal ? {signal} : {}));
  }
  return {columns: detector.declaration.columns, readings};
}

async function settle(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleepRealMs(ms, undefined, signal ? {signal} : {});
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}
