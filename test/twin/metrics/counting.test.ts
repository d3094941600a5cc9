import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {computeConfusion, computeEnergyMatrix} from '../../../src/twin/metrics/confusion.ts';
import {computeRate} from '../../../src/twin/metrics/intervals.ts';

describe('computeRate', () => {
  it('gives published Wilson intervals', () => {
    const of50 = computeRate(44, 50);
    expect([of50.low.toFixed(2), of50.high.toFixed(2)]).toEqual(['0.76', '0.94']);
    // Newcombe 1998, Statistics in Medicine 17, 857: table I, score method: 81/263, 15/148, 0/20, 1/29.
    for (const [successes, count, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const rate = computeRate(successes, count);
      expect(rate.low).toBeCloseTo(low, 4);
      expect(rate.high).toBeCloseTo(high, 4);
    }
  });

  it('holds the rate, stays within 0..1 and mirrors with failures', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (successes, failures) => {
        fc.pre(successes + failures > 0);
        const rate = computeRate(successes, successes + failures);
        const mirrored = computeRate(failures, successes + failures);
        expect(rate.low).toBeGreaterThanOrEqual(0);
        expect(rate.high).toBeLessThanOrEqual(1);
        expect(rate.low).toBeLessThanOrEqual(rate.ratio!);
        expect(rate.high).toBeGreaterThanOrEqual(rate.ratio!);
        expect(rate.low).toBeCloseTo(1 - mirrored.high, 12);
      }),
    );
  });

  it('knows nothing after no trial and refuses impossible counts', () => {
    expect(computeRate(0, 0)).toMatchObject({ratio: null, low: 0, high: 1});
    expect(() => computeRate(3, 2)).toThrow('no rate');
  });
});

describe('matrices', () => {
  it('count winners by true class and keep undecided ones apart', () => {
    expect(computeConfusion(3, [0, 0, 1, 2], [0, 2, 1, null])).toEqual({
      counts: [
        [1, 0, 1],
        [0, 1, 0],
        [0, 0, 0],
      ],
      undecided: [0, 0, 1],
    });
    expect(() => computeConfusion(2, [2], [0])).toThrow('Class 2');
  });

  it('average shares by true class', () => {
    const matrix = computeEnergyMatrix(
      2,
      [0, 0],
      [
        [0.75, 0.25],
        [0.25, 0.75],
      ],
    );
    expect(matrix).toEqual([[0.5, 0.5], null]);
  });
});
