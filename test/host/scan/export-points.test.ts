import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {decodeNpy} from '../../../src/base/npy.ts';
import type {RunStart} from '../../../src/contract/run-records.ts';
import {exportPoints} from '../../../src/host/scan/export-points.ts';
import type {StoredPoints, StoredRun} from '../../../src/host/store/run-reading.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'd2nn-export-'))));
afterEach(() => rmSync(folder, {recursive: true}));

const withoutGrid: RunStart = {
  uid: 'u1',
  time: 0,
  session_uid: 's1',
  scan_id: 4,
  plan_name: 'grid',
  plan_args: {},
  plan_type: 'generator',
  operator: 'Ada\nLovelace',
};
const start: RunStart = {...withoutGrid, shape: [2, 3]};
const run: StoredRun = {start, descriptors: [], pointCounts: {primary: 5}};
const column = (...values: number[]): Float64Array => Float64Array.from(values);
/** A snaking grid of 2 x 3 that was broken off before its last point. */
const points: StoredPoints = {
  columns: [],
  count: 5,
  damage: [],
  timeS: column(0, 1, 2, 3, 4),
  data: {
    row: column(0, 0, 0, 1, 1),
    column: column(0, 1, 2, 2, 1),
    x_mm: column(-1, 0, 1, 1, 0),
    y_mm: column(-0.5, -0.5, -0.5, 0.5, 0.5),
    x_v: column(1, 2, 3, 4, 5),
    y_v: column(0, 0, 0, 0, 0),
    r_v: column(10, 20, 30, 40, 50),
    theta_deg: column(0, 0, 0, 0, 0),
  },
};

test('an .npy holds the plane by row and column; what was not measured is NaN', async () => {
  const path = join(folder, 'p.npy');
  await exportPoints(path, run, points, 'x');
  const plane = decodeNpy(new Uint8Array(readFileSync(path)));
  expect(plane.shape).toEqual([2, 3]);
  expect([...plane.re]).toEqual([1, 2, 3, NaN, 5, 4]);
});

test('a run without a grid is a row of values', async () => {
  const path = join(folder, 'p.npy');
  await exportPoints(path, {...run, start: withoutGrid}, points, 'r');
  const values = decodeNpy(new Uint8Array(readFileSync(path)));
  expect([values.shape, [...values.re]]).toEqual([[5], [10, 20, 30, 40, 50]]);
});

test('a .csv names columns with units below comments of one line each', async () => {
  const path = join(folder, 'p.csv');
  await exportPoints(path, run, points, 'x');
  const lines = readFileSync(path, 'utf8').split('\n');
  const table = lines.filter((text) => !text.startsWith('#'));
  expect(table[0]).toBe('x (mm),y (mm),X (V),Y (V),R (V),theta (deg)');
  expect(table[4]).toBe('1,0.5,4,0,40,0');
  expect(lines.filter((text) => text.startsWith('#')).join('\n')).toContain('operator Ada Lovelace');
});
