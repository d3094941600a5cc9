import {describe, expect, it} from 'vitest';
import {colourAt, colourLut, colourMapNames} from '../../../src/renderer/viewer/colour/colour-maps.ts';
import {
  autoRange,
  findExtremes,
  fromFraction,
  toFraction,
  valueScales,
  type ValueRange,
} from '../../../src/renderer/viewer/colour/value-scale.ts';
import {barDomain, barTicks, rangeAfterDrag} from '../../../src/renderer/viewer/heat-map/colour-bar-scale.ts';

const luminance = (name: (typeof colourMapNames)[number], at: number) => {
  const [red, green, blue] = colourAt(name, at);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

describe('colour maps', () => {
  it('have 256 opaque colours each', () => {
    for (const name of colourMapNames) {
      const lut = colourLut(name);
      expect(lut.length).toBe(256);
      expect(lut.every((pixel) => pixel >>> 24 === 255)).toBe(true);
    }
  });

  it.each(['viridis', 'cividis', 'inferno', 'magma', 'grey'] as const)(
    '%s grows brighter all the way',
    (name) => {
      for (let i = 0; i < 64; i++)
        expect(luminance(name, (i + 1) / 64)).toBeGreaterThan(luminance(name, i / 64) - 0.5);
    },
  );

  it('are what their names say at known places', () => {
    expect(colourAt('viridis', 0)).toEqual([68, 1, 84]);
    expect(colourAt('viridis', 1)).toEqual([253, 231, 37]);
    expect(colourAt('twilight', 0)).toEqual(colourAt('twilight', 1));
    const [red, green, blue] = colourAt('diverging', 0.5);
    expect(Math.min(red, green, blue)).toBeGreaterThan(240);
  });
});

describe('ranges', () => {
  it('do not see unmeasured and infinite cells', () => {
    expect(autoRange([NaN, 2, Infinity, 5, NaN], {scale: 'linear'})).toEqual([2, 5]);
    expect(findExtremes([NaN, -1, 0.5, 3])).toEqual({min: -1, max: 3, minPositive: 0.5});
  });

  it('see only positive cells under log', () => {
    expect(autoRange([-3, 0, 1e-3, 1, NaN], {scale: 'log'})).toEqual([1e-3, 1]);
    expect(autoRange([-3, 0], {scale: 'log'})).toEqual([0.1, 1]);
  });

  it('are centred on zero for differences, and one turn for phases', () => {
    expect(autoRange([-1, 4], {scale: 'symmetric'})).toEqual([-4, 4]);
    expect(autoRange([-5, 4], {scale: 'linear', colourMap: 'diverging'})).toEqual([-5, 5]);
    expect(autoRange([3], {scale: 'linear', colourMap: 'twilight', unit: 'deg'})).toEqual([-180, 180]);
  });

  it('leave out the asked share at each end', () => {
    const values = Array.from({length: 100}, (_, i) => (i === 99 ? 1e9 : i));
    expect(autoRange(values, {scale: 'linear', clipPercent: 1})).toEqual([1, 98]);
  });

  it.each([[[]], [[NaN]], [[7, 7]], [[0]]])('always have two different ends: %s', (values) => {
    for (const scale of valueScales) {
      const [low, high] = autoRange(values, {scale});
      expect(high).toBeGreaterThan(low);
    }
  });

  it('come back from their fractions', () => {
    const range: ValueRange = [0.5, 8];
    for (const scale of valueScales)
      for (const value of [0.5, 1, 3, 8])
        expect(fromFraction(toFraction(value, scale, range), scale, range)).toBeCloseTo(value, 9);
    expect(toFraction(-1, 'log', range)).toBeNaN();
  });
});

describe('the colour bar', () => {
  it('spans data and range, labels them under one prefix', () => {
    expect(barDomain([2, 3], [0, 2.5], 'linear')).toEqual([0, 3]);
    const {unit, ticks} = barTicks([0, 1.2e-3], 'linear', 'V', 6);
    expect(unit).toBe('mV');
    expect(ticks.map(({label}) => label)).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8', '1.0', '1.2']);
    expect(ticks.at(-1)?.fraction).toBeCloseTo(1);
  });

  it('never lets its ends meet; a centred range stays centred', () => {
    expect(rangeAfterDrag([1, 3], 0, 2, 'linear')).toEqual([2, 3]);
    expect(rangeAfterDrag([1, 3], 0, 3, 'linear')).toEqual([1, 3]);
    expect(rangeAfterDrag([1, 3], 1, 0.5, 'linear')).toEqual([1, 3]);
    expect(rangeAfterDrag([-3, 3], 0, -2, 'symmetric')).toEqual([-2, 2]);
  });
});
