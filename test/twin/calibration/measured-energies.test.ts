import {expect, test} from 'vitest';
import {asBright} from '../../../src/twin/calibration/measured-energies.ts';

test('measured energies are as bright as computed ones, whatever their unit, and never negative', () => {
  const computed = Float64Array.of(1, 2, 5);
  expect([...asBright([3e-9, 1e-9, 4e-9], computed)]).toEqual([3, 1, 4]);
  expect([...asBright([6, 2, -1], computed)]).toEqual([6, 2, 0]);
});

test('without light they stay as they are', () => {
  expect([...asBright([0, -1], Float64Array.of(1, 2))]).toEqual([0, 0]);
  expect([...asBright([3, 4], Float64Array.of(0, 0))]).toEqual([3, 4]);
});
