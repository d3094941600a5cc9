import type {Random} from '../../base/random.ts';

const maximumSections = 4;

/**
 * Output filter: four first-order sections in series for X and for Y; the slope says after which of them one listens.
 * Exact for an input that is constant during a step: with d_k the distance of section k from the input,
 * d_k(t) = exp(-t/T) sum_j (t/T)^j / j! d_(k-j)(0).
 */
export class LowPassCascade {
  private readonly states = [new Float64Array(maximumSections), new Float64Array(maximumSections)] as const;

  advance([xV, yV]: readonly [xV: number, yV: number], stepS: number, timeConstantS: number): void {
    const ratio = stepS / timeConstantS;
    const decay = Math.exp(-ratio);
    for (let channel = 0; channel < 2; channel++) {
      const state = this.states[channel];
      const input = channel === 0 ? xV : yV;
      for (let k = maximumSections - 1; k >= 0; k--) {
        let weight = decay;
        let distance = 0;
        for (let j = 0; j <= k; j++) {
          distance += weight * (state[k - j] - input);
          weight *= ratio / (j + 1);
        }
        state[k] = input + distance;
      }
    }
  }

  /** Adds what white noise at the input has left in the sections during the last step. */
  addNoise(random: Random, noise: StepNoise, densityV: number): void {
    for (const state of this.states) noise.addTo(state, random, densityV);
  }

  /** Value behind `sections` sections (1..4). */
  output(channel: 0 | 1, sections: number): number {
    return this.states[channel][sections - 1];
  }

  /** Distance from zero of the first section of both channels, V. */
  get firstSectionV(): number {
    return Math.hypot(this.states[0][0], this.states[1][0]);
  }

  settleAt(inputs: readonly [xV: number, yV: number]): void {
    this.states[0].fill(inputs[0]);
    this.states[1].fill(inputs[1]);
  }
}

/**
 * What white noise leaves in the four sections during a step, exact for a step of any length: the sections answer an
 * impulse with g_k(t) = t^(k-1) exp(-t/T) / ((k-1)! T^k), so that their noise is normal with the covariance
 * (density^2 / 2) integral g_i g_j over the step, which is C(i+j-2, i-1) / (2^(i+j-1) T) P(i+j-1, 2 step/T) with the
 * regularised lower gamma function P. One draw per section of its Cholesky factor is the noise of the step.
 */
export class StepNoise {
  private readonly factor = Array.from({length: maximumSections}, () => new Float64Array(maximumSections));
  private readonly draws = new Float64Array(maximumSections);

  constructor(stepS: number, timeConstantS: number) {
    const shares = lowerGammas((2 * stepS) / timeConstantS);
    for (let i = 0; i < maximumSections; i++)
      for (let j = 0; j <= i; j++) {
        const order = i + j + 1;
        let rest = (binomial(i + j, i) * shares[order]) / (2 ** (order + 1) * timeConstantS);
        for (let k = 0; k < j; k++) rest -= this.factor[i][k] * this.factor[j][k];
        this.factor[i][j] = i === j ? Math.sqrt(Math.max(0, rest)) : rest / this.factor[j][j];
      }
  }

  /** Adds one sample of it to the states of one channel; `densityV` in V / sqrt(Hz). */
  addTo(state: Float64Array, random: Random, densityV: number): void {
    const {draws, factor} = this;
    for (let i = 0; i < maximumSections; i++) {
      draws[i] = random.normal();
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += factor[i][j] * draws[j];
      state[i] += densityV * sum;
    }
  }
}

/** From here on P(n, z) is near 1 for every n, and one minus its complement loses nothing. */
const largeZ = 20;
/** Terms after which what is left out is below the rounding, for z below `largeZ`. */
const termCount = 100;

/** P(n, z) for n of 0 to 7: the probability of at least n events where z are expected. */
function lowerGammas(z: number): Float64Array {
  const shares = new Float64Array(2 * maximumSections);
  if (z >= largeZ) {
    let [term, head] = [Math.exp(-z), 0];
    for (let n = 0; n < shares.length; n++) {
      shares[n] = 1 - head;
      head += term;
      term *= z / (n + 1);
    }
    return shares;
  }
  // Summed from the smallest: small numbers must not be what is left of large ones.
  const terms = new Float64Array(termCount);
  terms[0] = Math.exp(-z);
  for (let m = 1; m < termCount; m++) terms[m] = (terms[m - 1] * z) / m;
  let tail = 0;
  for (let m = termCount - 1; m >= 0; m--) {
    tail += terms[m];
    if (m < shares.length) shares[m] = tail;
  }
  return shares;
}

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k);
