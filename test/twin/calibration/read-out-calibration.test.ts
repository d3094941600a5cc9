import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {
  calibrateReadOut,
  rightCountOf,
  studyReadOut,
} from '../../../src/twin/calibration/read-out-calibration.ts';
import {
  correctedScores,
  correctReadOut,
  noCorrection,
} from '../../../src/twin/calibration/corrected-read-out.ts';
import {fitReadOut, readOutProblem, type ReadOutSample} from '../../../src/twin/calibration/read-out-fit.ts';
import {createReadOut} from '../../../src/twin/metrics/read-out.ts';

const labels = ['a', 'b', 'c', 'd'];
const readOut = createReadOut({regions: labels.map((label) => ({label}))});

/** Objects whose own region is brighter by 0.3 of a unit, seen through regions of these gains. */
function measured(count: number, gains: readonly number[], seed: number): ReadOutSample[] {
  const random = createRandom(seed);
  return Array.from({length: count}, (_, i) => {
    const label = i % gains.length;
    const energies = gains.map((gain, k) => gain * (1 + (k === label ? 0.3 : 0) + 0.1 * random.normal()));
    return {energies, label};
  });
}

describe('calibration of a read-out', () => {
  it('takes off what regions of unequal gains do, on objects that it has not seen', () => {
    const gains = [1.4, 1, 0.8, 1.1];
    const study = studyReadOut(readOut, {learned: measured(80, gains, 1), test: measured(200, gains, 2)});
    expect(study.before.ratio).toBeLessThan(0.65);
    expect(study.after.ratio).toBeGreaterThan(0.85);
    expect(study.chosen.crossEntropy).toBeLessThan(study.chosen.crossEntropyBefore);
    expect(study.curve.map(({count}) => count)).toEqual([10, 20, 40, 80]);
    expect(study.neededCount).toBeLessThanOrEqual(80);
    expect(study.curve.at(-1)).toMatchObject({accuracy: study.after.ratio, low: study.after.low});
  });

  it('leaves a read-out as it is where nothing is to be gained, or changes what costs next to nothing', () => {
    const even = [1, 1, 1, 1];
    const {chosen, before, after} = studyReadOut(readOut, {
      learned: measured(40, even, 3),
      test: measured(400, even, 4),
    });
    expect(chosen.sigma).toBeLessThanOrEqual(0.3);
    expect(after.successes).toBeGreaterThanOrEqual(before.successes - 12);
  });

  it('changes nothing that does not read more unseen samples right, however much surer it would be of them', () => {
    // The right class always wins, by less in each class than in the one before: only certainty is to be gained.
    const samples = Array.from({length: 40}, (_, i): ReadOutSample => {
      const label = i % 4;
      return {label, energies: labels.map((_own, k) => 1 + (k === label ? 0.3 / (1 + label) : 0))};
    });
    const {family, correction, crossEntropy, crossEntropyBefore} = calibrateReadOut(readOut, samples);
    expect(family).toBeNull();
    expect(correction).toEqual(noCorrection(readOut, 4));
    expect(crossEntropy).toBe(crossEntropyBefore);
    // Nor is it drawn to what reads fewer right.
    const wrong = {...correction, offsets: [1, 0, 0, 0]};
    expect(calibrateReadOut(readOut, samples, wrong).correction).toEqual(correction);
  });

  it('comes nearer to what it is drawn to as less may be changed', () => {
    const problem = readOutProblem(readOut, measured(40, [1.4, 1, 0.8, 1.1], 5));
    const largest = (sigma: number): number =>
      Math.max(...fitReadOut(problem, 'full', sigma).weights.flat().map(Math.abs));
    expect(largest(0.001)).toBeLessThan(1e-3);
    expect(largest(0.01)).toBeLessThan(largest(0.1));
  });

  it('is the minimum of its cost: no small change of a weight or an offset makes it less', () => {
    const samples = measured(40, [1.2, 1, 0.9, 1.1], 6);
    const problem = readOutProblem(readOut, samples);
    const sigma = 0.1;
    const found = fitReadOut(problem, 'full', sigma);
    const costOf = ({weights, offsets}: typeof found): number => {
      let cost = 0;
      for (const {energies, label} of samples) {
        const logits = correctedScores(readOut, {weights, offsets}, energies).map(
          (score) => score * problem.logitScale,
        );
        const highest = Math.max(...logits);
        const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
        cost += Math.log(total) - (logits[label] - highest);
      }
      for (const weight of weights.flat()) cost += weight ** 2 / (2 * sigma ** 2);
      for (const offset of offsets) cost += (4 * offset) ** 2 / (2 * sigma ** 2);
      return cost;
    };
    const least = costOf(found);
    for (const change of [1e-2, -1e-2]) {
      expect(
        costOf({...found, offsets: found.offsets.map((own, k) => own + (k === 1 ? change : 0))}),
      ).toBeGreaterThan(least);
      expect(
        costOf({
          ...found,
          weights: found.weights.map((row, k) =>
            row.map((own, r) => own + (k === 2 && r === 3 ? change : 0)),
          ),
        }),
      ).toBeGreaterThan(least);
    }
  });

  it('starts from what simulated objects have taught', () => {
    const gains = [1.4, 1, 0.8, 1.1];
    const simulated = calibrateReadOut(readOut, measured(200, gains, 7)).correction;
    const test = measured(200, gains, 9);
    // Five times a few, so that luck has no say.
    const rights = [21, 22, 23, 24, 25].map((seed) => {
      const few = measured(12, gains, seed);
      const of = (towards?: typeof simulated): number =>
        rightCountOf(readOut, calibrateReadOut(readOut, few, towards).correction, test);
      return {alone: of(), drawn: of(simulated)};
    });
    const sum = (own: 'alone' | 'drawn'): number => rights.reduce((total, right) => total + right[own], 0);
    expect(sum('drawn')).toBeGreaterThanOrEqual(sum('alone'));
    for (const {drawn} of rights) expect(drawn).toBeGreaterThan(170);
  });

  it('corrects the scores of differential detection by its own pairs of regions', () => {
    const differential = createReadOut({
      regions: ['a+', 'a-', 'b+', 'b-'].map((label) => ({label})),
      readOut: {
        kind: 'differential',
        classes: [
          {label: 'a', positive: 0, negative: 1},
          {label: 'b', positive: 2, negative: 3},
        ],
      },
    });
    const random = createRandom(10);
    const samples = Array.from({length: 60}, (_, i): ReadOutSample => {
      const label = i % 2;
      const sign = (own: number): number => (own === label ? 0.2 : -0.2) + 0.05 * random.normal();
      // The first positive region reads two and a half times too much.
      return {label, energies: [2.5 * (1 + sign(0)), 1 - sign(0), 1 + sign(1), 1 - sign(1)]};
    });
    const before = rightCountOf(differential, noCorrection(differential, 4), samples);
    const {correction} = calibrateReadOut(differential, samples.slice(0, 30));
    expect(rightCountOf(differential, correction, samples.slice(30))).toBeGreaterThan(28);
    expect(before).toBeLessThan(50);
  });

  it('knows how corrected scores change with every energy, of one plane and of several', () => {
    const random = createRandom(11);
    for (const frequenciesHz of [undefined, [4e11, 3.5e11]]) {
      const own = createReadOut({regions: labels.map((label) => ({label})), frequenciesHz});
      const regionCount = 4 * own.planeCount;
      const corrected = correctReadOut(own, {
        weights: labels.map(() => Array.from({length: regionCount}, () => 0.2 * random.normal())),
        offsets: labels.map(() => 0.1 * random.normal()),
      });
      const energies = Float64Array.from({length: regionCount}, () => 1 + random.uniform());
      const {values, gradients} = corrected.comparedOf(energies);
      expect(values).toEqual(corrected.scoresOf(energies));
      energies.forEach((_, j) => {
        const by = (step: number): Float64Array =>
          corrected.scoresOf(energies.map((value, i) => value + (i === j ? step : 0)));
        const [above, below] = [by(1e-5), by(-1e-5)];
        gradients.forEach((row, k) => expect(row[j]).toBeCloseTo((above[k] - below[k]) / 2e-5, 6));
      });
    }
  });

  it('refuses fewer than ten objects, and a test without any', () => {
    expect(() => calibrateReadOut(readOut, measured(9, [1, 1, 1, 1], 1))).toThrow(/at least 10/);
    expect(() => studyReadOut(readOut, {learned: measured(20, [1, 1, 1, 1], 1), test: []})).toThrow(
      /No measured object is left/,
    );
  });
});
