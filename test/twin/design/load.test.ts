import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import {createDigitRegions} from '../../../src/contract/digit-regions.ts';
import {designHash, loadDesign} from '../../../src/twin/design/load.ts';
import type {DesignFile} from '../../../src/contract/design-file.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const plate = encodeNpy({shape: [20, 20], dtype: '<f4', re: new Float32Array(400).fill(0.25)});

function designFile(
  change: (file: Record<string, unknown>) => void = () => undefined,
): Map<string, Uint8Array> {
  const file: DesignFile = {
    format: 'd2nn-bench/design',
    version: 1,
    name: 'test',
    contentHash: '',
    frequencyHz: 4e11,
    grid: {count: 20, pitchMm: 0.4},
    illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
    object: {kind: 'binary-mask', imageCount: 28, sideMm: 6, interpolation: 'bilinear', threshold: 0.5},
    layers: [
      {
        heightMap: 'layer-1.npy',
        sha256: sha256(plate),
        zMm: 10,
        baseMm: 0.5,
        pitchMm: 0.4,
        refractiveIndex: 1.7,
        extinction: 0.03,
        reliefFaces: 'detector',
        levels: null,
      },
    ],
    detector: {zMm: 20, regions: createDigitRegions(8, 0.8)},
  };
  const content = structuredClone(file) as unknown as Record<string, unknown>;
  change(content);
  if (content.contentHash === '') content.contentHash = designHash(content as unknown as DesignFile, sha256);
  return new Map([
    ['design.json', new TextEncoder().encode(JSON.stringify(content))],
    ['layer-1.npy', plate],
  ]);
}
const load = (files: Map<string, Uint8Array>) =>
  loadDesign(async (name) => files.get(name) ?? Promise.reject(new Error(`no ${name}`)), sha256);

describe('a design folder', () => {
  it('is read with its plates', async () => {
    const design = await load(designFile());
    expect(design.layers[0].grid).toEqual({count: 20, pitchMm: 0.4});
    expect(design.layers[0].values[7]).toBe(0.25);
  });

  it.each<[string, RegExp, (file: Record<string, unknown>) => void]>([
    ['a missing field', /field detector.zMm/, (f) => delete (f.detector as Record<string, unknown>).zMm],
    ['an unknown field', /Unrecognized key/, (f) => (f.gapMm = 30)],
    ['a later version', /field version/, (f) => (f.version = 2)],
    ['plates out of order', /field layers.0.zMm/, (f) => ((f.layers as {zMm: number}[])[0].zMm = 0)],
    [
      'a detector before the plates',
      /field detector.zMm: 5 mm/,
      (f) => ((f.detector as {zMm: number}).zMm = 5),
    ],
    [
      'a region beyond the plane',
      /region 4 reaches/,
      (f) => ((f.detector as {regions: {centerXMm: number}[]}).regions[4].centerXMm = 4),
    ],
    ['a frequency in GHz', /field frequencyHz: 400 is not from 1000000000/, (f) => (f.frequencyHz = 400)],
    [
      'heights above its levels (micrometres, or another plate)',
      /layer-1\.npy: its largest value is 0\.25; heights are at most 0\.2 mm/,
      (f) => ((f.layers as {levels: unknown}[])[0].levels = {count: 16, maximumMm: 0.2}),
    ],
    [
      'heights that reach the next part',
      /layer-1\.npy: its largest value is 0\.25; heights are at most 0\.1 mm \(the next part/,
      (f) => ((f.detector as {zMm: number}).zMm = 10.1),
    ],
    [
      'plates that cannot be held',
      /samples together; at most/,
      (f) => {
        f.grid = {count: 4096, pitchMm: 0.4};
        f.layers = Array.from({length: 10}, (_, i) => ({...(f.layers as object[])[0], zMm: 1 + i}));
      },
    ],
    ['a changed content', /contentHash/, (f) => (f.contentHash = `sha256:${'0'.repeat(64)}`)],
  ])('is refused for %s, naming it', async (_, message, change) => {
    await expect(load(designFile(change))).rejects.toMatchObject({code: 'file/invalid'});
    await expect(load(designFile(change))).rejects.toThrow(message);
  });

  it.each<[string, RegExp, Uint8Array]>([
    [
      'NaN',
      /row 3, column 7 is NaN/,
      encodeNpy({shape: [20, 20], dtype: '<f4', re: new Float32Array(400).fill(0).with(67, Number.NaN)}),
    ],
    [
      'a wrong shape',
      /shape is 10 x 40/,
      encodeNpy({shape: [10, 40], dtype: '<f4', re: new Float32Array(400)}),
    ],
    ['rubbish', /does not begin/, new Uint8Array(30)],
  ])('is refused for a height map with %s', async (_, message, bytes) => {
    const files = designFile((file) => ((file.layers as {sha256: string}[])[0].sha256 = sha256(bytes)));
    files.set('layer-1.npy', bytes);
    await expect(load(files)).rejects.toThrow(message);
  });

  it('asks for files of its folder by fixed names only', async () => {
    const files = designFile();
    const asked: string[] = [];
    const read = (name: string): Promise<Uint8Array> => {
      asked.push(name);
      return Promise.resolve(files.get(name) ?? new Uint8Array());
    };
    await loadDesign(read, sha256);
    expect(asked).toEqual(['design.json', 'layer-1.npy']);
    const elsewhere = designFile((file) => ((file.layers as {file: string}[])[0].file = '../../secret.npy'));
    await expect(load(elsewhere)).rejects.toThrow(/Unrecognized key/);
  });

  it('is refused when a plate is not the one it was made with', async () => {
    const files = designFile();
    files.set('layer-1.npy', encodeNpy({shape: [20, 20], dtype: '<f4', re: new Float32Array(400).fill(0.5)}));
    await expect(load(files)).rejects.toThrow(/SHA-256/);
  });
});

describe('masks of a design', () => {
  const half = Float32Array.from({length: 400}, (_, i) => i % 2);
  const zero = encodeNpy({shape: [20, 20], dtype: '<f4', re: new Float32Array(400)});
  type Layers = Record<string, unknown>[];
  const files = (re: Float32Array, change: object = {}, heights = zero): Map<string, Uint8Array> => {
    const bytes = encodeNpy({shape: [20, 20], dtype: '<f4', re});
    const mask = {transmissionMap: 'mask.npy', sha256: sha256(bytes), levels: 2};
    const made = designFile((file) => {
      const [layer] = file.layers as Layers;
      Object.assign(layer, {neurons: 'amplitude', mask, sha256: sha256(heights)}, change);
    });
    return made.set('mask.npy', bytes).set('layer-1.npy', heights);
  };

  it('are read beside the heights, and count for the hash of the design', async () => {
    const {masks, file} = await load(files(half));
    expect(masks?.[0]?.values).toEqual(half);
    expect(file.contentHash).not.toBe((await load(designFile())).file.contentHash);
    expect(await load(designFile())).not.toHaveProperty('masks');
    await expect(load(files(half).set('mask.npy', zero))).rejects.toThrow(/mask\.npy: its SHA-256/);
  });

  it('are refused where they cannot be meant', async () => {
    const grey = half.map((value) => value / 2);
    await expect(load(files(grey))).rejects.toThrow(/mask\.npy: its value 0\.5 is on none of the 2 levels/);
    await expect(load(files(half.map((value) => 255 * value)))).rejects.toThrow(/from 0 \(closed\) to 1/);
    await expect(load(files(new Float32Array(400)))).rejects.toThrow(/all its values are 0/);
    await expect(load(files(half, {neurons: 'phase'}))).rejects.toThrow(/those of phase neurons have none/);
    await expect(load(files(half, {}, plate))).rejects.toThrow(
      /have no relief, and its heights are not all 0/,
    );
  });
});
