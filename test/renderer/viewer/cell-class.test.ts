import {describe, expect, it} from 'vitest';
import {
  cellClass,
  cellPixel,
  classifyCell,
  lutIndex,
  type CellRules,
} from '../../../src/renderer/viewer/colour/cell-class.ts';
import {colourLut} from '../../../src/renderer/viewer/colour/colour-maps.ts';

const linear: CellRules = {scale: 'linear', range: [1, 3], colourMap: 'viridis', saturationLevel: 10};
const log: CellRules = {...linear, scale: 'log'};

describe('how a cell is shown', () => {
  it.each([
    [NaN, linear, cellClass.unmeasured],
    [NaN, log, cellClass.unmeasured],
    [0.5, linear, cellClass.below],
    [-0.5, linear, cellClass.below],
    [1, linear, cellClass.inRange],
    [3, linear, cellClass.inRange],
    [3.01, linear, cellClass.above],
    [0, log, cellClass.notInLog],
    [-2, log, cellClass.notInLog],
    [0.5, log, cellClass.below],
    [10, linear, cellClass.saturated],
    [-10, linear, cellClass.saturated],
    [-10, log, cellClass.saturated],
    [Infinity, {...linear, saturationLevel: undefined}, cellClass.saturated],
    [12, {...linear, saturationLevel: undefined}, cellClass.above],
  ])('%s', (value, rules, expected) => {
    expect(classifyCell(value, rules)).toBe(expected);
  });

  it('takes a phase beyond the turn as in range, at the colour of the same angle', () => {
    const phase: CellRules = {scale: 'linear', range: [-180, 180], colourMap: 'twilight'};
    expect(classifyCell(190, phase)).toBe(cellClass.inRange);
    expect(lutIndex(190, phase)).toBe(lutIndex(-170, phase));
  });

  it('colours the range from end to end and holds the ends outside', () => {
    const lut = colourLut('viridis');
    const neutral = {unmeasured: 0, notInLog: 1, saturated: 2};
    const pixels = [NaN, 0.5, 1, 3, 5, 99].map((value) => cellPixel(value, linear, lut, neutral));
    expect(pixels).toEqual([0, lut[0], lut[0], lut[255], lut[255], 2]);
    expect(cellPixel(-1, log, lut, neutral)).toBe(1);
  });
});
