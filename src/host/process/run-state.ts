import {countOf, pluralOf} from '../../base/count-text.ts';
import {setTimeout as delay} from 'node:timers/promises';
import type {RunState} from '../../contract/host-process.ts';
import type {LiveBench} from '../bench-service/live-bench.ts';

/** Least time between two tellings, ms. */
const paceMs = 500;

/** The run as whoever started the host wants to know it. */
export function runStateOf({run}: Pick<LiveBench, 'run'>): RunState {
  if (!run || run.state === 'ended') return {isLive: false, title: '', pointCount: 0, timeLeftS: null};
  const name =
    run.scanId === null || run.kind === 'campaign' ? '' : `run ${String(run.scanId).padStart(4, '0')} `;
  return {
    isLive: true,
    title: `${name}${run.title}`,
    pointCount: run.totalPointCount,
    timeLeftS: run.timeLeftS,
  };
}

/** Tells every change of the run's state, not oftener than twice a second, until the signal aborts. */
export async function sendRunState(
  bench: Pick<LiveBench, 'changeSignal' | 'run'>,
  report: (state: RunState) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    const {count} = bench.changeSignal;
    const state = runStateOf(bench);
    const text = JSON.stringify(state);
    if (text !== told) {
      told = text;
      await report(state);
      // An aborted pause is the end of it, and no failure.
      await delay(paceMs, undefined, {signal, ref: false}).catch(() => undefined);
    }
    await bench.changeSignal.wait({after: count, waitMs: 30_000, signal});
  }
}

/** What quitting would do to the run, for a person; '' when no run is live. */
export function quitSentence({isLive, title, pointCount, timeLeftS}: RunState): string {
  if (!isLive) return '';
  const left =
    timeLeftS === null
      ? ''
      : ` About ${timeLeftS < 90 ? '1 minute' : `${Math.round(timeLeftS / 60)} minutes`} would be left.`;
  return `"${title}" is under way. Quitting stops it; its ${countOf(pointCount, 'point')} ${pluralOf(pointCount, 'is', 'are')} kept.${left}`;
}
