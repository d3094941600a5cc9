/** Slow change of source power and detector gain, followed by going back to one reference point. */
import {BenchError} from '../../contract/errors.ts';
import type {RegionWeights} from './regions.ts';

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
  /** Which visits the factor of each point comes from, and how well each is known. */
  readonly errors: DriftErrors;
  readonly isApplied: boolean;
  /** Why nothing was corrected, or ''. */
  readonly reason: string;
  /** Largest minus smallest visit, as a part of their mean; null without two visits. */
  readonly spanRatio: number | null;
}

/** The level at point i is (1 - part[i]) times visit `before[i]` plus part[i] times visit `after[i]`. */
export interface DriftErrors {
  readonly before: Uint32Array;
  readonly after: Uint32Array;
  readonly part: Float64Array;
  /** One standard deviation of each visit over its value; no visits where nothing is corrected. */
  readonly visitSigmaRatio: Float64Array;
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
  /** What the source's own noise makes of each visit, as a part of it; see `estimateSourceNoise`. */
  sourceNoiseRatio = 0,
): DriftCorrection {
  const sorted = visits.toSorted((a, b) => a.timeS - b.timeS);
  const values = sorted.map(({value}) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spanRatio =
    visits.length >= 2 && mean > 0 ? (Math.max(...values) - Math.min(...values)) / mean : null;
  if (visits.length < 2) return uncorrected(timesS.length, 'fewer than two reference visits', spanRatio);
  if (sorted.some(({value, sigma}) => !(value > smallestReferenceSigma * sigma)))
    return uncorrected(
      timesS.length,
      `a reference reading is below ${smallestReferenceSigma} sigma; choose a brighter reference point`,
      spanRatio,
    );
  const errors = {
    ...placesBetween(sorted, timesS),
    visitSigmaRatio: Float64Array.from(sorted, ({value, sigma}) =>
      Math.hypot(sigma / value, sourceNoiseRatio),
    ),
  };
  const factor = new Float64Array(timesS.length);
  const factorSigma = new Float64Array(timesS.length);
  for (let i = 0; i < timesS.length; i++) {
    const [a, b, u] = [errors.before[i], errors.after[i], errors.part[i]];
    const [ofA, ofB] = [(1 - u) * values[a], u * values[b]];
    factor[i] = mean / (ofA + ofB);
    factorSigma[i] =
      (factor[i] * Math.hypot(ofA * errors.visitSigmaRatio[a], ofB * errors.visitSigmaRatio[b])) /
      (ofA + ofB);
  }
  return {factor, factorSigma, errors, isApplied: true, reason: '', spanRatio};
}

function uncorrected(count: number, reason: string, spanRatio: number | null): DriftCorrection {
  return {
    factor: new Float64Array(count).fill(1),
    factorSigma: new Float64Array(count),
    errors: {
      before: new Uint32Array(count),
      after: new Uint32Array(count),
      part: new Float64Array(count),
      visitSigmaRatio: new Float64Array(0),
    },
    isApplied: false,
    reason,
    spanRatio,
  };
}

/** Before the first and after the last visit the nearest one holds. */
function placesBetween(
  visits: readonly ReferenceVisit[],
  timesS: ArrayLike<number>,
): Omit<DriftErrors, 'visitSigmaRatio'> {
  const before = new Uint32Array(timesS.length);
  const after = new Uint32Array(timesS.length);
  const part = new Float64Array(timesS.length);
  const last = visits.length - 1;
  for (let i = 0; i < timesS.length; i++) {
    const timeS = timesS[i];
    if (!Number.isFinite(timeS)) throw new BenchError('twin/invalid', 'A point without a time has no drift.');
    const next = visits.findIndex((visit) => visit.timeS >= timeS);
    if (next <= 0) {
      before[i] = after[i] = next === 0 ? 0 : last;
      continue;
    }
    before[i] = next - 1;
    after[i] = next;
    part[i] = (timeS - visits[next - 1].timeS) / (visits[next].timeS - visits[next - 1].timeS);
  }
  return {before, after, part};
}

/**
 * What the energies of all regions change by when one visit is off by its standard deviation, one list a visit: points
 * near it in time change together, in whichever region they lie. First order: -e times the visit's part of the level.
 * The parts of two visits of nearly the same value are taken as their weights in time.
 */
export function computeDriftChanges(
  weights: readonly RegionWeights[],
  values: ArrayLike<number>,
  {before, after, part, visitSigmaRatio}: DriftErrors,
): readonly Float64Array[] {
  const changes = Array.from(visitSigmaRatio, () => new Float64Array(weights.length));
  if (changes.length === 0) return [];
  weights.forEach(({index, areaMm2, regionAreaMm2}, k) => {
    const scale = regionAreaMm2 / areaMm2.reduce((sum, area) => sum + area, 0);
    index.forEach((point, i) => {
      const energy = scale * areaMm2[i] * values[point];
      changes[before[point]][k] -= (1 - part[point]) * energy;
      changes[after[point]][k] -= part[point] * energy;
    });
  });
  return changes.map((change, visit) => change.map((value) => value * visitSigmaRatio[visit]));
}

/** Fewer visits than this do not tell the source's noise from its drift. */
export const fewestNoiseVisits = 5;

/**
 * Noise of the source, as a part of its power: it multiplies every reading, so it does not show across the phase of the
 * signal nor without light. Each visit is held against the straight line between its neighbours in time,
 * r = v_i - (1 - u) v_(i-1) - u v_(i+1), whose variance is that of one visit times 1 + (1 - u)^2 + u^2; the noise of
 * the reading itself is taken off. A drift that bends between visits counts as noise. Null with too few visits.
 */
export function estimateSourceNoise(visits: readonly ReferenceVisit[]): number | null {
  if (visits.length < fewestNoiseVisits) return null;
  const sorted = visits.toSorted((a, b) => a.timeS - b.timeS);
  const mean = sorted.reduce((sum, {value}) => sum + value, 0) / sorted.length;
  if (!(mean > 0)) return null;
  let [square, count] = [0, 0];
  for (let i = 1; i < sorted.length - 1; i++) {
    const [a, own, b] = [sorted[i - 1], sorted[i], sorted[i + 1]];
    if (!(b.timeS > a.timeS)) continue;
    const u = (own.timeS - a.timeS) / (b.timeS - a.timeS);
    const residual = own.value - (1 - u) * a.value - u * b.value;
    square += residual ** 2 / (1 + (1 - u) ** 2 + u ** 2) - own.sigma ** 2;
    count += 1;
  }
  return count === 0 ? null : Math.sqrt(Math.max(0, square / count)) / mean;
}
