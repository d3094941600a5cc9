import {setTimeout as sleepRealMs} from 'node:timers/promises';
import type {DetectorReading} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import {withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

export interface LockInReadRequest {
  readonly count: number;
  /** Wait before each reading until 1 % of a step is left in the filter. */
  readonly isSettled: boolean;
}

const settledResidualRatio = 0.01;

/** Valid readings of a lock-in; none during overload or reference unlock. */
export function readLockIn(
  target: InstrumentTarget,
  {count, isSettled}: LockInReadRequest,
  hooks: InstrumentHooks,
): Promise<DetectorReading[]> {
  const {signal} = hooks;
  const call = signal ? {signal} : {};
  return withInstrument(target, 'detector', hooks, async ({device}) => {
    if (device.kind !== 'detector')
      throw new BenchError('cli/usage', `The ${device.model} is a ${device.kind}, not a lock-in.`);
    const readings: DetectorReading[] = [];
    while (readings.length < count) {
      signal?.throwIfAborted();
      if (isSettled) await settle(device.settleMs(settledResidualRatio), signal);
      readings.push(await device.read(call));
    }
    return readings;
  });
}

async function settle(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleepRealMs(ms, undefined, signal ? {signal} : {});
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}
