import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {decodeNpy} from '../../../src/base/npy.ts';
import type {RunStart} from '../../../src/contract/run-records.ts';
import {
  csvFrom,
  assertExportable,
  pointsFileFrom,
  writePoints,
} from '../../../src/host/scan/export-points.ts';
import type {StoredPoints, StoredRun} from '../../../src/host/store/run-reading.ts';

const exportPoints = (path: string, of: StoredRun, data: StoredPoints, quantity: 'x' | 'r'): Promise<void> =>
  writePoints(path, pointsFileFrom(of, data, {format: path.endsWith('.npy') ? 'npy' : 'csv', quantity}));

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

test('a run that measured its cells several times has their mean in the .npy, and every pass in the .csv', () => {
  const start: RunStart = {...withoutGrid, shape: [1, 2], num_points: 4};
  const averaged: StoredRun = {start, descriptors: [], pointCounts: {primary: 3}};
  const taken: StoredPoints = {
    ...points,
    count: 3,
    timeS: column(0, 1, 2),
    data: {
      row: column(0, 0, 0),
      column: column(0, 1, 0),
      x_mm: column(0, 1, 0),
      y_mm: column(0, 0, 0),
      z_mm: column(-0.09, -0.09, 0.09),
      pass: column(0, 0, 1),
      x_v: column(1, 5, 3),
      y_v: column(0, 0, 0),
      r_v: column(1, 5, 3),
      theta_deg: column(179, 0.1, -179),
    },
  };
  const planeOf = (quantity: string): readonly number[] => [
    ...decodeNpy(pointsFileFrom(averaged, taken, {format: 'npy', quantity}).content).re,
  ];
  expect(planeOf('x')).toEqual([2, 5]);
  // The mean of directions: half-way round the back, not 0.
  expect(Math.abs(planeOf('theta')[0])).toBeCloseTo(180, 9);
  expect(planeOf('theta')[1]).toBe(0.1);
  const [titles, ...lines] = csvFrom(averaged, taken)
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  expect(titles).toBe('x (mm),y (mm),z (mm),X (V),Y (V),R (V),theta (deg),pass');
  expect(lines[2]).toBe('0,0,0.09,3,0,3,-179,1');
  expect(csvFrom(averaged, taken)).toContain('3 points of 4 places are kept');
});

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

const stopOf = (exitStatus: 'success' | 'fail'): NonNullable<StoredRun['stop']> => ({
  uid: 'stop',
  run_start: 'u1',
  time: 9,
  exit_status: exitStatus,
  reason: exitStatus === 'fail' ? 'The lock-in did not answer\nwithin 2 s.' : '',
  num_events: {primary: 5},
});

test('what is kept of a run that ended badly is written, headed with how it ended', async () => {
  const path = join(folder, 'p.csv');
  await exportPoints(path, {...run, stop: stopOf('fail')}, points, 'x');
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(/^# started .*, ended as fail: The lock-in did not answer within 2 s\.$/m);
  expect(text).toMatch(/^# NOT WHOLE: .* 5 points of 6 places are kept$/m);
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toHaveLength(1 + 5);
  // Without any point there is still the head, which says why.
  await exportPoints(path, {...run, stop: stopOf('fail')}, {...points, count: 0}, 'x');
  expect(readFileSync(path, 'utf8')).toContain('0 points of 6 places are kept');
});

test('a spreadsheet finds no formula in the comments of a .csv, whatever was answered', () => {
  const reason = 'The lock-in answered "1,=HYPERLINK(""http://x"");@SUM(1),-2+cmd|\' /C calc\'!A0".';
  const text = csvFrom(
    {...run, start: {...start, plan_args: {at: [-1, -2.5e-3]}}, stop: {...stopOf('fail'), reason}},
    points,
  );
  const comments = text.split('\n').filter((line) => line.startsWith('#'));
  expect(comments.join('\n')).toContain('HYPERLINK');
  for (const cell of comments.flatMap((line) => line.split(/[,;\t]/)))
    expect([cell, /^\s*"*(?:[=+@]|-.*[^-\d.e\]}])/.test(cell)]).toEqual([cell, false]);
  // Numbers of the plan are those of the plan.
  expect(text).toContain('{"at":[-1,-0.0025]}');
});

test('an .npy of such a run has a text beside it that says so, and a whole one has none', async () => {
  const path = join(folder, 'p.npy');
  await exportPoints(path, {...run, stop: stopOf('fail')}, points, 'x');
  expect([...decodeNpy(new Uint8Array(readFileSync(path))).re]).toEqual([1, 2, 3, NaN, 5, 4]);
  expect(readFileSync(`${path}.txt`, 'utf8')).toMatch(/ended as fail: The lock-in did not answer within 2 s/);
  await exportPoints(path, {...run, stop: stopOf('success')}, points, 'x');
  expect(existsSync(`${path}.txt`)).toBe(false);
});

test('a file that could not be written is refused before, and what stands at its place is not touched', async () => {
  const grid = {plan: 'grid', widthMm: 1, heightMm: 1, stepMm: 1} as Parameters<typeof assertExportable>[1];
  const kept = join(folder, 'kept.csv');
  writeFileSync(kept, 'as before');
  await assertExportable(kept, grid);
  expect(readFileSync(kept, 'utf8')).toBe('as before');
  mkdirSync(join(folder, 'folder.csv'));
  for (const path of [
    join(folder, 'none', 'p.csv'),
    join(folder, 'folder.csv'),
    join(folder, `${'a'.repeat(252)}.csv`),
  ])
    await expect(assertExportable(path, grid)).rejects.toMatchObject({
      code: 'file/invalid',
      message: expect.stringContaining('Nothing was moved') as string,
    });
  expect(existsSync(`${kept}.new`)).toBe(false);
});

test('points in doubt are marked in a .csv and have no number in an .npy', async () => {
  const doubtful = {
    points: {primary: [4, 5]},
    why: 'RF output is off instead of on.',
    is_changed: true,
  } as const;
  const stop = {
    uid: 's',
    run_start: 'u1',
    time: 9,
    exit_status: 'fail',
    reason: 'changed',
    num_events: {primary: 5},
  } as const;
  const doubted: StoredRun = {...run, stop: {...stop, doubtful}};
  const path = join(folder, 'p.npy');
  await exportPoints(path, doubted, points, 'x');
  expect([...decodeNpy(new Uint8Array(readFileSync(path))).re]).toEqual([1, 2, 3, NaN, NaN, NaN]);
  const lines = csvFrom(doubted, points).trim().split('\n');
  expect(lines).toContain('# IN DOUBT: points 4 to 5 of "primary": RF output is off instead of on.');
  const rows = lines.filter((line) => !line.startsWith('#'));
  expect(rows[0].endsWith(',in doubt')).toBe(true);
  expect(rows.slice(1).map((row) => row.split(',').at(-1))).toEqual(['0', '0', '0', '1', '1']);
  // A run that ended before a look, with nothing found wrong, is told and not marked.
  const unlooked: StoredRun = {...run, stop: {...stop, doubtful: {...doubtful, is_changed: false}}};
  expect(csvFrom(unlooked, points)).toContain('# not looked after: points 4 to 5');
  expect(csvFrom(unlooked, points)).not.toContain(',in doubt');
});
