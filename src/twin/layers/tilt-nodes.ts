/** A set of parallel planes between which a tilted one is interpolated, along the beam around its middle. */
export interface TiltNodes {
  /** Where they stand, mm; the middle one at 0. */
  readonly zMm: readonly number[];
  /** The tilted plane may leave the middle by this, mm. */
  readonly reachMm: number;
  /** Weights of the planes by depth, from -reachMm on by `stepMm`, plane by plane, and their derivatives per mm. */
  readonly weights: Float64Array;
  readonly slopes: Float64Array;
  readonly stepMm: number;
}

/** Frequency along z that is taken out before interpolating, as part of 1 / wavelength. */
export const carrierRatio = 0.65;

/** Light up to 73 degrees from the beam differs by at most this part of 1 / wavelength along z from the carrier. */
const halfBandRatio = 0.35;
/** Error of the interpolation for the light at that band's ends, at its largest along the beam. */
const tolerance = 3e-3;
const entryCount = 4096;
const largestCount = 25;

const known = new Map<string, TiltNodes>();

/**
 * The fewest planes for a tilted plane that leaves the middle by up to `depthMm`: an odd number of Chebyshev nodes, at least 3, whose
 * interpolation of exp(i x s), |s| <= 1, errs by 2 (x / 2)^M / M! for M of them. The sets stand for ranges of depths, so that a
 * small change of a tilt changes weights alone. Throws a RangeError for more depth than 25 planes can span.
 */
export function tiltNodesFor(depthMm: number, wavelengthMm: number): TiltNodes {
  for (let count = 3; count <= largestCount; count += 2) {
    const reachMm = reachOf(count, wavelengthMm);
    if (depthMm > reachMm) continue;
    const key = `${count} ${wavelengthMm}`;
    let nodes = known.get(key);
    if (!nodes) known.set(key, (nodes = tabulate(count, reachMm)));
    return nodes;
  }
  throw new RangeError(`A plate whose edge leaves its plane by ${depthMm} mm is tilted too far.`);
}

function reachOf(count: number, wavelengthMm: number): number {
  let logFactorial = 0;
  for (let i = 2; i <= count; i++) logFactorial += Math.log(i);
  const phaseRad = 2 * Math.exp((Math.log(tolerance / 2) + logFactorial) / count);
  return (phaseRad * wavelengthMm) / (2 * Math.PI * halfBandRatio);
}

function tabulate(count: number, reachMm: number): TiltNodes {
  const middle = (count - 1) / 2;
  const zMm = Array.from({length: count}, (_, m) =>
    // Exactly 0, so that a plane across the beam is its middle one.
    m === middle ? 0 : -reachMm * Math.cos(((2 * m + 1) * Math.PI) / (2 * count)),
  );
  const stepMm = (2 * reachMm) / entryCount;
  const weights = new Float64Array((entryCount + 1) * count);
  const slopes = new Float64Array((entryCount + 1) * count);
  for (let entry = 0; entry <= entryCount; entry++) {
    const atMm = (entry - entryCount / 2) * stepMm;
    for (let m = 0; m < count; m++) {
      let [weight, slope] = [1, 0];
      for (let j = 0; j < count; j++) {
        if (j === m) continue;
        const scale = 1 / (zMm[m] - zMm[j]);
        slope = slope * (atMm - zMm[j]) * scale + weight * scale;
        weight *= (atMm - zMm[j]) * scale;
      }
      weights[entry * count + m] = weight;
      slopes[entry * count + m] = slope;
    }
  }
  return {zMm, reachMm, weights, slopes, stepMm};
}
