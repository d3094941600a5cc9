import type {ReadOut} from '../metrics/read-out.ts';
import {computeRate, type Rate} from '../metrics/intervals.ts';
import {neededOf, studyReadOut} from './read-out-calibration.ts';
import type {ReadOutSample} from './read-out-fit.ts';

/** Objects as one bench measures them: some to learn from, others to test. */
export interface BenchSamples {
  readonly learned: readonly ReadOutSample[];
  readonly test: readonly ReadOutSample[];
}

/** How much is read right by the number of objects that a read-out was learnt from, over all benches. */
export interface ReadOutCurve {
  readonly before: Rate;
  readonly points: readonly {
    readonly count: number;
    readonly after: Rate;
    /** Smallest and largest gain of a bench, as a part of its tested objects. */
    readonly gains: readonly [number, number];
  }[];
  readonly neededCount: number | null;
}

/**
 * Calibrates the read-out of each bench with ever more of its objects and tests it by others of the same bench; benches have
 * as many objects as each other. The intervals are Wilson's of all tests together, as if they hung on nothing but chance:
 * objects of one bench have its errors in common, which the gains of the benches show. Throws as `studyReadOut`.
 */
export function readOutCurve(readOut: ReadOut, benches: readonly BenchSamples[], seed: number): ReadOutCurve {
  const studies = benches.map((bench, i) => studyReadOut(readOut, bench, {seed: seed + i}));
  const testCount = benches.reduce((sum, {test}) => sum + test.length, 0);
  const rateOf = (rightCounts: readonly number[]): Rate =>
    computeRate(Math.round(rightCounts.reduce((sum, right) => sum + right, 0)), testCount);
  const before = rateOf(studies.map((study) => study.before.successes));
  const points = studies[0].curve.map(({count}, place) => {
    const accuracies = studies.map(({curve}) => curve[place].accuracy);
    const gains = studies.map((study, i) => accuracies[i] - (study.before.ratio ?? 0));
    return {
      count,
      after: rateOf(accuracies.map((accuracy, i) => accuracy * benches[i].test.length)),
      gains: [Math.min(...gains), Math.max(...gains)] as const,
    };
  });
  const curve = points.map(({count, after}) => ({count, accuracy: after.ratio ?? 0}));
  return {before, points, neededCount: neededOf(curve, before)};
}
