import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {
  chooseOverlap,
  fewestOverlapPoints,
  testOverlap,
  type OverlapPoint,
  type OverlapTest,
} from '../../../src/twin/metrics/index.ts';

/** A pattern of light with features of some mm; the noise is a part of its maximum, 1. */
const signalAt = (xMm: number, yMm: number): number =>
  Math.exp(-(((xMm - 2) / 4) ** 2) - ((yMm + 1) / 5) ** 2) *
    (1 + 0.6 * Math.sin(1.3 * xMm) * Math.cos(0.9 * yMm)) +
  0.3 * Math.exp(-(((xMm + 4) / 2) ** 2) - ((yMm - 3) / 2) ** 2);

interface Change {
  readonly gain?: number;
  readonly phaseRad?: number;
  readonly shiftXMm?: number;
  readonly shiftYMm?: number;
  readonly noiseNow?: number;
}

interface Case extends Change {
  readonly seed: number;
  readonly noise: number;
  readonly allowedRatio?: number;
  readonly significance?: number;
  readonly isComplex?: boolean;
  readonly drawCount?: number;
}

/** A raster of 1 mm that was cut off after 150 points, and what its overlap says. */
function measureAgain(of: Case): OverlapTest {
  const {seed, noise, allowedRatio = 0, significance = 0.01, isComplex = false, drawCount} = of;
  const random = createRandom(seed);
  const read = (xMm: number, yMm: number, now: Change): {real: number; imaginary: number} => {
    const value = (now.gain ?? 1) * signalAt(xMm + (now.shiftXMm ?? 0), yMm + (now.shiftYMm ?? 0));
    const angle = (isComplex ? 0.4 : 0) + (now.phaseRad ?? 0);
    const sigma = now.noiseNow ?? noise;
    return {
      real: value * Math.cos(angle) + sigma * random.normal(),
      imaginary: isComplex ? value * Math.sin(angle) + sigma * random.normal() : 0,
    };
  };
  const places = Array.from({length: 150}, (_, i) => ({xMm: -7 + (i % 15), yMm: -7 + Math.floor(i / 15)}));
  const stored = places.map(({xMm, yMm}) => read(xMm, yMm, {}));
  const chosen = chooseOverlap(
    {
      xMm: places.map(({xMm}) => xMm),
      yMm: places.map(({yMm}) => yMm),
      real: stored.map(({real}) => real),
      imaginary: stored.map(({imaginary}) => imaginary),
    },
    15,
  );
  const points = chosen.map(({row, slopePerMm}): OverlapPoint => ({
    stored: stored[row],
    again: Array.from({length: 3}, () => read(places[row].xMm, places[row].yMm, of)),
    slopePerMm,
  }));
  return testOverlap(points, {significance, allowedRatio, seed: `${seed}`, ...(drawCount && {drawCount})});
}

/** Part of the seeds with which the run would be refused. */
const refusedRatio = (count: number, of: Omit<Case, 'seed'>): number =>
  Array.from({length: count}, (_, seed) => measureAgain({...of, seed, drawCount: 599})).filter(
    ({failed}) => failed.length > 0,
  ).length / count;

describe('points measured again', () => {
  it.each([
    ['a real signal', {noise: 0.01}],
    ['a complex one', {noise: 0.01, isComplex: true}],
    ['noise far below the signal', {noise: 1e-5}],
    ['nothing but noise', {noise: 10}],
  ])('are refused as seldom as is said when nothing has moved: %s', (_, of) => {
    // 3 standard deviations of 200 draws of 10 % are 6.4 %. Three tests share what is said, so that less is refused.
    const ratio = refusedRatio(200, {...of, significance: 0.1});
    expect(ratio).toBeLessThan(0.164);
    expect(ratio).toBeGreaterThan(0.02);
  });

  it('are never refused for a change that is allowed', () => {
    expect(refusedRatio(60, {noise: 1e-4, gain: 0.995, allowedRatio: 0.01})).toBeLessThanOrEqual(0.02);
  });

  it('tell a lost step from everything else, in size and direction', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 0, max: 1e6}),
        fc.double({min: 0.05, max: 0.2, noNaN: true}),
        fc.boolean(),
        fc.boolean(),
        (seed, mm, isX, isBack) => {
          const shift = isBack ? -mm : mm;
          const found = measureAgain({
            seed,
            noise: 1e-3,
            allowedRatio: 0.01,
            ...(isX ? {shiftXMm: shift} : {shiftYMm: shift}),
          });
          expect(found.failed).toContain('shift');
          const estimate = isX ? found.shift.xMm : found.shift.yMm;
          expect(Math.abs((estimate ?? 0) - shift)).toBeLessThan(0.03 + 0.5 * mm);
        },
      ),
      {numRuns: 12},
    );
  });

  it('find steps lost by a whole millimetre and more, where no first order helps', () => {
    for (const shiftXMm of [1, -2, 5]) {
      const {failed} = measureAgain({seed: 4, noise: 1e-3, allowedRatio: 0.01, shiftXMm});
      expect(failed.length).toBeGreaterThan(0);
    }
  });

  it('find a gain that changed by more than is allowed, and how much', () => {
    const found = measureAgain({seed: 3, noise: 1e-3, allowedRatio: 0.01, gain: 0.95});
    expect(found.failed).toContain('gain');
    expect(found.gain.ratio).toBeCloseTo(0.95, 2);
    expect(measureAgain({seed: 3, noise: 1e-3, allowedRatio: 0.01, gain: 0.999}).failed).toEqual([]);
    // Without an allowance the noise alone decides.
    expect(measureAgain({seed: 3, noise: 1e-3, gain: 0.99}).failed).toContain('gain');
  });

  it('find a phase that turned', () => {
    const found = measureAgain({seed: 5, noise: 1e-3, allowedRatio: 0.01, isComplex: true, phaseRad: 0.1});
    expect(found.failed).toContain('gain');
    expect(found.gain.phaseDeg).toBeCloseTo(5.73, 0);
  });

  it('are judged by the noise that they have now: a quiet bench finds what a noisy one cannot', () => {
    const quiet = measureAgain({seed: 8, noise: 1e-4, gain: 1.01});
    const noisy = measureAgain({seed: 8, noise: 0.3, gain: 1.01});
    expect(quiet.failed).toContain('gain');
    expect(noisy.failed).toEqual([]);
    expect(noisy.noise).toBeGreaterThan(0.2);
    expect(noisy.scatter.ratio).toBeLessThan(1.6);
  });

  it('have to be enough to refuse anything at all', () => {
    expect(fewestOverlapPoints(0.01, 3)).toBe(5);
    expect(fewestOverlapPoints(0.001, 3)).toBe(6);
    expect(() => testOverlap([], {significance: 0.01, allowedRatio: 0, seed: 1})).toThrow(/again twice/);
  });
});

describe('points that are chosen to be measured again', () => {
  it('are spread over all that was measured, the last one among them, each with one before it', () => {
    fc.assert(
      fc.property(fc.integer({min: 6, max: 400}), fc.integer({min: 1, max: 30}), (length, count) => {
        const index = Array.from({length}, (_, i) => i);
        const xMm = index.map((i) => i % 20);
        const yMm = index.map((i) => Math.floor(i / 20));
        const rows = chooseOverlap(
          {xMm, yMm, real: index.map((i) => signalAt(xMm[i] - 9, yMm[i] - 9)), imaginary: index.map(() => 0)},
          count,
        ).map(({row}) => row);
        expect(new Set(rows).size).toBe(rows.length);
        expect(rows).toContain(length - 1);
        expect(Math.min(...rows)).toBeGreaterThanOrEqual(1);
        expect(rows.length).toBeGreaterThanOrEqual(Math.min(count, length - 1));
        // One of each stretch: no two neighbours of the list lie further apart than two stretches.
        for (let i = 1; i < rows.length; i++)
          expect(rows[i] - rows[i - 1]).toBeLessThanOrEqual((2 * length) / count + 2);
      }),
      {numRuns: 50},
    );
  });

  it('know how the signal changes around them', () => {
    const places = Array.from({length: 100}, (_, i) => ({xMm: i % 10, yMm: Math.floor(i / 10)}));
    const chosen = chooseOverlap(
      {
        xMm: places.map(({xMm}) => xMm),
        yMm: places.map(({yMm}) => yMm),
        real: places.map(({xMm, yMm}) => 5 + 2 * xMm - 3 * yMm),
        imaginary: places.map(() => 0),
      },
      6,
    );
    for (const {slopePerMm} of chosen) {
      expect(slopePerMm.x.real).toBeCloseTo(2, 9);
      expect(slopePerMm.y.real).toBeCloseTo(-3, 9);
    }
  });
});
