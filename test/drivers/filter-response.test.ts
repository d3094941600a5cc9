import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  computeNoiseBandwidthHz,
  computeResidualRatio,
  computeSettleTimeConstants,
} from '../../drivers/lockin/filter-response.ts';

const residuals = [0.1, 0.05, 0.01, 0.005, 0.001, 0.0001];
// Protocol sheet, section 5: times in T to reach 90, 95, 99, 99.5, 99.9, 99.99 per cent.
const table = [
  [2.3, 3.0, 4.61, 5.3, 6.91, 9.21],
  [3.89, 4.74, 6.64, 7.43, 9.23, 11.76],
  [5.32, 6.3, 8.41, 9.27, 11.23, 13.93],
  [6.68, 7.75, 10.05, 10.98, 13.06, 15.91],
];

describe('filter response', () => {
  it('gives the settle table of the sheet', () => {
    for (const [row, times] of table.entries())
      for (const [column, expected] of times.entries())
        expect(computeSettleTimeConstants(residuals[column], row + 1)).toBeCloseTo(expected, 2);
  });

  it('inverts the residual for any ratio and slope', () => {
    fc.assert(
      fc.property(
        fc.double({min: 1e-12, max: 0.999, noNaN: true}),
        fc.integer({min: 1, max: 4}),
        (ratio, poles) => {
          const t = computeSettleTimeConstants(ratio, poles);
          expect(computeResidualRatio(t, poles)).toBeLessThanOrEqual(ratio * (1 + 1e-9));
          expect(computeResidualRatio(t * (1 - 1e-6), poles)).toBeGreaterThanOrEqual(ratio * (1 - 1e-9));
        },
      ),
    );
  });

  it('refuses a residual that is no ratio', () => {
    for (const ratio of [0, 1, -0.1, Number.NaN])
      expect(() => computeSettleTimeConstants(ratio, 2)).toThrow(RangeError);
  });

  it('knows the noise bandwidths', () => {
    expect([1, 2, 3, 4].map((poles) => computeNoiseBandwidthHz(1, poles))).toEqual([
      1 / 4,
      1 / 8,
      3 / 32,
      5 / 64,
    ]);
  });
});
