import {benchErrorFrom} from '../../contract/errors.ts';
import {withDeadline} from '../engine/deadlines.ts';
import {reconnectMs} from '../engine/reach.ts';
import type {ManualActivity} from './manual-activity.ts';
import type {Jobs} from './jobs.ts';
import type {HaltOutcome} from './live-bench.ts';
import type {LiveOpenBench} from './live-open-bench.ts';
import type {Poller} from './poller.ts';

const runMs = 10_000;
const breakOffMs = 4000;
const manualActivityMs = 3000;
const pollMs = 2000;
/** With the time to seek a source whose RF could not be proven off. */
const instrumentsMs = 8000 + reconnectMs;

export interface BenchToClose {
  readonly bench: LiveOpenBench;
  readonly poller: Poller;
  readonly jobs: Jobs;
  readonly manualActivity: ManualActivity;
  readonly halt: () => Promise<HaltOutcome>;
  readonly reason: string;
}

/**
 * Ends the run, what is done by hand, and the instruments: RF off, stage at rest, ports free. Each step has its own
 * time limit, and none keeps the next from being tried. Returns what did not work, in sentences.
 */
export async function closeBench({
  bench,
  poller,
  jobs,
  manualActivity,
  halt,
  reason,
}: BenchToClose): Promise<string[]> {
  const left: string[] = [];
  const attempt = async (work: PromiseLike<unknown>, limitMs: number, what: string): Promise<void> => {
    try {
      await withDeadline(Promise.resolve(work), limitMs, what);
    } catch (error) {
      left.push(benchErrorFrom(error).message);
    }
  };
  if (jobs.isLive) {
    await attempt(jobs.stop(reason), runMs, 'Ending the run');
    if (jobs.isLive) await attempt(jobs.abort(reason), breakOffMs, 'Breaking off the run');
  }
  if (manualActivity.isBusy) {
    left.push(...(await halt()).problems);
    // Where a plate stands after its move was broken off is read and written down while it can be.
    await attempt(manualActivity.settled(), manualActivityMs, 'What was being done by hand');
  }
  await attempt(poller.end(), pollMs, 'The last exchange');
  await attempt(bench[Symbol.asyncDispose](), instrumentsMs, 'Closing the instruments');
  return left;
}
