import {createRandom, shuffled, type Random} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ReadOut} from '../metrics/read-out.ts';
import {computeRate, type Rate} from '../metrics/intervals.ts';
import {findWinner, sumOf} from '../metrics/regions.ts';
import {correctedScores, noCorrection, type ReadOutCorrection} from './corrected-read-out.ts';
import {
  crossEntropiesOf,
  fitReadOut,
  pickSamples,
  readOutProblem,
  rightSamplesOf,
  type ReadOutFamily,
  type ReadOutProblem,
  type ReadOutSample,
} from './read-out-fit.ts';

/** A correction of a read-out that cross-validation has chosen. */
export interface ChosenReadOut {
  readonly correction: ReadOutCorrection;
  /** Null where nothing that was tried reads more right than as it is, or than what it was drawn to. */
  readonly family: ReadOutFamily | null;
  /** Standard deviation of a weight about what it is drawn to; 0 where nothing is changed. */
  readonly sigma: number;
  /** Mean cross-entropy of samples that a fit had not seen, before and with the choice. */
  readonly crossEntropyBefore: number;
  readonly crossEntropy: number;
}

/** How an accuracy on objects that were never used grows with the number of those that were. */
export interface LearningPoint {
  readonly count: number;
  /** Mean over the draws, on the same test samples. */
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/** A calibration of a read-out with what it gains on samples that took no part in it. */
export interface ReadOutStudy {
  readonly chosen: ChosenReadOut;
  readonly before: Rate;
  readonly after: Rate;
  readonly curve: readonly LearningPoint[];
  /** Fewest samples whose accuracy comes within a point of the best of the curve; null where none gains anything. */
  readonly neededCount: number | null;
}

/** From a hardly noticeable change to weights as large as those of the classes themselves. */
const sigmas = [0.03, 0.1, 0.3, 1] as const;
const families: readonly ReadOutFamily[] = ['gains', 'full'];
const foldCount = 5;
/** Fewer samples than this cannot be divided into parts to learn from and to be judged by. */
export const leastReadOutSamples = 10;

/**
 * Learns a correction from samples: what may change and how far is chosen by five-fold cross-validation, and nothing is
 * changed where nothing that was tried reads unseen samples clearly better. Throws `twin/invalid` for fewer than ten samples.
 */
export function calibrateReadOut(
  readOut: ReadOut,
  samples: readonly ReadOutSample[],
  towards?: ReadOutCorrection,
): ChosenReadOut {
  if (samples.length < leastReadOutSamples)
    throw new BenchError(
      'twin/invalid',
      `A read-out cannot be calibrated with ${samples.length} measured objects: at least ${leastReadOutSamples} are needed. Nothing was changed.`,
    );
  return choose(readOutProblem(readOut, samples, towards));
}

/** A family and a strength, with what fits that have not seen a sample make of it. */
interface Candidate {
  readonly family: ReadOutFamily | null;
  readonly sigma: number;
  /** Cross-entropy of each sample. */
  readonly losses: readonly number[];
  readonly rightCount: number;
}

/** What is read where nothing more is changed: as it is, or what simulated objects have taught if that reads more. */
interface Unchanged extends Candidate {
  readonly correction: ReadOutCorrection;
}

/**
 * Only what reads more unseen samples right than nothing does may be chosen: a lower cross-entropy alone is also had by less
 * certain verdicts. Of what is left the one-standard-error rule (Breiman et al. 1984, 3.4.3) takes, those that change least
 * first, the first that is not worse than the best by more than the standard error of their difference.
 */
function choose(problem: ReadOutProblem): ChosenReadOut {
  const folds = foldsOf(problem);
  const unchanged = unchangedOf(problem, folds);
  const changes = changesOf(problem, folds).filter(({rightCount}) => rightCount > unchanged.rightCount);
  const candidates = [unchanged, ...changes];
  const best = candidates.reduce((least, own) => (sumOf(own.losses) < sumOf(least.losses) ? own : least));
  const {family, sigma, losses} = candidates.find((own) => isAsGood(own, best)) ?? best;
  return {
    correction: family === null ? unchanged.correction : fitReadOut(problem, family, sigma),
    family,
    sigma,
    crossEntropyBefore: meanOf(unchanged.losses),
    crossEntropy: meanOf(losses),
  };
}

function unchangedOf(problem: ReadOutProblem, folds: readonly Fold[]): Unchanged {
  const [raw, taught] = [noCorrection(problem.readOut, problem.regionCount), problem.towards].map(
    (correction): Unchanged => ({
      ...{correction, family: null, sigma: 0},
      // In the order of the folds, as those of every change: they are compared sample by sample.
      losses: folds.flatMap(({test}) => crossEntropiesOf(test, correction)),
      rightCount: rightSamplesOf(problem, correction),
    }),
  );
  return taught.rightCount > raw.rightCount ? taught : raw;
}

/** What changes ever more. */
function changesOf(problem: ReadOutProblem, folds: readonly Fold[]): Candidate[] {
  return families.flatMap((family) => {
    const starts = folds.map(() => problem.towards);
    return sigmas.map((sigma): Candidate => {
      const parts = folds.map(({train, test}, i) => {
        starts[i] = fitReadOut(train, family, sigma, starts[i]);
        return {losses: crossEntropiesOf(test, starts[i]), right: rightSamplesOf(test, starts[i])};
      });
      return {
        ...{family, sigma, losses: parts.flatMap(({losses}) => losses)},
        rightCount: sumOf(parts.map(({right}) => right)),
      };
    });
  });
}

/** Whether a candidate lacks no more against the best one than the standard error of that. */
function isAsGood({losses}: Candidate, best: Candidate): boolean {
  const differences = losses.map((loss, i) => loss - best.losses[i]);
  const mean = meanOf(differences);
  const variance =
    differences.reduce((sum, own) => sum + (own - mean) ** 2, 0) / Math.max(1, differences.length - 1);
  return mean <= Math.sqrt(variance / differences.length);
}

const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;

interface Fold {
  readonly train: ReadOutProblem;
  /** Read with the scale of all samples, so that folds can be compared. */
  readonly test: ReadOutProblem;
}

/** Parts of the samples with each class spread over them evenly. */
function foldsOf(problem: ReadOutProblem): Fold[] {
  const {samples, logitScale} = problem;
  const byClass = samples.map((_, i) => i).sort((a, b) => samples[a].label - samples[b].label || a - b);
  const count = Math.min(foldCount, samples.length);
  return Array.from({length: count}, (_, fold) => {
    const isTest = (place: number): boolean => place % count === fold;
    const chosen = (wanted: boolean): number[] => byClass.filter((_i, place) => isTest(place) === wanted);
    return {
      train: {...pickSamples(problem, chosen(false)), logitScale},
      test: {...pickSamples(problem, chosen(true)), logitScale},
    };
  });
}

/** How many samples a correction reads right. */
export const rightCountOf = (
  readOut: ReadOut,
  correction: ReadOutCorrection,
  samples: readonly ReadOutSample[],
): number =>
  samples.filter(({energies, label}) => findWinner(correctedScores(readOut, correction, energies)) === label)
    .length;

/** Draws of the samples for each point of a learning curve. */
const drawCount = 3;

/**
 * Calibrates with `learned` and judges by `test`, which takes no part in it; the curve draws ever more of `learned`, its
 * classes evenly. Everything random comes from `seed`. Throws `twin/invalid` as `calibrateReadOut`, and without test samples.
 */
export function studyReadOut(
  readOut: ReadOut,
  {learned, test}: {readonly learned: readonly ReadOutSample[]; readonly test: readonly ReadOutSample[]},
  {towards, seed = 1}: {readonly towards?: ReadOutCorrection | undefined; readonly seed?: number} = {},
): ReadOutStudy {
  if (test.length === 0)
    throw new BenchError(
      'twin/invalid',
      'No measured object is left to test a calibration of the read-out by. Nothing was changed.',
    );
  const chosen = calibrateReadOut(readOut, learned, towards);
  const problem = readOutProblem(readOut, learned, towards);
  const rateOf = (correction: ReadOutCorrection): Rate =>
    computeRate(rightCountOf(readOut, correction, test), test.length);
  const random = createRandom(`${seed}/learning curve`);
  const curve = curveCounts(learned.length).map((count): LearningPoint => {
    const draws = count === learned.length ? 1 : drawCount;
    let right = 0;
    for (let draw = 0; draw < draws; draw++) {
      const own =
        count === learned.length ? chosen : choose(pickSamples(problem, drawEvenly(learned, count, random)));
      right += rightCountOf(readOut, own.correction, test);
    }
    const {low, high} = computeRate(Math.round(right / draws), test.length);
    return {count, accuracy: right / draws / test.length, low, high};
  });
  const before = rateOf(problem.towards);
  return {chosen, before, after: rateOf(chosen.correction), curve, neededCount: neededOf(curve, before)};
}

/** 10, 20, 40, ... and all. */
function curveCounts(all: number): number[] {
  const counts: number[] = [];
  for (let count = leastReadOutSamples; count < all; count *= 2) counts.push(count);
  return [...counts, all];
}

/** Indices of `count` samples at random, round and round through the classes. */
function drawEvenly(samples: readonly ReadOutSample[], count: number, random: Random): number[] {
  const byClass = new Map<number, number[]>();
  for (const i of shuffled(
    samples.map((_, index) => index),
    random,
  ))
    byClass.set(samples[i].label, [...(byClass.get(samples[i].label) ?? []), i]);
  const chosen: number[] = [];
  while (chosen.length < count)
    for (const left of byClass.values()) {
      const next = left.pop();
      if (next !== undefined && chosen.length < count) chosen.push(next);
    }
  return chosen;
}

/** A point of accuracy hardly matters. */
const noticeable = 0.01;

/** Fewest samples that come within a point of the best of a curve; null where none of it is better than `before`. */
export function neededOf(
  curve: readonly Pick<LearningPoint, 'count' | 'accuracy'>[],
  before: Rate,
): number | null {
  const best = Math.max(...curve.map(({accuracy}) => accuracy));
  if (best <= (before.ratio ?? 0)) return null;
  return curve.find(({accuracy}) => accuracy >= best - noticeable)?.count ?? null;
}
