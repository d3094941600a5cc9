import {fixedText} from '../../base/number-format.ts';
import type {Clock} from '../../base/clock.ts';
import type {FactAspect} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {Suspender} from '../../contract/suspender.ts';
import {sFromMs} from '../../contract/units.ts';
import type {HandlerContext} from './handler-context.ts';
import type {PauseGate} from './pause-gate.ts';
import {pointsText, type PointRanges} from './points-text.ts';
import type {RunDocuments} from './run-documents.ts';
import type {Suspenders} from './suspenders.ts';
import type {Watch} from './watch.ts';
import type {WatchedWaits} from './watched-waits.ts';

export interface RunToSuspend {
  readonly suspenders: Suspenders | undefined;
  readonly gate: PauseGate;
  readonly watch: Watch;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly waits: WatchedWaits;
  readonly utcNowS: () => number;
  /** The plan, which can be ended. */
  readonly execution: HandlerContext & {readonly isInterrupted: boolean; readonly isEnding: boolean};
}

type Suspendable = RunToSuspend & {readonly suspenders: Suspenders};

/**
 * Suspends a run where a condition is not met; false where all is well. With an aspect the instruments are looked at before,
 * if there is a condition on it at all.
 */
export async function suspendRun(
  {suspenders, ...run}: RunToSuspend,
  aspect: FactAspect | undefined,
): Promise<boolean> {
  if (!suspenders) return false;
  if (aspect !== undefined) {
    if (!suspenders.claims(aspect) || run.execution.isEnding) return false;
    await run.watch.look(run.execution);
  }
  if (suspenders.tripped.size === 0) return false;
  await holdUntilWell({...run, suspenders});
  return true;
}

/**
 * Pauses a run until every condition that suspends it has been met for its settle time, or until a person lets it go on.
 * Reason, time and the points that no look has vouched for go into its record. Throws what else is found wrong
 * meanwhile, and `plan/stopped` when it has lasted longer than is allowed.
 */
async function holdUntilWell(run: Suspendable): Promise<void> {
  const {suspenders, gate, watch, documents, waits, utcNowS, execution} = run;
  const first = suspenders.tripped;
  const reason = [...first.values()].join('; ');
  const source = [...first.keys()].some((one) => 'source' in one && one.source === 'off') ? 'off' : 'keep';
  const fromS = utcNowS();
  const {points = {}} = watch.doubt(reason, true) ?? {};
  execution.addNote(
    `Suspended: ${reason}. The run is paused, RF ${source === 'off' ? 'off' : 'as it was'}, and goes on by itself. ${doubtText(points)}`,
  );
  execution.hub.emit({type: 'suspension', reason, isDone: false});
  const ending = new AbortController();
  let failure: BenchError | undefined;
  const released = awaitRelease(run, ending.signal).catch((error: unknown) => {
    if (ending.signal.aborted) return;
    failure = benchErrorFrom(error);
    gate.open();
  });
  let isReleased: boolean;
  try {
    isReleased = await waits.guarding(
      gate.hold(execution, {
        reason: `suspended: ${reason}`,
        source,
        released,
        endLooks: () => {
          ending.abort();
          return released;
        },
      }),
    );
  } finally {
    ending.abort();
    execution.hub.emit({type: 'suspension', reason, isDone: true});
  }
  if (!isReleased && failure === undefined) suspenders.excuse();
  const toS = utcNowS();
  documents.addSuspension({
    from_time: fromS,
    to_time: Math.max(fromS, toS),
    reason,
    ended_by: isReleased ? 'release' : 'operator',
    points,
  });
  if (failure !== undefined) throw failure;
  if (execution.isInterrupted) return;
  execution.addNote(
    `After ${fixedText(toS - fromS, 0)} s of suspension the run goes on${isReleased ? '' : ' by the word of a person, although not all is well'}.`,
  );
  await watch.lookAnew(execution);
}

const doubtText = (points: PointRanges): string =>
  Object.keys(points).length === 0
    ? 'No stored point is in doubt.'
    : `In doubt: ${pointsText(points)}; they are kept and marked, and count for nothing.`;

/** Looks again and again; resolves when all has been well for the longest settle time of what was not. */
async function awaitRelease(
  {suspenders, watch, clock, execution}: Suspendable,
  signal: AbortSignal,
): Promise<void> {
  const beganMs = clock.nowMs();
  const involved = new Set<Suspender>();
  let wellSinceMs: number | undefined;
  for (;;) {
    const {tripped} = suspenders;
    for (const one of tripped.keys()) {
      if (!involved.has(one) && involved.size > 0)
        execution.addNote(`Suspended for another reason too: ${tripped.get(one)}.`);
      involved.add(one);
    }
    const nowMs = clock.nowMs();
    wellSinceMs = tripped.size > 0 ? undefined : (wellSinceMs ?? nowMs);
    const settleS = Math.max(...[...involved].map((one) => one.settleS));
    if (wellSinceMs !== undefined && sFromMs(nowMs - wellSinceMs) >= settleS) return;
    const longestS = Math.min(...[...involved].map((one) => one.longestS ?? Infinity));
    if (sFromMs(nowMs - beganMs) > longestS) throw tooLong([...tripped.values()], longestS);
    await clock.sleepMs(watch.realIntervalMs * clock.speed, {signal});
    await watch.lookSuspended(execution);
  }
}

const tooLong = (reasons: readonly string[], longestS: number): BenchError =>
  new BenchError(
    'plan/stopped',
    `The run was ended: it had been suspended for more than ${longestS} s (${reasons.join('; ') || 'the settle time was not over'}). All points taken until then are kept.`,
    {details: {reason: `suspended for more than ${longestS} s: ${reasons.join('; ')}`}},
  );
