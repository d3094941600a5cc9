import {logDeterminant} from '../metrics/symmetric-matrix.ts';
import type {Parameter} from './parameters.ts';
import {covarianceOf, type PlaneInformation} from './plane-information.ts';

/** How well a set of planes will tell where the plates are: standard deviations of the worst plate. */
export interface PredictedSigma {
  readonly lateralMm: number;
  readonly rotationDeg: number;
  readonly axialMm: number;
}

/** Order in which candidate objects are best measured, and what is known after each. */
export interface ProbeChoice {
  /** Indices of the candidates, the most informative first. */
  readonly order: readonly number[];
  /** What is known with the first k candidates, k from 0: NaN where the planes do not determine a number. */
  readonly sigmas: readonly PredictedSigma[];
}

/**
 * Orders candidate objects by what they tell: each next one is that which makes the covariance of all numbers smallest
 * (log det; D-optimal, Fedorov 1972), given the planes that were measured already and those before it. What the model
 * lacks is in the covariance, so that an object that repeats the errors of the others counts for little.
 */
export function chooseObjects(
  candidates: readonly PlaneInformation[],
  parameters: readonly Parameter[],
  {
    count,
    known,
    heightVarianceMm2,
  }: {
    readonly count: number;
    readonly known: readonly PlaneInformation[];
    readonly heightVarianceMm2: number;
  },
): ProbeChoice {
  const size = parameters.length;
  const volumeOf = (planes: readonly PlaneInformation[]): number => {
    const covariance = covarianceOf(planes, parameters, heightVarianceMm2);
    const volume = covariance ? logDeterminant(covariance, size) : Infinity;
    return Number.isFinite(volume) ? volume : Infinity;
  };
  const order: number[] = [];
  const taken = [...known];
  const sigmas = [predictSigma(taken, parameters, heightVarianceMm2)];
  while (order.length < Math.min(count, candidates.length)) {
    const left = candidates.flatMap((_, i) => (order.includes(i) ? [] : [i]));
    let [best, smallest] = [left[0], Infinity];
    for (const i of left) {
      const volume = volumeOf([...taken, candidates[i]]);
      if (volume < smallest) [best, smallest] = [i, volume];
    }
    order.push(best);
    taken.push(candidates[best]);
    sigmas.push(predictSigma(taken, parameters, heightVarianceMm2));
  }
  return {order, sigmas};
}

/** What planes measured together will tell of the plates. */
export function predictSigma(
  planes: readonly PlaneInformation[],
  parameters: readonly Parameter[],
  heightVarianceMm2: number,
): PredictedSigma {
  const size = parameters.length;
  const covariance = planes.length > 0 ? covarianceOf(planes, parameters, heightVarianceMm2) : undefined;
  const worstOf = (quantities: readonly string[]): number =>
    parameters.reduce((worst, {target, scale}, i) => {
      if (target.part !== 'plate' || !quantities.includes(target.quantity)) return worst;
      const sigma = covariance ? Math.sqrt(covariance[i * size + i]) * scale : NaN;
      return Number.isNaN(worst) ? sigma : Math.max(worst, sigma);
    }, NaN);
  return {
    lateralMm: worstOf(['dx', 'dy']),
    rotationDeg: worstOf(['rotation']),
    axialMm: worstOf(['dz']),
  };
}
