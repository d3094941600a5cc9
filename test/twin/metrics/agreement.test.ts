import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  computeEnergyError,
  computeNrmse,
  computePearson,
  computeShareError,
} from '../../../src/twin/metrics/agreement.ts';

const planes = fc.array(
  fc.tuple(fc.double({min: 0, max: 10, noNaN: true}), fc.double({min: 0, max: 10, noNaN: true})),
  {
    minLength: 3,
    maxLength: 40,
  },
);

describe('computePearson', () => {
  it('agrees with a value worked by hand', () => {
    // Means 2 and 11/3; sum of products 3, sums of squares 2 and 14/3.
    expect(computePearson([1, 2, 3], [2, 4, 5])).toBeCloseTo(3 / Math.sqrt(2 * (14 / 3)), 12);
    expect(computePearson([1, 2], [4, 3])).toBeCloseTo(-1, 12);
  });

  it('does not change with gain and offset, is symmetric and stays within -1..1', () => {
    const gain = fc.double({min: 0.1, max: 10, noNaN: true});
    fc.assert(
      fc.property(planes, gain, fc.double({min: -5, max: 5, noNaN: true}), (pairs, scale, offset) => {
        const a = pairs.map(([value]) => value);
        const b = pairs.map(([, value]) => value);
        fc.pre(Math.max(...a) - Math.min(...a) > 0.01 && Math.max(...b) - Math.min(...b) > 0.01);
        const r = computePearson(a, b)!;
        expect(Math.abs(r)).toBeLessThanOrEqual(1);
        expect(computePearson(b, a)).toBeCloseTo(r, 9);
        expect(
          computePearson(
            a.map((value) => scale * value + offset),
            b,
          ),
        ).toBeCloseTo(r, 6);
      }),
    );
  });

  it('is not defined for a constant plane, and refuses unequal or empty ones', () => {
    expect(computePearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull();
    expect(() => computePearson([1], [1, 2])).toThrow('1 value with 2');
    expect(() => computePearson([], [])).toThrow('without points');
  });
});

describe('computeNrmse and computeEnergyError', () => {
  it('are 0 for planes that differ in brightness alone', () => {
    expect(computeNrmse([1, 2, 3], [2, 4, 6])).toBeCloseTo(0, 12);
    expect(computeEnergyError([1, 2, 3], [2, 4, 6])).toBeCloseTo(0, 12);
  });

  it('know planes that share nothing: root of two, and all of the energy', () => {
    expect(computeNrmse([1, 0], [0, 1])).toBeCloseTo(Math.SQRT2, 12);
    expect(computeEnergyError([1, 0], [0, 1])).toBe(1);
  });

  it('measure against the root mean square of the reference', () => {
    // p = (3/4, 1/4), q = (1/2, 1/2): sqrt((1/16 + 1/16) / (1/2)) = 1/2.
    expect(computeNrmse([3, 1], [1, 1])).toBeCloseTo(0.5, 12);
    expect(computeEnergyError([3, 1], [1, 1])).toBeCloseTo(0.25, 12);
    expect(() => computeNrmse([0, 0], [1, 1])).toThrow('cannot be normalised');
  });
});

describe('computeShareError', () => {
  it('is the root mean square of the differences', () => {
    expect(computeShareError([0.6, 0.4], [0.5, 0.5])).toBeCloseTo(0.1, 12);
  });
});
