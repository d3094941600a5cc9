import {createHash} from 'node:crypto';
import {mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import {mapDesignSchema, type MapDesign} from '../../../src/contract/map-import.ts';
import {loadDesignFolder, saveDesign} from '../../../src/host/designs/design-folder.ts';
import {importMaps} from '../../../src/host/maps/import-maps.ts';
import {previewMaps} from '../../../src/host/maps/preview-maps.ts';
import {smallDesign} from '../print/small-design.ts';

let folder: string;
let template: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maps-'));
  template = join(folder, 'template');
  const {file, layers} = smallDesign();
  const {format, version, frequencyHz, grid, illumination, object, detector} = file;
  await saveDesign(
    template,
    {format, version, frequencyHz, grid, illumination, object, detector, name: 'template'},
    file.layers.map(({zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces, levels}, i) => ({
      ...{zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces, levels},
      heightsMm: Float32Array.from(layers[i].values),
    })),
  );
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const side = 12;
/** An asymmetric relief: zero but for an L. */
const relief = Float64Array.from({length: side * side}, (_, i) =>
  i % side === 2 || (i < side && i % side < 5) ? 0.5 : 0.1,
);

async function mapFile(
  name: string,
  values: ArrayLike<number> = relief,
  shape = [side, side],
): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, encodeNpy({shape, dtype: '<f8', re: values}));
  return path;
}

type Asked = Readonly<Record<string, unknown>>;

const designOf = (paths: readonly string[], over: Asked = {}): MapDesign =>
  mapDesignSchema.parse({
    sources: paths.map((path) => ({path})),
    answers: {
      quantity: {kind: 'height', unit: 'mm'},
      orientation: {firstRow: 'bottom', seenFrom: 'detector'},
      pitchMm: 0.5,
    },
    geometry: {kind: 'like', folder: template},
    ...over,
  });

const requestOf = (design: MapDesign, name = 'from maps') => ({
  design,
  name,
  folder: join(folder, 'designs', name),
  importedAt: '2026-11-30T00:00:00.000Z',
  command: 'import',
});

describe('a design of maps', () => {
  it('has the geometry of its template, the reliefs of its files and a record of both', async () => {
    const paths = [
      await mapFile('one.npy'),
      await mapFile(
        'two.npy',
        relief.map((value) => 0.6 - value),
      ),
    ];
    const made = await importMaps(requestOf(designOf(paths)));
    const [{file, layers}, like] = [await loadDesignFolder(made.folder), await loadDesignFolder(template)];
    expect(file).toMatchObject({
      name: 'from maps',
      contentHash: made.contentHash,
      detector: like.file.detector,
    });
    expect(file.layers.map(({zMm, reliefFaces}) => [zMm, reliefFaces])).toEqual([
      [20, 'detector'],
      [40, 'source'],
    ]);
    expect([...layers[0].values]).toEqual([...Float32Array.from(relief)]);
    expect(layers[1].values[0]).toBeCloseTo(0.1, 6);
    const bytes = encodeNpy({shape: [side, side], dtype: '<f8', re: relief});
    expect(file.training).toMatchObject({
      imported: {
        at: '2026-11-30T00:00:00.000Z',
        geometry: `template (${like.file.contentHash})`,
        maps: [
          {file: 'one.npy', sha256: createHash('sha256').update(bytes).digest('hex'), array: ''},
          {file: 'two.npy'},
        ],
        answers: {quantity: {kind: 'height', unit: 'mm'}, offset: 0, fit: 'exact'},
      },
    });
    expect(await readdir(join(folder, 'designs'))).toEqual(['from maps']);
  });

  it('may be a row of like plates of its own geometry, with phases rounded to levels', async () => {
    const path = await mapFile('phases.npy', relief);
    const design = designOf([path], {
      answers: {
        quantity: {kind: 'phase', unit: 'turns', sign: 'delays', wrap: true},
        orientation: {firstRow: 'top', seenFrom: 'source'},
        pitchMm: 1,
      },
      geometry: {kind: 'new', count: side, pitchMm: 1, gapMm: 10, regionMm: 1, objectSideMm: 8},
      levels: {count: 4},
    });
    const {file, layers} = await loadDesignFolder((await importMaps(requestOf(design))).folder);
    const turnMm = 0.749481145 / 0.7227;
    expect(file).toMatchObject({grid: {count: side, pitchMm: 1}, detector: {zMm: 20}, layers: [{zMm: 10}]});
    expect(file.layers[0].levels?.maximumMm).toBeCloseTo(0.75 * turnMm, 6);
    // Half a turn is the third of four levels, a tenth the first one; seen from the source the first row ends at the left.
    const rows = layers[0].values;
    expect(rows[side * side - 1]).toBeCloseTo(turnMm / 2, 5);
    expect(rows[side * (side - 1)]).toBe(0);
  });

  it('is looked at before: what each plate would be, where its corners lie, and what the printer makes of it', async () => {
    const paths = [await mapFile('one.npy'), await mapFile('two.npy')];
    const design = designOf(paths);
    const {arrays, plates, problem, warnings} = await previewMaps({sources: design.sources, design});
    expect(problem).toBe('');
    expect(arrays[0]).toMatchObject({
      file: 'one.npy',
      shape: [side, side],
      min: 0.1,
      max: 0.5,
      missingCount: 0,
    });
    expect(plates[0]).toMatchObject({
      from: 'one.npy',
      firstNumberAt: 'bottom left',
      firstRowEndsAt: 'bottom right',
      heightCount: 2,
      heightMm: {rows: side, xMm: [-2.75, 2.75]},
    });
    expect(plates[0].maxMm).toBeCloseTo(0.5, 6);
    expect(plates[0].rounding?.rmsMm).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
    expect(await readdir(folder)).not.toContain('designs');
  });

  it('is made of the arrays of one file in the order of their numbers, or of those that are named', async () => {
    const path = new URL('../../fixtures/maps/state-dict.npz', import.meta.url).pathname;
    const answers = {
      quantity: {kind: 'height', unit: 'um'},
      orientation: {firstRow: 'top', seenFrom: 'detector'},
      pitchMm: 0.5,
      fit: 'pad-or-crop',
    };
    const both = designOf([], {sources: [{path}], answers});
    const {plates} = await previewMaps({sources: both.sources, design: both});
    expect(plates.map(({from}) => from)).toEqual([
      'state-dict.npz: layers.2.phase',
      'state-dict.npz: layers.10.phase',
    ]);
    const named = designOf([], {sources: [{path, arrays: ['layers.10.phase', 'layers.2.phase']}], answers});
    expect((await previewMaps({sources: named.sources, design: named})).plates[0].maxMm).toBeCloseTo(
      0.195,
      6,
    );
  });
});

describe('maps that cannot be meant', () => {
  const refused = async (
    values: ArrayLike<number>,
    over: Asked = {},
    shape = [side, side],
  ): Promise<string> => {
    const path = await mapFile('bad.npy', values, shape);
    const design = designOf([path, path], over);
    const {problem, plates} = await previewMaps({sources: design.sources, design});
    expect(plates).toEqual([]);
    await expect(importMaps(requestOf(design))).rejects.toThrow(problem);
    // Nothing of the import is left, not even a draft.
    expect(await readdir(join(folder, 'designs')).catch(() => [])).toEqual([]);
    return problem;
  };

  it.each([
    [
      'missing numbers',
      relief.map((value, i) => (i === 3 ? NaN : value)),
      /1 of its numbers is missing \(NaN\)/,
    ],
    ['infinite ones', relief.map((value, i) => (i === 3 ? Infinity : value)), /its number 4 is infinite/],
    ['negative heights', relief.map((value) => value - 1), /lowest height would be -0\.9 mm/],
    ['heights in another unit', relief.map((value) => 1000 * value), /are they in another unit/],
  ])('%s are refused with the file and the reason', async (_, values, reason) => {
    const problem = await refused(values);
    expect(problem).toMatch(reason);
  });

  it('are also those of another size, of three axes, or without rows and columns', async () => {
    expect(await refused(relief.subarray(0, 24), {}, [4, 6])).toMatch(/bad\.npy.*4 x 6 samples.*12 x 12/);
    expect(await refused(relief, {}, [3, 4, 12])).toMatch(/three axes \(3 x 4 x 12\)/);
    expect(await refused(relief, {}, [144])).toMatch(/a map has two axes/);
  });

  it('are plates that the printer cannot make, unless nobody prints them', async () => {
    const printer = {thinnestMm: 1};
    expect(await refused(relief, {printer})).toMatch(/0\.588 mm thick at its thinnest place.*needs 1 mm/);
    const path = await mapFile('thin.npy');
    await importMaps(requestOf(designOf([path, path], {printer: null})));
  });

  it('are more or fewer than the template has plates', async () => {
    const path = await mapFile('one.npy');
    await expect(importMaps(requestOf(designOf([path])))).rejects.toThrow(
      /template has 2 plates, and the files hold 1 map \(one\.npy\)/,
    );
  });

  it('never replace a folder that holds something', async () => {
    const path = await mapFile('one.npy');
    await expect(importMaps({...requestOf(designOf([path, path])), folder: template})).rejects.toThrow(
      /holds something already/,
    );
    expect((await loadDesignFolder(template)).file.name).toBe('template');
  });
});
