import type {StoredPoints, StoredRun} from '../store/run-reading.ts';

/**
 * Whether a point of a stream, counted from 0, is in doubt: a look after it found that something had changed, or that the
 * run had to be suspended.
 */
export function doubtOf(
  {stop}: Pick<StoredRun, 'stop'>,
  stream = 'primary',
): ((index: number) => boolean) | undefined {
  const changed = stop?.doubtful?.is_changed === true ? stop.doubtful.points[stream] : undefined;
  const suspended = (stop?.suspensions ?? []).flatMap(({points}) => {
    const range = points[stream];
    return range ? [range] : [];
  });
  const ranges = [...(changed ? [changed] : []), ...suspended];
  if (ranges.length === 0) return undefined;
  return (index) => ranges.some(([first, last]) => index + 1 >= first && index + 1 <= last);
}

/** A column in which points in doubt have no number, so that nothing counts them. */
export const withoutDoubt = (
  run: Pick<StoredRun, 'stop'>,
  values: StoredPoints['timeS'],
  stream = 'primary',
): Float64Array => {
  const isDoubtful = doubtOf(run, stream);
  return isDoubtful ? values.map((value, index) => (isDoubtful(index) ? Number.NaN : value)) : values;
};
