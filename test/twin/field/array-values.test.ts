import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {NpyArray} from '../../../src/base/npy.ts';
import {
  assertField,
  assertHeights,
  assertSquare,
  transmissionFrom,
} from '../../../src/twin/field/array-values.ts';

const array = (
  values: readonly number[],
  {kind = 'real', dtype = '<f8', im}: {kind?: NpyArray['kind']; dtype?: string; im?: readonly number[]} = {},
): NpyArray => {
  const side = Math.sqrt(values.length);
  const re = Float64Array.from(values);
  return {
    shape: [side, side],
    dtype,
    kind: im ? 'complex' : kind,
    re,
    ...(im ? {im: Float64Array.from(im)} : {}),
  };
};

describe('the values of an object', () => {
  it('are amplitudes from 0 to 1, of whatever type', () => {
    expect([...transmissionFrom(array([0, 0.5, 1, 1])).re]).toEqual([0, 0.5, 1, 1]);
    expect([...transmissionFrom(array([0, 1, 1, 0], {kind: 'boolean', dtype: '|b1'})).re]).toEqual([
      0, 1, 1, 0,
    ]);
    expect([...transmissionFrom(array([0, 1, 1, 0], {kind: 'integer', dtype: '|u1'})).re]).toEqual([
      0, 1, 1, 0,
    ]);
    const {re, im} = transmissionFrom(array([0.6, 0, -1, 0], {im: [0.8, 1, 0, 0]}));
    expect([[...re], [...im]]).toEqual([
      [0.6, 0, -1, 0],
      [0.8, 1, 0, 0],
    ]);
  });

  it('of a picture are converted when that is said, and refused when not', () => {
    const picture = array([0, 255, 128, 0], {kind: 'integer', dtype: '|u1'});
    expect(() => transmissionFrom(picture, 1, '--values 0..255')).toThrow(
      /largest value is 255: amplitudes of a mask are 0 to 1; .*--values 0\.\.255/,
    );
    expect([...transmissionFrom(picture, 255).re]).toEqual([0, 1, 128 / 255, 0]);
    fc.assert(
      fc.property(fc.double({min: 1.001, max: 1e6, noNaN: true}), (fullScale) => {
        const values = array([0, fullScale, fullScale / 2, 0]);
        expect(() => transmissionFrom(values)).toThrow(/amplitudes of a mask are 0 to 1/);
        expect(Math.max(...transmissionFrom(values, fullScale).re)).toBe(1);
      }),
    );
  });

  it.each([
    ['a phase in degrees', array([0, 90, 180, 270]), /largest value is 270/],
    ['a value below zero', array([0, 1, -0.5, 0]), /smallest value is -0\.5.*complex/],
    [
      'a complex amplitude above one',
      array([1, 0, 0, 0], {im: [1, 0, 0, 0]}),
      /largest amplitude is 1\.41421/,
    ],
    ['no light at all', array([0, 0, 0, 0]), /all its values are 0/],
    ['no number', array([0, 1, Number.NaN, 0]), /row 1, column 0 is NaN/],
    ['no finite number', array([0, Infinity, 1, 0]), /row 0, column 1 is Infinity/],
    ['an imaginary part that is none', array([1, 0, 0, 0], {im: [0, 0, 0, Number.NaN]}), /row 1, column 1/],
  ])('are refused: %s', (_what, values, message) => {
    expect(() => transmissionFrom(values)).toThrow(message);
  });

  it('are a square of the asked side', () => {
    expect(() => assertSquare({shape: [28, 20]}, 28)).toThrow('its shape is 28 x 20; 28 x 28 is needed');
    expect(() => assertSquare({shape: [32, 32]}, 28)).toThrow('28 x 28 is needed');
    expect(() => assertSquare({shape: []})).toThrow('a single number; a square plane is needed');
    expect(() => assertSquare({shape: [2, 28, 28]}, 28)).toThrow('2 x 28 x 28');
    expect(() => assertSquare({shape: [28, 28]}, 28)).not.toThrow();
  });

  it('of a field may be larger than one or below zero, but not dark', () => {
    expect(() => assertField(array([-3, 4, 0, 0]))).not.toThrow();
    expect(() => assertField(array([0, 0, 0, 0], {im: [0, 0, 0, 0]}))).toThrow('no light');
  });
});

describe('heights of a plate', () => {
  const limits = {
    largestMm: 0.9722,
    largestText: 'levels.maximumMm of design.json',
    wavelengthMm: 0.75,
    refractiveIndex: 1.7227,
  };
  const heights = [0, 0.2, 0.9722, 0.5];

  it('are mm, up to what the design says; a plate may be flat', () => {
    expect(() => assertHeights(array(heights), limits)).not.toThrow();
    expect(() => assertHeights(array(heights.map(Math.fround)), limits)).not.toThrow();
    expect(() => assertHeights(array([0, 0, 0, 0]), limits)).not.toThrow();
  });

  it.each([
    [
      'micrometres',
      array(heights.map((mm) => 1000 * mm)),
      /largest value is 972\.2; heights are at most 0\.9722 mm .*another unit/,
    ],
    ['metres', array(heights.map((mm) => mm / 1000)), /heights in metres/],
    ['below zero', array([0, -0.1, 0, 0.2]), /smallest value is -0\.1 mm/],
    [
      'numbers of levels',
      array([0, 1, 0, 1], {kind: 'integer', dtype: '|u1'}),
      /values are integer \(\|u1\)/,
    ],
    ['complex', array([0, 0.1, 0, 0], {im: [0, 0, 0, 0]}), /values are complex/],
    ['not numbers', array([0, Number.NaN, 0, 0]), /row 0, column 1 is NaN/],
  ])('are refused: %s', (_what, values, message) => {
    expect(() => assertHeights(values, limits)).toThrow(message);
  });
});
