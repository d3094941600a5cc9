/** Slow change of source power and detector gain, followed by going back to one reference point. */
import {BenchError} from '../../contract/errors.ts';

/** One reading at the reference point during a scan. */
export interface ReferenceVisit {
  /** Time of the visit on the scan's own clock, s. */
  readonly timeS: number;
  /** Reading at the reference point, dark-free and linear in power. */
  readonly value: number;
  readonly sigma: number;
}

/** Factors that take slow drift out of the readings of a scan; all 1 where nothing is corrected. */
export interface DriftCorrection {
  /** Multiply a value taken at time i by factor[i]; the mean of the visits is the common level. */
  readonly factor: Float64Array;
  readonly factorSigma: Float64Array;
  readonly isApplied: boolean;
  /** Why nothing was corrected, or ''. */
  readonly reason: string;
  /** Largest minus smallest visit, as a part of their mean; null without two visits. */
  readonly spanRatio: number | null;
}

/** A visit must stand this far above its noise, or correcting by it would add more error than it takes away. */
export const smallestReferenceSigma = 20;

/**
 * Correction by straight lines between visits: factor(t) = mean / v(t), v(t) = (1 - u) v_a + u v_b with
 * u = (t - t_a) / (t_b - t_a); before the first and after the last visit the nearest one holds. Its sigma is
 * factor sqrt((1 - u)^2 sigma_a^2 + u^2 sigma_b^2) / v(t).
 */
export function computeDriftCorrection(
  visits: readonly ReferenceVisit[],
  timesS: ArrayLike<number>,
): DriftCorrection {
  const factor = new Float64Array(timesS.length).fill(1);
  const factorSigma = new Float64Array(timesS.length);
  if (visits.length < 2)
    return {
      factor,
      factorSigma,
      isApplied: false,
      reason: 'fewer than two reference visits',
      spanRatio: null,
    };
  const sorted = visits.toSorted((a, b) => a.timeS - b.timeS);
  const values = sorted.map(({value}) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spanRatio = mean > 0 ? (Math.max(...values) - Math.min(...values)) / mean : null;
  if (sorted.some(({value, sigma}) => !(value > smallestReferenceSigma * sigma)))
    return {
      factor,
      factorSigma,
      isApplied: false,
      reason: `a reference reading is below ${smallestReferenceSigma} sigma; choose a brighter reference point`,
      spanRatio,
    };
  for (let i = 0; i < timesS.length; i++) {
    const level = levelAt(sorted, timesS[i]);
    factor[i] = mean / level.value;
    factorSigma[i] = (factor[i] * level.sigma) / level.value;
  }
  return {factor, factorSigma, isApplied: true, reason: '', spanRatio};
}

function levelAt(
  sorted: readonly ReferenceVisit[],
  timeS: number,
): {readonly value: number; readonly sigma: number} {
  if (!Number.isFinite(timeS)) throw new BenchError('twin/invalid', 'A point without a time has no drift.');
  const after = sorted.findIndex((visit) => visit.timeS >= timeS);
  if (after === 0) return sorted[0];
  if (after === -1) return sorted.at(-1)!;
  const a = sorted[after - 1];
  const b = sorted[after];
  const u = (timeS - a.timeS) / (b.timeS - a.timeS);
  return {
    value: (1 - u) * a.value + u * b.value,
    sigma: Math.hypot((1 - u) * a.sigma, u * b.sigma),
  };
}
