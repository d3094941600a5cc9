import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {
  computeDarkLevel,
  computeSignalPhaseRad,
  estimateNoise,
  subtractDark,
} from '../../../src/twin/metrics/dark.ts';
import {
  computeDriftChanges,
  computeDriftCorrection,
  estimateSourceNoise,
} from '../../../src/twin/metrics/drift.ts';
import {lineariseVoltages} from '../../../src/twin/metrics/linearise.ts';
import type {RegionError} from '../../../src/twin/metrics/region-errors.ts';
import {computeVerdict} from '../../../src/twin/metrics/verdict.ts';

const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('dark level', () => {
  const random = createRandom('dark');
  const noise = (count: number): Float64Array => new Float64Array(count).map(() => 1e-6 * random.normal());

  it('is taken off as a vector, so that no light reads as zero on average, where R would not', () => {
    const count = 4000;
    const columns = {real: noise(count).map((v) => v + 3e-6), imaginary: noise(count).map((v) => v - 4e-6)};
    const dark = computeDarkLevel({
      real: noise(400).map((v) => v + 3e-6),
      imaginary: noise(400).map((v) => v - 4e-6),
    });
    expect(dark.readingSigma).toBeCloseTo(1e-6, 7);
    const {signal, quadrature} = subtractDark(columns, dark, 0.4);
    // Standard deviation of the mean: 1e-6 / sqrt(4000), and 1e-6 / sqrt(400) for the dark level: 5.2e-8.
    expect(Math.abs(meanOf(signal))).toBeLessThan(4 * 5.3e-8);
    expect(meanOf(signal.map((v, i) => Math.hypot(v, quadrature[i])))).toBeGreaterThan(1.2e-6);
    expect(estimateNoise(quadrature)).toBeCloseTo(1e-6, 7);
  });

  it('leaves the whole signal on one channel, whatever the phase', () => {
    const phaseRad = 2.1;
    const power = Float64Array.from({length: 500}, () => 1e-3 * random.uniform());
    const dark = {real: 1e-5, imaginary: 2e-5};
    const columns = {
      real: power.map((p) => p * Math.cos(phaseRad) + dark.real + 1e-6 * random.normal()),
      imaginary: power.map((p) => p * Math.sin(phaseRad) + dark.imaginary + 1e-6 * random.normal()),
    };
    expect(computeSignalPhaseRad(columns, dark)).toBeCloseTo(phaseRad, 3);
    const {signal, quadrature} = subtractDark(columns, dark, phaseRad);
    expect(meanOf(signal)).toBeCloseTo(meanOf(power), 6);
    expect(Math.abs(meanOf(quadrature))).toBeLessThan(1e-6);
  });

  it('knows no scatter of a single reading and refuses none', () => {
    expect(computeDarkLevel({real: [1], imaginary: [2]})).toEqual({
      real: 1,
      imaginary: 2,
      readingSigma: null,
      meanSigma: null,
      count: 1,
    });
    expect(() => computeDarkLevel({real: [], imaginary: []})).toThrow('A dark level needs readings');
  });
});

describe('lineariseVoltages', () => {
  const curve = {voltageV: [0, 1, 1.5], power: [0, 1, 2]};

  it('follows the curve, mirrors noise below zero and carries the slope', () => {
    const {values, slope} = lineariseVoltages([0.5, 1.25, -0.1], curve);
    expect(Array.from(values)).toEqual([0.5, 1.5, -0.1]);
    expect(Array.from(slope)).toEqual([1, 2, 1]);
  });

  it('leaves volts alone without a curve, and refuses to go beyond one', () => {
    expect(Array.from(lineariseVoltages([9, -1]).values)).toEqual([9, -1]);
    expect(() => lineariseVoltages([1.6], curve)).toThrow('beyond the detector');
    expect(() => lineariseVoltages([NaN], curve)).toThrow('beyond the detector');
    expect(() => lineariseVoltages([1], {voltageV: [0, 1], power: [0, 0]})).toThrow('rising');
  });
});

describe('computeDriftCorrection', () => {
  it('undoes a straight drift exactly and holds the ends', () => {
    const level = (t: number): number => 2 * (1 + 0.001 * t);
    const visits = [0, 100, 50].map((timeS) => ({timeS, value: level(timeS), sigma: 0.001}));
    const timesS = [-10, 0, 25, 60, 100, 130];
    const {factor, factorSigma, isApplied, spanRatio} = computeDriftCorrection(visits, timesS);
    expect(isApplied).toBe(true);
    expect(spanRatio).toBeCloseTo(0.2 / 2.1, 12);
    for (const i of [1, 2, 3, 4]) expect(factor[i] * level(timesS[i])).toBeCloseTo(level(50), 12);
    expect(factor[0]).toBe(factor[1]);
    expect(factor[5]).toBe(factor[4]);
    // Half way between two visits their errors average.
    expect(factorSigma[2] / factor[2]).toBeCloseTo(0.001 / Math.SQRT2 / level(25), 9);
  });

  it('corrects nothing by a reference that is lost in noise, or by one visit, and says so', () => {
    const dim = [0, 1].map((timeS) => ({timeS, value: 1, sigma: 0.1}));
    expect(computeDriftCorrection(dim, [0.5])).toMatchObject({isApplied: false});
    expect(computeDriftCorrection(dim, [0.5]).factor[0]).toBe(1);
    expect(computeDriftCorrection(dim.slice(1), [0.5]).reason).toContain('fewer than two');
  });
});

describe('estimateSourceNoise', () => {
  const visitsOf = (ratio: number, sigma: number, count = 400) => {
    const random = createRandom('source noise');
    return Array.from({length: count}, (_, i) => {
      // Uneven times and a drift of a hundredth over the scan.
      const timeS = 10 * i + 4 * random.uniform();
      const level = 5 * (1 + (0.01 * i) / count) * (1 + ratio * random.normal());
      return {timeS, value: level + sigma * random.normal(), sigma};
    });
  };

  it('finds what multiplies the readings, beside their own noise and a drift', () => {
    // The scatter of a standard deviation from 400 differences is about 4 %.
    expect(estimateSourceNoise(visitsOf(0.02, 0.02))! / 0.02).toBeCloseTo(1, 0.5);
    expect(estimateSourceNoise(visitsOf(0, 0.02))!).toBeLessThan(0.002);
  });

  it('is not known from a few visits', () => {
    expect(estimateSourceNoise(visitsOf(0.02, 0.02, 4))).toBeNull();
  });
});

describe('computeDriftChanges', () => {
  it('moves the regions that were read near a visit, and is nothing where no drift is corrected', () => {
    const visits = [0, 100, 200].map((timeS) => ({timeS, value: 2, sigma: 0.02}));
    // Region 0 is read at the first visit, region 1 between the second and the third.
    const {errors} = computeDriftCorrection(visits, [0, 150]);
    const weights = [0, 1].map((point) => ({
      index: Uint32Array.of(point),
      areaMm2: Float64Array.of(1),
      regionAreaMm2: 4,
      coverageRatio: 0.25,
    }));
    const changes = computeDriftChanges(weights, [3, 5], errors);
    expect(changes.map((change) => Array.from(change, (value) => Math.round(1e9 * value) / 1e9 + 0))).toEqual(
      [
        [-0.12, 0],
        [0, -0.1],
        [0, -0.1],
      ],
    );
    expect(
      computeDriftChanges(weights, [3, 5], computeDriftCorrection(visits.slice(1, 2), [0, 150]).errors),
    ).toEqual([]);
  });
});

describe('computeVerdict', () => {
  const noise = (independent: ArrayLike<number>): readonly RegionError[] => [{cause: 'noise', independent}];

  it('measures the margin by the noise of the two regions compared', () => {
    const verdict = computeVerdict([10, 4, 7], noise([1, 1, 0]));
    expect(verdict).toMatchObject({winner: 0, runnerUp: 2, verdict: 'decided'});
    // Region 2 is nearer, yet region 1 has more noise: 3 / 1 against 6 / sqrt(2).
    expect(verdict.marginSigma).toBeCloseTo(3, 12);
    expect(verdict.margin).toBeCloseTo(3 / 21, 12);
    expect(computeVerdict([10, 4, 7], noise([1, 1, 0]), {levelSigma: 5}).verdict).toBe('undecided');
  });

  it('counts what moves regions together by their difference, and names what each cause does', () => {
    const together = (...changes: number[][]): readonly RegionError[] => [
      ...noise([0.3, 0.4, 0]),
      {cause: 'registration', together: changes},
    ];
    // The same change of both regions leaves their order; opposite ones count twice.
    const alike = computeVerdict([10, 4, 1], together([2, 2, 2]));
    expect(alike.marginSigma).toBeCloseTo(6 / 0.5, 12);
    const apart = computeVerdict([10, 4, 1], together([1, -1, 0], [0, 0, 0]));
    expect(apart.differenceSigmas[0]).toBeCloseTo(0.5, 12);
    expect(apart.differenceSigmas[1]).toBeCloseTo(2, 12);
    expect(apart).toMatchObject({closest: 1, verdict: 'undecided'});
    expect(apart.marginSigma).toBeCloseTo(6 / Math.hypot(0.5, 2), 12);
    expect(() => computeVerdict([10, 4, 1], together([1, 2]))).toThrow('other numbers of errors');
  });

  it('is undecided between equals and in the dark', () => {
    expect(computeVerdict([1, 1], noise([0, 0]))).toMatchObject({marginSigma: 0, verdict: 'undecided'});
    expect(computeVerdict([-1, -2], noise([1, 1]))).toMatchObject({margin: null, verdict: 'undecided'});
    expect(computeVerdict([2, 1], noise([0, 0]))).toMatchObject({marginSigma: Infinity, verdict: 'decided'});
  });

  it('is honest under noise: no more false decisions than its level allows (Monte Carlo)', () => {
    const random = createRandom('verdict');
    const sigma = new Float64Array(10).fill(1);
    let falseDecisions = 0;
    let decided = 0;
    const rounds = 4000;
    for (let round = 0; round < rounds; round++) {
      // The hardest case: two regions that are truly equal, and eight dim ones.
      const equal = Float64Array.from({length: 10}, (_, k) => (k < 2 ? 50 : 5) + random.normal());
      if (computeVerdict(equal, noise(sigma)).verdict === 'decided') falseDecisions++;
      const clear = Float64Array.from({length: 10}, (_, k) => (k === 3 ? 60 : 50) + random.normal());
      if (computeVerdict(clear, noise(sigma)).verdict === 'decided') decided++;
    }
    // Two-sided 3 sigma is 0.27 % = 11 of 4000 expected; 30 is beyond five standard deviations of that count.
    expect(falseDecisions).toBeLessThan(30);
    expect(decided).toBeGreaterThan(0.99 * rounds);
  });
});
