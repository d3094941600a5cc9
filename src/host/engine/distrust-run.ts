import {BenchError} from '../../contract/errors.ts';
import type {DoubtfulPoints} from '../../contract/run-records.ts';
import type {Distrust} from './handler-context.ts';
import {pointsText, type PointRanges} from './points-text.ts';
import type {RunToSuspend} from './suspend-run.ts';

/**
 * Pauses a run until a person lets it go on, or ends it with `device/changed`. Reason, time and the points that count for
 * nothing go into its record.
 */
export async function distrustRun(
  {gate, watch, documents, waits, utcNowS, execution}: RunToSuspend,
  {reason, doubtful, then}: Distrust,
): Promise<void> {
  const inDoubt =
    Object.keys(doubtful).length === 0
      ? 'No stored point is in doubt.'
      : `In doubt: ${pointsText(doubtful)}, since the last visit with which all was well; they are kept and marked, and count for nothing.`;
  if (then === 'fail') {
    documents.distrusted = {points: doubtful, why: reason, is_changed: true};
    throw new BenchError(
      'device/changed',
      `The run was ended: ${reason}. ${inDoubt} Home the stage, look what holds it, and go on with the first point in doubt.`,
      {details: {reason}},
    );
  }
  execution.addNote(
    `Paused: ${reason}. ${inDoubt} Home the stage and look what holds it, then let the run go on; the reference point is measured again then.`,
  );
  const fromS = utcNowS();
  const released = new Promise<void>(() => undefined); // by a person alone
  await waits.guarding(gate.hold(execution, {reason, source: 'keep', released}));
  documents.addSuspension({
    from_time: fromS,
    to_time: Math.max(fromS, utcNowS()),
    reason,
    ended_by: 'operator',
    points: doubtful,
  });
  if (!execution.isInterrupted) await watch.lookAnew(execution);
}

/** Points that are in doubt for either reason; both ranges reach to the last point of their stream. */
export function mergedDoubt(
  one: DoubtfulPoints | undefined,
  other: DoubtfulPoints | undefined,
): DoubtfulPoints | undefined {
  if (!one || !other) return one ?? other;
  const points: Record<string, readonly [number, number]> = {...one.points};
  for (const [stream, [first, last]] of Object.entries(other.points)) {
    const [ownFirst, ownLast] = points[stream] ?? [first, last];
    points[stream] = [Math.min(first, ownFirst), Math.max(last, ownLast)];
  }
  const ranges: PointRanges = points;
  return {points: ranges, why: `${one.why}; ${other.why}`, is_changed: one.is_changed || other.is_changed};
}
