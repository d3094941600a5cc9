import fc from 'fast-check';
import {expect, test} from 'vitest';
import {readOutProblem, type ReadOutSettings} from '../../../src/contract/read-out.ts';
import {createReadOut, decide} from '../../../src/twin/metrics/read-out.ts';
import {computeVerdict} from '../../../src/twin/metrics/verdict.ts';

const regions = ['a', 'b', 'c', 'd'].map((label) => ({label}));
const differential: ReadOutSettings = {
  kind: 'differential',
  classes: [
    {label: 'first', positive: 0, negative: 3},
    {label: 'second', positive: 2, negative: 1},
  ],
};
const dense: ReadOutSettings = {
  kind: 'dense',
  labels: ['x', 'y', 'z'],
  layers: [
    {
      weights: [
        [1, -2, 0.5, 3],
        [-1, 1, 2, -0.5],
      ],
      bias: [0.1, -0.2],
    },
    {
      weights: [
        [2, -1],
        [0.3, 1],
        [-1, 0.5],
      ],
      bias: [0, 0.1, 0.2],
    },
  ],
};

test('scores are shares, differences over sums, or what a dense network makes of shares', () => {
  const energies = [3, 1, 2, 4];
  const single = createReadOut({regions});
  expect(single.labels).toEqual(['a', 'b', 'c', 'd']);
  expect([...single.scoresOf(energies)]).toEqual([0.3, 0.1, 0.2, 0.4]);
  const pairs = createReadOut({regions, readOut: differential});
  expect(pairs.labels).toEqual(['first', 'second']);
  expect([...pairs.scoresOf(energies)]).toEqual([-1 / 7, 1 / 3]);
  expect(decide(pairs.scoresOf(energies))).toEqual({winner: 1, margin: 1 / 3 + 1 / 7});
  // By hand: hidden 0.1 + 0.3 - 0.2 + 0.1 + 1.2 = 1.5 and -0.2 - 0.3 + 0.1 + 0.4 - 0.2 = -0.2, of which 0 is left.
  const scores = createReadOut({regions, readOut: dense}).scoresOf(energies);
  [3, 0.55, -1.3].forEach((expected, k) => expect(scores[k]).toBeCloseTo(expected, 12));
});

test('no read-out depends on the power of the source, and derivatives are those of the scores', () => {
  const energy = fc.double({min: 0.05, max: 10, noNaN: true});
  const property = fc.property(
    fc.tuple(energy, energy, energy, energy),
    fc.double({min: 0.1, max: 100, noNaN: true}),
    (energies, power) => {
      for (const readOut of [differential, dense]) {
        const {scoresOf, comparedOf} = createReadOut({regions, readOut});
        const scores = scoresOf(energies);
        scoresOf(energies.map((own) => own * power)).forEach((score, k) =>
          expect(score).toBeCloseTo(scores[k], 9),
        );
        const {values, gradients} = comparedOf(energies);
        expect([...Array.from(values)]).toEqual([...scores]);
        const direction = [0.3, -0.2, 0.5, 0.1];
        const at = (step: number): Float64Array =>
          scoresOf(energies.map((own, i) => own + step * direction[i]));
        const step = 1e-6;
        const [before, after] = [at(-step), at(step)];
        gradients.forEach((row, k) => {
          const expected = direction.reduce((sum, own, i) => sum + own * row[i], 0);
          const [low, middle, high] = [before[k], scores[k], after[k]];
          // A kink of the dense network between the two has no derivative.
          if (Math.abs(low - 2 * middle + high) < 1e-9)
            expect((high - low) / (2 * step)).toBeCloseTo(expected, 3);
        });
      }
    },
  );
  fc.assert(property, {numRuns: 200});
});

test('a verdict on differential scores counts errors by what they do to the scores', () => {
  const readOut = createReadOut({regions, readOut: differential});
  const energies = [3, 1, 2, 4];
  const sigma = 0.05;
  const verdict = computeVerdict(energies, [{cause: 'noise', independent: [sigma, sigma, sigma, sigma]}], {
    readOut,
  });
  // d(e+ - e-)/(e+ + e-) = 2 e- / S^2 and -2 e+ / S^2.
  const variance = ((8 / 49) ** 2 + (6 / 49) ** 2 + (2 / 9) ** 2 + (4 / 9) ** 2) * sigma ** 2;
  expect(verdict).toMatchObject({winner: 1, runnerUp: 0, closest: 0, verdict: 'decided'});
  expect(verdict.marginSigma).toBeCloseTo((1 / 3 + 1 / 7) / Math.sqrt(variance), 9);
  // A change of the power moves all energies alike and no score.
  const power = computeVerdict(energies, [{cause: 'drift', together: [energies]}], {readOut});
  expect(power.marginSigma).toBeGreaterThan(1e12);
  expect(computeVerdict([0, 0, 0, 0], [], {readOut})).toMatchObject({margin: null, verdict: 'undecided'});
});

test.each([
  [
    {...differential, classes: [differential.classes[0], {label: 'second', positive: 4, negative: 1}]},
    'region 4',
  ],
  [
    {...differential, classes: [differential.classes[0], {label: 'second', positive: 0, negative: 1}]},
    'more than once',
  ],
  [
    {...differential, classes: [differential.classes[0], {label: 'first', positive: 2, negative: 1}]},
    '"first"',
  ],
  [{...dense, labels: ['x', 'y']}, '2 labels and 3 outputs'],
  [{...dense, layers: dense.layers.toReversed()}, 'has to have 4 inputs'],
  [{...dense, layers: [dense.layers[0], {...dense.layers[1], bias: [0, 0]}]}, 'layers.1'],
] as const)('a read-out that does not fit its regions is named (%#)', (readOut, problem) => {
  expect(readOutProblem(readOut as unknown as ReadOutSettings, 4)).toContain(problem);
  expect(readOutProblem(differential, 4)).toBeUndefined();
  expect(readOutProblem(dense, 4)).toBeUndefined();
});
