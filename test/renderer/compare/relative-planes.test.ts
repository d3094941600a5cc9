import {expect, it} from 'vitest';
import type {Comparison, Plane} from '../../../src/contract/api/index.ts';
import {comparisonCsv} from '../../../src/contract/comparison-csv.ts';
import {
  intervalText,
  metricLines,
  winnersText,
} from '../../../src/renderer/features/compare/comparison-labels.ts';
import {commonMeans, profileAt, scaledPlane} from '../../../src/renderer/features/compare/relative-planes.ts';

const plane = (values: readonly number[]): Plane => ({
  rows: 2,
  columns: 3,
  values: Float32Array.from(values),
  xMm: [-1, 1],
  yMm: [10, 12],
  unit: 'V',
});

it('takes means over the cells that both have', () => {
  const a = plane([1, 2, 3, NaN, 5, 6]);
  const b = plane([10, 20, NaN, 40, 50, 60]);
  expect(commonMeans(a, b)).toEqual({a: 3.5, b: 35, count: 4});
});

it('divides by 1 where a plane has no light at all', () => {
  const dark = plane([0, 0, 0, 0, 0, 0]);
  expect(commonMeans(dark, plane([1, 1, 1, 1, 1, 1]))).toEqual({a: 1, b: 1, count: 6});
  expect(scaledPlane(dark, 1, '').values.every(Number.isFinite)).toBe(true);
});

it('cuts the nearest row and column with their places, and nothing outside', () => {
  const a = plane([1, 2, 3, 4, 5, NaN]);
  const row = profileAt(a, 'x', {xMm: 0, yMm: 11.6}, 2);
  expect([...(row?.placeMm ?? [])]).toEqual([-1, 0, 1]);
  expect([...(row?.values ?? [])]).toEqual([2, 2.5, NaN]);
  const column = profileAt(a, 'y', {xMm: 0.9, yMm: 10});
  expect([...(column?.placeMm ?? [])]).toEqual([10, 12]);
  expect([...(column?.values ?? [])]).toEqual([3, NaN]);
  expect(profileAt(a, 'x', {xMm: 0, yMm: 20})).toBeNull();
});

const comparison: Comparison = {
  a: plane([1, 2, 3, NaN, 5, 6]),
  b: plane([1, 1, 1, 1, 1, 1]),
  difference: plane([0.1, 0, 0, NaN, -0.1, 0]),
  scatterA: new Float32Array(),
  scatterB: new Float32Array(),
  regions: [{label: '0', centerXMm: 0, centerYMm: 0, widthMm: 1, heightMm: 1}],
  sharesA: [1],
  sharesB: null,
  winnerA: '0',
  winnerB: null,
  calibratedA: null,
  calibratedB: null,
  cellCount: 5,
  pearson: {value: 0.9131, low: 0.8969, high: 0.9258},
  nrmse: {value: null, low: null, high: null},
  shareError: {value: -0.00012, low: -0.5, high: 1},
  labelA: 'run 0001, digit 7',
  labelB: 'digit 7',
  note: 'B was read\nat the points of A',
};

it('says metrics with their intervals in words', () => {
  expect(intervalText(comparison.pearson)).toBe('0.913 (0.897 to 0.926)');
  expect(intervalText(comparison.nrmse)).toBe('not defined');
  expect(intervalText(comparison.shareError, 1)).toBe('0.0 (−0.5 to 1.0)');
  expect(metricLines(comparison).map(({value}) => value)).toContain('A 0, B none: no match');
  expect(winnersText('7', '7')).toBe('7 on both: they match');
  expect(winnersText(null, null)).toBe('the scan does not cover the regions');
});

it('writes every cell with its place, and leaves empty what was not measured', () => {
  const lines = comparisonCsv(comparison).split('\r\n');
  expect(lines[0]).toBe('# A,run 0001; digit 7,unit V');
  expect(lines).toContain('# note,B was read at the points of A');
  expect(lines).toContain('# correlation,0.9131,0.8969,0.9258');
  expect(lines).toContain('# nrmse,,,');
  const cells = lines.slice(lines.indexOf('x_mm,y_mm,a,b,difference') + 1, -1);
  expect(cells).toHaveLength(6);
  expect(cells[0]).toBe('-1,10,1,1,0.1');
  expect(cells[3]).toBe('-1,12,,1,');
});
