import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {withDeadline} from '../engine/deadlines.ts';
import type {Hands} from './hands.ts';
import type {HaltOutcome} from './live-bench.ts';
import type {Jobs} from './jobs.ts';
import type {Slots} from './live-open-bench.ts';

const stageMs = 10_000;
const sourceMs = 8000;
const runMs = 5000;

export interface BenchToHalt {
  readonly slots: Slots;
  readonly hands: Hands;
  readonly jobs: Jobs;
  /** RF is off, proven. */
  readonly onSourceOff: () => void;
}

/**
 * STOP. Stage and mounts first, in the same turn of the event loop; then what is done by hand, the run and the source, all
 * at once, each with its own time limit.
 */
export async function haltBench(
  {slots, hands, jobs, onSourceOff}: BenchToHalt,
  reason: string,
): Promise<HaltOutcome> {
  const startedMs = performance.now();
  const stage = slots.stage.device;
  const isStageThere = slots.stage.state === 'connected' && stage !== undefined;
  const mount = slots.mount?.device;
  const isMountThere = slots.mount?.state === 'connected' && mount !== undefined;
  // Both send their bytes before they return.
  const stopping = isStageThere ? withDeadline(stage.stop(), stageMs, 'Stopping the stage') : undefined;
  const holding = isMountThere ? withDeadline(mount.stop(), stageMs, 'Stopping the mounts') : undefined;
  const sentMs = stopping || holding ? performance.now() - startedMs : null;
  hands.abort(
    new BenchError(
      'plan/stopped',
      `What was being done by hand was broken off: ${reason}. Stored points are safe; look where the stage is before you go on.`,
      {details: {reason}},
    ),
  );
  const isRunLive = jobs.isLive;
  const ending = isRunLive ? withDeadline(jobs.abort(reason), runMs, 'The run') : undefined;
  const source = slots.source.device;
  const turningOff =
    slots.source.state === 'connected' && source !== undefined
      ? withDeadline(source.turnOff().then(onSourceOff), sourceMs, 'Turning RF off')
      : undefined;
  const outcomes = await Promise.allSettled([stopping, turningOff, ending, holding]);
  const problems = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [benchErrorFrom(outcome.reason).message] : [],
  );
  if (!stopping)
    problems.push(
      'The stage is not connected, so it was not stopped from here: if it moves, press its emergency stop.',
    );
  if (slots.mount && !holding)
    problems.push(
      'The mounts of the plates are not connected, so they were not stopped from here: if a plate moves, cut their power.',
    );
  if (!turningOff)
    problems.push(
      'The source is not connected, so RF was not turned off from here: look at its front panel.',
    );
  const done = [
    ...(stopping && outcomes[0].status === 'fulfilled' ? ['The stage stands'] : []),
    ...(holding && outcomes[3].status === 'fulfilled' ? ['the mounts stand'] : []),
    ...(turningOff && outcomes[1].status === 'fulfilled' ? ['the source is off'] : []),
    ...(isRunLive ? [`the run was ended, its ${jobs.pointCount} points are kept`] : []),
  ];
  return {
    sentence: done.length === 0 ? 'Nothing could be proven stopped.' : `${done.join(', ')}.`,
    tookMs: performance.now() - startedMs,
    sentMs,
    problems,
  };
}

export const nothingToHalt = (state: string): HaltOutcome => ({
  sentence:
    state === 'opening'
      ? 'The bench was still being opened: that was broken off. Nothing had moved and RF is off.'
      : 'No bench is open: there is nothing to stop.',
  tookMs: 0,
  sentMs: null,
  problems: [],
});

export const benchClosedError = (): BenchError =>
  new BenchError('bench/closed', 'No bench is open. Nothing was done; open one first (Bench page).');
