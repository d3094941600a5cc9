import {describe, expect, it} from 'vitest';
import {
  lengthMeant,
  percentText,
  signedValueText,
  sizeText,
  valueText,
} from '../../../src/renderer/features/align/value-text.ts';

describe('a value with its error bar', () => {
  it.each([
    [0.3104, 0.0196, 'mm', '0.310 ±0.020 mm'],
    [-0.4, 0.05, 'deg', '\u22120.400 ±0.050 deg'],
    [12.34, 3, 'mm', '12.3 ±3.0 mm'],
    [0.218816, 0.00053, 'mm', '0.2188 ±0.0005 mm'],
    [1.722606, 0.0000761, '1', '1.722606 ±0.000076'],
    [0.0011103973, 0.0000061609, '1/mm^2', '(1.1104 ±0.0062)·10⁻³ mm⁻²'],
    [7.4e-8, 1.56e-6, '1/mm', '(0.1 ±1.6)·10⁻⁶ mm⁻¹'],
  ] as const)('%s ±%s %s is written to the second digit of the error bar', (value, sigma, unit, text) => {
    expect(valueText(value, sigma, unit).replaceAll('\u202f', ' ')).toBe(text);
  });

  it('says a value of which nothing is known without a bar', () => {
    expect(valueText(0.5, null, 'mm')).not.toContain('±');
  });

  it('has no sign before a zero that rounding left', () => {
    expect(valueText(-0.0001, 0.02, 'mm').replaceAll('\u202f', ' ')).toBe('0.000 ±0.020 mm');
  });

  it('puts a plus before shifts towards positive axes', () => {
    expect(signedValueText(0.31, 0.02, 'mm')).toMatch(/^\+0\.310/);
    expect(signedValueText(-0.31, 0.02, 'mm')).toMatch(/^\u22120\.310/);
  });
});

it.each([
  [5, 'mm', '5 mm'],
  [0.002, '1/mm', '0.002 mm⁻¹'],
  [0.0124, 'mm', '0.012 mm'],
  [0.02, '1', '0.02'],
] as const)('a size of %s %s is written in two digits', (value, unit, text) => {
  expect(sizeText(value, unit).replaceAll('\u202f', ' ')).toBe(text);
});

describe('parts in percent', () => {
  it.each([
    [0.4764, '48 %'],
    [0.0448, '4.5 %'],
    [0.0004, '0.04 %'],
    [0.00001, 'below 0.01 %'],
    [0, '0 %'],
  ])('%s is %s', (ratio, text) => {
    expect(percentText(ratio).replaceAll('\u202f', ' ')).toBe(text);
  });
});

describe('numbers of the light as lengths', () => {
  it('tells the radius of a narrowness with the error carried over', () => {
    // r = 1 / sqrt(0.0011111) = 30 mm; sigma_r = r sigma / (2 narrowness) = 0.27 mm
    const text = lengthMeant({name: 'beam.narrowness', value: 1 / 900, sigma: 2e-5});
    expect(text.replaceAll('\u202f', ' ')).toBe('radius 30.00 ±0.27 mm');
  });

  it('calls a curvature that its error bar hides flat', () => {
    expect(lengthMeant({name: 'beam.curvature', value: 1e-7, sigma: 1e-6})).toBe(
      'as good as a flat wavefront',
    );
  });

  it('has nothing to say of a shift', () => {
    expect(lengthMeant({name: 'plate1.dx', value: 1, sigma: 0.1})).toBe('');
  });
});
