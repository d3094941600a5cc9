import type {Clock} from '../../base/clock.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Msg} from '../../contract/messages.ts';
import {type DeviceMap, detectorOf, readMsOf, stageOf} from './device-values.ts';

/**
 * How long one clean-up message may take, in real ms: after a fault a silent instrument must not keep the others
 * from being made safe. Real and not bench time, because a loaded computer is slow in real time.
 */
export interface CleanUpDeadlines {
  readonly exchangeMs: number;
  readonly operatorMs: number;
  readonly homeMs: number;
  readonly turnOnMs: number;
}

export const defaultDeadlines: CleanUpDeadlines = {
  exchangeMs: 15_000,
  operatorMs: 60_000,
  homeMs: 180_000,
  turnOnMs: 60_000,
};

/** What the time of a message depends on. */
interface TimedBench {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly positionsMm: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/**
 * The outcome of what a message of a clean-up has begun, or `port/timeout` after the message's deadline; the operation
 * itself goes on then.
 */
export const boundedCleanUp = <Value>(
  operation: Promise<Value>,
  message: Msg,
  {deadlines, bench}: {readonly deadlines: CleanUpDeadlines; readonly bench: TimedBench},
): Promise<Value> =>
  withDeadline(
    operation,
    deadlineOf(message, deadlines, bench),
    `"${describeMessage(message)}" during clean-up`,
  );

/** Deadline of one message during clean-up, real ms. */
export function deadlineOf(message: Msg, deadlines: CleanUpDeadlines, bench: TimedBench): number {
  const real = (benchMs: number): number => (benchMs / bench.clock.speed) * 2 + deadlines.exchangeMs;
  switch (message.type) {
    case 'move': {
      const from = bench.positionsMm.get(message.device) ?? {};
      return real(stageOf(bench.devices, message.device).estimateMoveMs(from, message.targetMm));
    }
    case 'settle':
      return real(detectorOf(bench.devices, message.device).settleMs(message.residualRatio));
    case 'sleep':
      return real(message.ms);
    case 'read':
      return real(readMsOf(bench.devices, message.device));
    case 'operator':
    case 'compute':
      return deadlines.operatorMs;
    case 'call':
      if (message.action === 'home') return deadlines.homeMs;
      return message.action === 'turn-on' ? deadlines.turnOnMs : deadlines.exchangeMs;
    case 'open-run':
    case 'close-run':
    case 'declare-stream':
    case 'record':
    case 'derive':
    case 'distrust':
    case 'set':
    case 'read-settings':
    case 'judge-settings':
    case 'checkpoint':
    case 'note':
    case 'progress':
      return deadlines.exchangeMs;
  }
}

/**
 * The operation's outcome, or a rejection after `deadlineMs` real ms. The operation itself goes on; what it ends
 * with later is of no interest any more.
 */
export function withDeadline<Value>(
  operation: Promise<Value>,
  deadlineMs: number,
  what: string,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new BenchError('port/timeout', `${what} did not end within ${deadlineMs / 1000} s.`)),
      deadlineMs,
    );
    operation.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: Error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

const describeMessage = (message: Msg): string => {
  const parts: string[] = [message.type];
  if ('device' in message) parts.push(message.device);
  if (message.type === 'call') parts.push(message.action);
  return parts.join(' ');
};
