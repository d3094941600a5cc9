import {expect, test} from 'vitest';
import {measurementCauses} from '../../../src/contract/measurement.ts';
import {thickPlates} from '../../../src/contract/plate-optics.ts';
import {createReadOut} from '../../../src/twin/metrics/read-out.ts';
import {isDrawn, lossOf, lossRows, predictedCauses} from '../../../src/twin/measurement/losses.ts';

test('the rows of a table of losses go from the design by itself to everything, each cause once alone', () => {
  const {rows, predicted} = lossRows({plateOptics: thickPlates});
  expect(rows[0]).toEqual([]);
  expect(rows.at(-1)).toEqual(measurementCauses);
  expect(rows[predicted]).toEqual(predictedCauses);
  for (const cause of measurementCauses.filter((one) => one !== 'pixels'))
    expect(rows.filter((row) => row.length === 2 && row.includes(cause))).toHaveLength(1);
  expect(rows.map(isDrawn)).toEqual([
    ...[false, false, false, false, false],
    ...[true, true, true, true, false, true, true],
  ]);
  // Nothing is said of the plates: they are as the design has them.
  const thin = lossRows({});
  expect(thin.rows).toHaveLength(rows.length - 1);
  expect(thin.rows.flat()).not.toContain('thickness');
  expect(thin.rows[thin.predicted]).toEqual(['pixels', 'light', 'probe']);
});

test('a row counts what is right, what is as predicted, margins of the true region, light and the error of shares', () => {
  const read = (...energies: number[]) => ({energies, inputPower: 10});
  const predicted = [read(3, 1), read(3, 1), read(1, 3)];
  // The second is wrong and not as predicted; the third is as predicted and wrong.
  const measured = [read(3, 1), read(2, 3), read(1, 3)];
  const loss = lossOf(['pixels'], measured, predicted, {
    labels: [0, 0, 0],
    readOut: createReadOut({regions: [{label: 'a'}, {label: 'b'}]}),
  });
  expect(loss.accuracy).toBeCloseTo(1 / 3, 12);
  expect(loss.matchRatio).toBeCloseTo(2 / 3, 12);
  expect(loss.meanMargin).toBeCloseTo((0.5 - 0.2 - 0.5) / 3, 12);
  expect(loss.efficiency).toBeCloseTo((0.4 + 0.5 + 0.4) / 3, 12);
  expect(loss.shareError).toBeCloseTo(Math.sqrt((2 * 0.35 ** 2) / 6), 12);
});
