import type {AlignedParameter} from '../../contract/alignment.ts';
import {defaultParameters} from '../../twin/alignment/defaults.ts';
import type {Parameter} from '../../twin/alignment/parameters.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import type {GuideFinding} from './guide-records.ts';

/**
 * What an error bar of one step is taken for in the next: three times it, and no less than what taking masks and plates
 * in and out moves. Steps with a part of the plates are biased by what the model lacks, plates by up to a tenth of a
 * degree together (docs/alignment.md), which the planes of the next step must be free to correct.
 */
const times = 3;
const leastSigma: Readonly<Record<AlignedParameter['unit'], number>> = {
  mm: 0.05,
  deg: 0.2,
  '1': 0.01,
  '1/mm': 1e-4,
  '1/mm^2': 2e-5,
};

/** Knowledge of a step for the next ones, from what it found. */
export function knownFrom(parameters: readonly AlignedParameter[]): GuideFinding['known'] {
  return Object.fromEntries(
    parameters.flatMap(({name, value, sigma, unit, identifiable}) =>
      // The index belongs to the batch: its prior stays that of the print.
      !identifiable || sigma === null || name.startsWith('plates.')
        ? []
        : [[name, {mean: value, sigma: Math.max(times * sigma, leastSigma[unit])}]],
    ),
  );
}

/**
 * What may turn: the default numbers of the plates that stand, each held near what is known of it. `designed` is where the
 * priors of an ordinary alignment lie; plates in `free` (from 0) are not held.
 */
export function knownParameters(
  designed: BenchState,
  present: readonly boolean[],
  known: GuideFinding['known'],
  free: readonly number[] = [],
): Parameter[] {
  return defaultParameters(designed, present).map((parameter) => {
    const {target, name} = parameter;
    const own = target.part === 'plate' && free.includes(target.plate) ? undefined : known[name];
    return own ? {...parameter, priorMean: own.mean, priorSigma: own.sigma} : parameter;
  });
}
