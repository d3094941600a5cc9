import type {Random} from '../../base/random.ts';

const maximumSections = 4;

/**
 * Output filter: four first-order sections in series for X and for Y; the slope says after which of them one listens.
 * Exact for an input that is constant during a step: with d_k the distance of section k from the input,
 * d_k(t) = exp(-t/T) sum_j (t/T)^j / j! d_(k-j)(0).
 */
export class LowPassCascade {
  private readonly states = [new Float64Array(maximumSections), new Float64Array(maximumSections)] as const;

  advance(inputs: readonly [xV: number, yV: number], stepS: number, timeConstantS: number): void {
    const ratio = stepS / timeConstantS;
    const decay = Math.exp(-ratio);
    for (const channel of [0, 1] as const) {
      const state = this.states[channel];
      const input = inputs[channel];
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
 * White noise of a density, as samples that hold for a step: variance density^2 / (2 step), so that a filter of
 * bandwidth B behind it passes density^2 B.
 */
export const noiseSampleV = (random: Random, densityV: number, stepS: number): number =>
  densityV === 0 ? 0 : (random.normal() * densityV) / Math.sqrt(2 * stepS);
