import type {DurationProfile} from '../engine/pace.ts';

/** Runs behind the last digit: the reference point and the dark level. */
const runsAfterItems = 2;

/**
 * Time profile of a campaign of `itemCount` scans from that of a walked one with `walkedCount` (at least 1): scans
 * of a campaign are alike, so the last one walked stands for those that are more, and what is too much is cut out. Each
 * object has `runsPerItem` scans, one a frequency.
 */
export function campaignProfileFor(
  walked: DurationProfile,
  walkedCount: number,
  itemCount: number,
  runsPerItem = 1,
): DurationProfile {
  const {checkpointMs, runEndMs, totalMs} = walked;
  const lastItemRun = runEndMs.length - 1 - runsAfterItems;
  const startMs = (run: number): number => runEndMs[run - 1] ?? 0;
  if (itemCount >= walkedCount) {
    const more = itemCount - walkedCount;
    const firstOfLast = lastItemRun + 1 - runsPerItem;
    const [fromMs, toMs] = [startMs(firstOfLast), runEndMs[lastItemRun]];
    return spliced(
      walked,
      {ms: toMs, run: lastItemRun + 1},
      {ms: toMs, run: lastItemRun + 1},
      {
        checkpoints: checkpointMs.filter((ms) => ms > fromMs && ms <= toMs).map((ms) => ms - fromMs),
        runEnds: runEndMs.slice(firstOfLast, lastItemRun + 1).map((ms) => ms - fromMs),
        durationMs: toMs - fromMs,
        count: more,
      },
    );
  }
  const firstCut = lastItemRun + 1 - (walkedCount - itemCount) * runsPerItem;
  return spliced(
    {checkpointMs, runEndMs, totalMs},
    {ms: startMs(firstCut), run: firstCut},
    {ms: runEndMs[lastItemRun], run: lastItemRun + 1},
    {checkpoints: new Float64Array(), runEnds: [], durationMs: 0, count: 0},
  );
}

/** The beginning of a run in a profile. */
interface RunStart {
  readonly ms: number;
  readonly run: number;
}

/** A profile with the runs from `cut` to `goOn` replaced by so many equal pieces of runs. */
function spliced(
  {checkpointMs, runEndMs, totalMs}: DurationProfile,
  {ms: cutMs, run: cutRun}: RunStart,
  {ms: goOnMs, run: goOnRun}: RunStart,
  piece: {
    readonly checkpoints: Float64Array;
    readonly runEnds: readonly number[];
    readonly durationMs: number;
    readonly count: number;
  },
): DurationProfile {
  const {checkpoints, runEnds, durationMs, count} = piece;
  const shiftMs = cutMs - goOnMs + count * durationMs;
  const starts = Array.from({length: count}, (_, i) => cutMs + i * durationMs);
  return {
    totalMs: totalMs + shiftMs,
    checkpointMs: Float64Array.from([
      ...checkpointMs.filter((ms) => ms <= cutMs),
      ...starts.flatMap((startMs) => Array.from(checkpoints, (ms) => startMs + ms)),
      ...checkpointMs.filter((ms) => ms > goOnMs).map((ms) => ms + shiftMs),
    ]),
    runEndMs: [
      ...runEndMs.slice(0, cutRun),
      ...starts.flatMap((startMs) => runEnds.map((ms) => startMs + ms)),
      ...runEndMs.slice(goOnRun).map((ms) => ms + shiftMs),
    ],
  };
}
