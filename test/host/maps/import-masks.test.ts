import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import {mapDesignSchema, type MapDesign} from '../../../src/contract/map-import.ts';
import {loadDesignFolder} from '../../../src/host/designs/design-folder.ts';
import {importMaps} from '../../../src/host/maps/import-maps.ts';
import {previewMaps} from '../../../src/host/maps/preview-maps.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'masks-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const side = 12;
/** Phases in turns and transmissions of the power of two plates of 12 x 12, made with NumPy. */
const stateDict = fileURLToPath(new URL('../../fixtures/maps/complex-neurons.npz', import.meta.url));

type Asked = Readonly<Record<string, unknown>>;
const lies = {orientation: {firstRow: 'top', seenFrom: 'detector'}, pitchMm: 0.5};
const geometry = {
  kind: 'new',
  count: side,
  pitchMm: 0.5,
  gapMm: 10,
  regionMm: 0.5,
  objectSideMm: 4,
};

const designOf = (asked: Asked): MapDesign => mapDesignSchema.parse({geometry, ...asked});

async function mapFile(name: string, values: ArrayLike<number>, im?: ArrayLike<number>): Promise<string> {
  const path = join(folder, name);
  const re = Float64Array.from(values);
  await writeFile(
    path,
    encodeNpy(
      im
        ? {shape: [side, side], dtype: '<c16', re, im: Float64Array.from(im)}
        : {shape: [side, side], dtype: '<f8', re},
    ),
  );
  return path;
}

const looked = (design: MapDesign) => previewMaps({sources: design.sources, design});
async function made(design: MapDesign) {
  const target = join(folder, 'designs', 'made');
  const {warnings} = await importMaps({
    design,
    name: 'made',
    folder: target,
    importedAt: '2026-11-30T00:00:00.000Z',
    command: 'import',
  });
  return {...(await loadDesignFolder(target)), warnings};
}

/** Closed but for the end of the first row of the file. */
const corner = (open: number, closed = 0): number[] =>
  Array.from({length: side * side}, (_, i) => (i === side - 1 ? open : closed));
/** Where the end of the first row lies: at the top right, so last of all. */
const last = side * side - 1;

describe('masks of maps', () => {
  it('alone are plates of amplitude neurons, and of the power they are the root', async () => {
    const path = await mapFile('power.npy', corner(0.25));
    const design = designOf({
      sources: [{path}, {path}],
      answers: {quantity: {kind: 'intensity'}, ...lies},
    });
    const {plates, problem, warnings} = await looked(design);
    expect(problem).toBe('');
    expect(plates[0]).toMatchObject({
      neurons: 'amplitude',
      from: 'power.npy',
      rounding: null,
      mask: {max: 0.5, levels: null},
    });
    expect(plates[0].mask?.passedRatio).toBeCloseTo(0.25 / side ** 2, 9);
    expect(warnings.join(' ')).toMatch(/mask of plate 1 has transmissions between open and closed/);
    const {file, layers, masks} = await made(design);
    expect(file.layers.map(({neurons, mask}) => [neurons, mask?.levels])).toEqual([
      ['amplitude', null],
      ['amplitude', null],
    ]);
    expect(masks?.[1]?.values[last]).toBe(0.5);
    expect(layers[0].values.every((height) => height === 0)).toBe(true);
    expect(file.training).toMatchObject({
      imported: {maps: [{file: 'power.npy'}, {file: 'power.npy'}], answers: {quantity: {kind: 'intensity'}}},
    });
  });

  it('of open and closed pixels can be cut, and others are rounded to that when it is asked for', async () => {
    const path = await mapFile('metal.npy', corner(255));
    const answers = {quantity: {kind: 'amplitude'}, raw: {from: [0, 255], to: [0, 1]}, ...lies};
    expect((await made(designOf({sources: [{path}], answers}))).file.layers[0].mask?.levels).toBe(2);
    const grey = await mapFile('grey.npy', corner(200, 100));
    const rounded = designOf({sources: [{path: grey}], answers, maskLevels: 2});
    const {plates, warnings} = await looked(rounded);
    expect(plates[0].mask).toMatchObject({min: 0, max: 1, levels: 2});
    expect(warnings).toEqual([]);
  });

  it('come with phases from a state dict, each array named for what it is', async () => {
    const answers = {quantity: {kind: 'phase', unit: 'turns', sign: 'delays', wrap: false}, ...lies};
    const masks = {
      sources: [{path: stateDict, arrays: ['layers.*.intensity']}],
      quantity: {kind: 'intensity'},
    };
    const design = designOf({sources: [{path: stateDict, arrays: ['layers.*.phase']}], answers, masks});
    const {plates} = await looked(design);
    expect(plates.map(({neurons, from, mask}) => [neurons, from, mask?.from])).toEqual([
      ['complex', 'complex-neurons.npz: layers.0.phase', 'complex-neurons.npz: layers.0.intensity'],
      ['complex', 'complex-neurons.npz: layers.1.phase', 'complex-neurons.npz: layers.1.intensity'],
    ]);
    const turnMm = 0.749481145 / 0.7227;
    const {layers, masks: kept, file} = await made(design);
    expect(layers[1].values[last]).toBeCloseTo(turnMm / 2, 5);
    expect(kept?.[0]?.values[last]).toBe(0.5);
    expect(kept?.[1]?.values[last]).toBeCloseTo(Math.sqrt(0.75), 6);
    expect(file.training).toMatchObject({
      imported: {
        maps: [{array: 'layers.0.phase'}, {array: 'layers.1.phase'}],
        masks: [{array: 'layers.0.intensity'}, {array: 'layers.1.intensity'}],
        maskAnswers: {quantity: {kind: 'intensity'}},
      },
    });
  });

  it('may be those of some plates only, and complex numbers give phase and modulus', async () => {
    const path = await mapFile('waves.npy', corner(0, 0.5), corner(0.5));
    const quantity = {kind: 'phase', unit: 'rad', sign: 'delays', wrap: false};
    const design = designOf({
      sources: [{path}, {path}],
      answers: {quantity, complex: 'phase', ...lies},
      masks: {
        sources: [{path, arrays: ['']}],
        quantity: {kind: 'amplitude'},
        complex: 'modulus',
        plates: [2],
      },
    });
    expect((await looked(design)).problem).toMatch(/name those of both/);
    const named = {
      ...design,
      sources: [
        {path, arrays: ['']},
        {path, arrays: ['']},
      ],
    };
    const {file, masks, layers} = await made(named);
    expect(file.layers.map(({neurons}) => neurons)).toEqual([undefined, 'complex']);
    expect(masks?.[0]).toBeNull();
    expect([...(masks?.[1]?.values ?? [])]).toEqual(new Array<number>(side * side).fill(0.5));
    expect(layers[0].values[last]).toBeCloseTo(0.749481145 / 0.7227 / 4, 6);
  });

  it('that cannot be meant are refused with the reason, and nothing is written', async () => {
    const path = await mapFile('mask.npy', corner(1));
    const other = await mapFile('other.npy', corner(0.2));
    const quantity = {kind: 'height', unit: 'mm'};
    const problemOf = async (asked: Asked): Promise<string> => (await looked(designOf(asked))).problem;
    const mask = (own: Asked): Asked => ({
      sources: [{path: other}],
      answers: {quantity, ...lies},
      masks: {sources: [{path}], quantity: {kind: 'amplitude'}, ...own},
    });
    expect(
      await problemOf({
        sources: [{path: await mapFile('high.npy', corner(1.5))}],
        answers: {quantity: {kind: 'amplitude'}, ...lies},
      }),
    ).toMatch(/its value 1.5 is no amplitude transmission.*raw values.*sigmoid/);
    expect(
      await problemOf({
        sources: [{path: await mapFile('dark.npy', corner(0))}],
        answers: {quantity: {kind: 'amplitude'}, ...lies},
      }),
    ).toMatch(/no light in it/);
    expect(
      await problemOf({
        sources: [{path: await mapFile('gaps.npy', corner(NaN))}],
        answers: {quantity: {kind: 'amplitude'}, ...lies},
      }),
    ).toMatch(/missing \(NaN\) where a plate needs a transmission/);
    expect(await problemOf(mask({plates: [2]}))).toMatch(
      /Plate 2 is to have a mask, and the maps make 1 plate/,
    );
    expect(await problemOf(mask({sources: [{path}, {path}]}))).toMatch(
      /1 plate is to have a mask.*hold 2 masks/,
    );
    expect(await problemOf({...mask({}), answers: {quantity: {kind: 'amplitude'}, ...lies}})).toMatch(
      /of which relief/,
    );
    expect(
      await problemOf({
        sources: [{path}],
        answers: {quantity: {kind: 'amplitude'}, ...lies},
        levels: {count: 4},
      }),
    ).toMatch(/masks alone have none/);
    expect(await problemOf({sources: [{path: other}], answers: {quantity, ...lies}, maskLevels: 2})).toMatch(
      /no map is one of a mask/,
    );
    await expect(made(designOf(mask({plates: [2]})))).rejects.toThrow(/Nothing was imported/);
  });
});
