import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import {benchErrorFrom} from '../../../src/contract/errors.ts';
import {readAlignmentData} from '../../../src/host/alignment/align-data.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';

const side = 8;
const mask = Array.from({length: side * side}, (_, i) => (i % 3 === 0 ? 1 : 0));
const scan = {x0Mm: -10, y0Mm: -10, stepMm: 2, columns: 11, rows: 11};
const plane = {label: '3', object: 'mask.npy', measured: 'plane.npy'};
const data = {
  format: 'd2nn-bench/planes',
  version: 1,
  design: defaultDesignFolder,
  probe: {kind: 'point'},
  noise: {additiveRatio: 0.01},
  scan,
  planes: [plane],
};

let folder: string;
const save = (name: string, count: number, values: readonly number[]): void =>
  writeFileSync(
    join(folder, name),
    encodeNpy({shape: [count, values.length / count], dtype: '<f8', re: values}),
  );
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-planes-'));
  save('mask.npy', side, mask);
  save(
    'picture.npy',
    side,
    mask.map((value) => 255 * value),
  );
  save(
    'dark.npy',
    side,
    mask.map(() => 0),
  );
  save(
    'below.npy',
    side,
    mask.map((value) => -value),
  );
  save('strip.npy', side, mask.slice(0, side * 5));
  save(
    'plane.npy',
    11,
    Array.from({length: 121}, (_, i) => 1e-6 * (1 + (i % 7))),
  );
  save(
    'other.npy',
    10,
    Array.from({length: 100}, () => 1e-6),
  );
});
afterAll(() => rmSync(folder, {recursive: true}));

const read = (changes: object): ReturnType<typeof readAlignmentData> => {
  writeFileSync(join(folder, 'data.json'), JSON.stringify({...data, ...changes}));
  return readAlignmentData(folder);
};

describe('planes of another program', () => {
  it('are read as they are described; a picture as a mask when that is said', async () => {
    const {planes} = await read({
      planes: [plane, {...plane, object: 'picture.npy', objectFullScale: 255}],
    });
    expect(planes.map(({values}) => values.length)).toEqual([121, 121]);
    expect([...(planes[1].object?.re ?? [])]).toEqual([...(planes[0].object?.re ?? [])]);
    expect([...(planes[0].object?.re ?? [])]).toEqual(mask);
  });

  it.each([
    [
      'a picture for a mask',
      {planes: [{...plane, object: 'picture.npy'}]},
      /largest value is 255.*objectFullScale/,
    ],
    ['a mask that lets nothing through', {planes: [{...plane, object: 'dark.npy'}]}, /all its values are 0/],
    ['amplitudes below zero', {planes: [{...plane, object: 'below.npy'}]}, /smallest value is -1/],
    [
      'a mask that is no square',
      {planes: [{...plane, object: 'strip.npy'}]},
      /8 x 5; a square plane is needed/,
    ],
    [
      'a plane of another scan',
      {planes: [{...plane, measured: 'other.npy'}]},
      /10 x 10, the scan has 11 rows/,
    ],
    [
      'a scan in micrometres',
      {scan: {...scan, x0Mm: -1000, stepMm: 200}},
      /runs along x from -1000 to 1000 mm/,
    ],
    ['a scan in metres', {scan: {...scan, x0Mm: -0.01, y0Mm: -0.01, stepMm: 0.002}}, /runs along x/],
    ['a scan beside the design', {scan: {...scan, y0Mm: 60}}, /runs along y from 60 to 80 mm/],
    [
      'a probe in metres',
      {probe: {kind: 'aperture', widthMm: 0.0006, heightMm: 0.0006}},
      /the probe is 0.0006 mm; .* All lengths are in mm/,
    ],
    [
      'an object in metres',
      {planes: [{...plane, objectSideMm: 0.0448}]},
      /the object of plane "3" is 0.0448 mm/,
    ],
    [
      'a beam in metres',
      {
        illumination: {
          kind: 'gaussian-beam',
          radiusMm: 0.03,
          centerXMm: 0,
          centerYMm: 0,
          curvatureRadiusMm: null,
        },
      },
      /the radius of the light is 0.03 mm/,
    ],
    ['an unknown word', {plan: 1}, /Unrecognized key: "plan"/],
  ])('are refused with what was expected: %s', async (_what, changes, message) => {
    const {code, message: text} = await read(changes).then(
      () => ({code: '', message: ''}),
      (error: unknown) => benchErrorFrom(error),
    );
    expect(code).toBe('file/invalid');
    expect(text).toMatch(message);
  });

  it('are no JSON where they are saved in another encoding', async () => {
    writeFileSync(join(folder, 'data.json'), Buffer.from(`\uFEFF${JSON.stringify(data)}`, 'utf16le'));
    await expect(readAlignmentData(folder)).rejects.toThrow(
      /saved as UTF-16 \(little-endian\); save it as UTF-8/,
    );
  });
});
