import {fixedText} from '../../src/base/number-format.ts';
import {waitText} from '../../src/base/duration-text.ts';
import type {AxisName, CallOptions, MoveProgress, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {GrblController, MachineStatus} from './grbl-controller.ts';

export type MoveOptions = CallOptions & {onProgress?: (progress: MoveProgress) => void};

/** A move may take this much longer than computed before it counts as failed. */
const timeoutFactor = 1.5;
export const timeoutMarginMs = 2000;
/** Reports of rest away from the target, and the time they must span, before a move counts as failed. */
const idleAwayCount = 5;
const idleAwayMs = 250;
const longestPollMs = 100;
const firstPollsAtOnce = 3;
const shortestRestRealMs = 0.5;
const lateSleepsMs = [2, 5, 10, 20, 40, 80];

/** A move that was sent to the controller, whose arrival is waited for. */
export interface PlannedMove {
  readonly controller: GrblController;
  readonly axes: readonly AxisName[];
  readonly fromMm: PositionMm;
  readonly targetMm: PositionMm;
  readonly toleranceMm: number;
  readonly estimateMs: number;
  positionFrom(status: MachineStatus): PositionMm;
  /** Throws when the move was stopped meanwhile, or the position is not trusted any more. */
  assertGoesOn(): void;
  stop(): Promise<void>;
}

/** `ok` only means planned: arrival is Idle and a position within tolerance. Polls at once, then backs off. */
export async function awaitArrival(move: PlannedMove, options: MoveOptions): Promise<PositionMm> {
  const {controller} = move;
  const {clock} = controller.link;
  const startMs = clock.nowMs();
  const limitMs = controller.link.limitMs(move.estimateMs * timeoutFactor + timeoutMarginMs);
  let awaySinceMs = Number.POSITIVE_INFINITY;
  let awayCount = 0;
  for (let poll = 0; ; poll++) {
    const status = await controller.readStatus(options);
    move.assertGoesOn();
    const nowMm = move.positionFrom(status);
    const elapsedMs = clock.nowMs() - startMs;
    options.onProgress?.({startMm: move.fromMm, nowMm, targetMm: move.targetMm});
    if (status.state === 'Idle') {
      if (isAt(move, nowMm)) return nowMm;
      if (awayCount === 0) awaySinceMs = elapsedMs;
      awayCount += 1;
      if (awayCount >= idleAwayCount && elapsedMs - awaySinceMs > idleAwayMs)
        throw notArrived(move, nowMm, 'the stage came to rest elsewhere');
    } else awayCount = 0;
    if (status.state === 'Hold' || status.state === 'Door' || status.state === 'Sleep')
      throw notArrived(move, nowMm, `the controller is in the state ${status.state} (button or door)`);
    // A lower rapid or feed override makes a move longer, not wrong.
    const slowest = Math.min(100, ...(status.overridesPercent ?? []).slice(0, 2));
    if (elapsedMs > limitMs * (100 / Math.max(slowest, 1))) {
      await move.stop();
      throw notArrived(move, nowMm, `it took more than ${waitText(elapsedMs)} and was stopped`);
    }
    await pauseBeforePoll(controller, poll, move.estimateMs - elapsedMs, options);
  }
}

/** Long moves are asked ten times a second, as the firmware advises; around the computed arrival more often. */
async function pauseBeforePoll(
  {link}: GrblController,
  poll: number,
  remainingMs: number,
  options: CallOptions,
): Promise<void> {
  if (poll < firstPollsAtOnce && remainingMs < 5) return;
  const late = lateSleepsMs[Math.min(Math.max(0, poll - firstPollsAtOnce), lateSleepsMs.length - 1)];
  const ms = remainingMs > 2 ? Math.min(remainingMs, longestPollMs) : late;
  // On a fast clock the report itself takes longer than such a rest.
  if (ms / link.clock.speed < shortestRestRealMs) return;
  await link.clock.sleepMs(ms, {signal: options.signal});
}

const isAt = ({axes, targetMm, toleranceMm}: PlannedMove, nowMm: PositionMm): boolean =>
  axes.every((axis) => {
    const target = targetMm[axis];
    return target === undefined || Math.abs((nowMm[axis] ?? Number.NaN) - target) <= toleranceMm;
  });

const mmText = (mm = Number.NaN): string => `${fixedText(mm, 3)} mm`;

function notArrived(move: PlannedMove, nowMm: PositionMm, why: string): BenchError {
  const {axes, targetMm, toleranceMm, controller} = move;
  const words = axes
    .filter((axis) => targetMm[axis] !== undefined)
    .map((axis) => `${axis} at ${mmText(nowMm[axis])} instead of ${mmText(targetMm[axis])}`);
  return new BenchError(
    'motion/not-arrived',
    `The ${controller.from} did not arrive: ${words.join(', ')}; ${why}. The point was not measured, stored points ` +
      `are safe; look for an obstacle, a lost motor phase or a toleranceMm (${toleranceMm}) below one step.`,
    {details: {targetMm, nowMm}},
  );
}
