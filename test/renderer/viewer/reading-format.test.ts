import {niceStep} from '../../../src/base/nice-step.ts';
import {scaledUnit} from '../../../src/base/number-format.ts';
import {describe, expect, it} from 'vitest';
import {formatReading} from '../../../src/renderer/viewer/reading-format.ts';
import {linearTicks, logTicks} from '../../../src/renderer/viewer/ticks.ts';
import {wilsonInterval} from '../../../src/base/wilson.ts';

describe('a reading', () => {
  it.each([
    [1.2034e-3, 'V', '1.203\u202fmV'],
    [-12.346e-6, 'V', '\u221212.35\u202fµV'],
    [123.4567e-9, 'V', '123.5\u202fnV'],
    [0.99996, 'V', '1.000\u202fV'],
    [0.99994e-3, 'V', '999.9\u202fµV'],
    [3e-11, 'V', '0.030\u202fnV'],
    [0, 'V', '0.000\u202fV'],
    [12.4, 'mm', '12.400\u202fmm'],
    [-0.0001, 'mm', '0.000\u202fmm'],
    [-12.34, 'deg', '\u221212.3\u202fdeg'],
    [400, 'GHz', '400.000\u202fGHz'],
    [0.4567891, '', '0.457'],
    [NaN, 'V', '–––\u202fV'],
  ])('%s %s', (value, unit, text) => {
    expect(formatReading(value, unit).text).toBe(text);
  });

  it('is as wide for every value of a unit', () => {
    const volts = [1.2e-3, -999.9e-6, 3e-9, 0, -1, 12.5, NaN, 99.996e-3];
    expect(new Set(volts.map((value) => formatReading(value, 'V').number.length))).toEqual(new Set([6]));
    const places = [0, -123.456, 99.9996, NaN];
    expect(new Set(places.map((value) => formatReading(value, 'mm').number.length))).toEqual(new Set([8]));
    const uncertain = [0.5, 4, 40].map((sigma) => formatReading(123.4, 'V', sigma).number.length);
    expect(new Set(uncertain)).toEqual(new Set([6]));
  });

  it('writes no digit below the second one of its sigma', () => {
    expect(formatReading(1.2034e-3, 'V', 21e-6)).toMatchObject({sigma: '±0.021', unit: 'mV'});
    expect(formatReading(12.3456, 'mm', 0.42).text).toBe('12.35 ±0.42\u202fmm');
    expect(formatReading(12.3456, 'mm', 42).text).toBe('12 ±42\u202fmm');
  });

  it('shares a prefix of its unit', () => {
    expect(scaledUnit(4.2e-4, 'V').unit).toBe('µV');
    expect(scaledUnit(4.2e-4, 'mm')).toEqual({factor: 1, unit: 'mm'});
  });
});

describe('ticks', () => {
  it('lie at nice numbers inside the range', () => {
    expect(niceStep(10, 5)).toBe(2);
    expect(linearTicks(-20, 20, 4).labels).toEqual(['\u221220', '\u221210', '0', '10', '20']);
    expect(linearTicks(0, 0.5, 5).labels).toEqual(['0.0', '0.1', '0.2', '0.3', '0.4', '0.5']);
    expect(linearTicks(1, 1, 5).values).toEqual([]);
  });

  it('follow decades under log', () => {
    expect(logTicks(1e-5, 1, 6).values).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(logTicks(1, 100, 12).values).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logTicks(2, 4, 5).values.length).toBeGreaterThan(2);
    expect(logTicks(-1, 4, 5).values).toEqual([]);
  });
});

describe('the interval of a rate', () => {
  it('is that of Wilson', () => {
    const {rate, low, high} = wilsonInterval(8, 10);
    expect(rate).toBe(0.8);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(0, 20).low).toBe(0);
    expect(wilsonInterval(0, 20).high).toBeCloseTo(0.1611, 4);
    expect(wilsonInterval(0, 0)).toEqual({rate: NaN, low: 0, high: 1});
  });
});
