import {expect, test} from 'vitest';
import {assertBeam} from '../../../src/host/guide/beam-step.ts';
import type {MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {beamPowers} from '../../../src/twin/alignment/beam-profile.ts';

const side = 17;
const xMm = Float64Array.from({length: side ** 2}, (_, i) => 4 * (i % side) - 32);
const yMm = Float64Array.from({length: side ** 2}, (_, i) => 4 * Math.floor(i / side) - 32);
const beam = beamPowers({centerXMm: 1, centerYMm: -2, radiusMm: 39, peak: 0.01}, xMm, yMm);
const planeOf = (values: Float64Array): MeasuredPlane => ({
  label: 'open frame',
  object: null,
  xMm,
  yMm,
  values,
  sigma: values.map(() => 1e-6),
});

test('takes a free beam, also a narrow one', () => {
  expect(() => assertBeam(planeOf(beam))).not.toThrow();
  const narrow = beamPowers({centerXMm: 0, centerYMm: 0, radiusMm: 6, peak: 0.01}, xMm, yMm);
  expect(() => assertBeam(planeOf(narrow))).not.toThrow();
});

test('refuses no light, a flat plane and a saturated one, each in words for the bench', () => {
  expect(() => assertBeam(planeOf(beam.map((value) => value * 1e-4)))).toThrow(
    /shows no light.*nothing of this step counts/,
  );
  expect(() => assertBeam(planeOf(beam.map((_, i) => 0.01 + 1e-8 * i)))).toThrow(/is flat/);
  expect(() => assertBeam(planeOf(beam.map((value) => Math.min(value, 0.006))))).toThrow(
    /is saturated: \d+ points/,
  );
});
