import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {encodeNpy} from '../../src/base/npy.ts';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import {saveDesign} from '../../src/host/designs/design-folder.ts';
import {parseParameter, readParameter} from '../../src/twin/alignment/parameters.ts';
import {
  createMask,
  createSettings,
  displaced,
  grid,
  illumination,
  measurePlanes,
  outputZMm,
  plates,
  probe,
} from '../twin/alignment/small-bench.ts';
import {createTestFolder, errorOf, jsonOf, runCli, type CliResult, type TestFolder} from './run-cli.ts';

let folder: TestFolder;
const truth = displaced(11);
beforeAll(async () => {
  folder = createTestFolder();
  await saveDesign(
    folder.file('design'),
    {
      format: 'd2nn-bench/design',
      version: 1,
      name: 'small',
      frequencyHz: 4e11,
      grid,
      illumination,
      object: {kind: 'binary-mask', imageCount: 10, sideMm: 8, interpolation: 'nearest', threshold: 0.5},
      detector: {
        zMm: outputZMm,
        regions: [-3, 3].map((centerXMm, i) => ({
          label: `${i}`,
          centerXMm,
          centerYMm: 0,
          widthMm: 4,
          heightMm: 4,
        })),
      },
    },
    plates.map(({relief, baseMm, refractiveIndex, extinction, zMm}) => ({
      zMm,
      baseMm,
      pitchMm: grid.pitchMm,
      refractiveIndex,
      extinction,
      reliefFaces: 'detector',
      levels: null,
      heightsMm: Float32Array.from(relief.values),
    })),
  );
  const planes = measurePlanes(createSettings(3), truth, 11);
  writeData(
    'planes',
    {},
    planes.map(({values}) => values),
  );
});
afterAll(() => folder[Symbol.dispose]());

/** A folder of planes with its data.json. */
function writeData(name: string, change: object, planes: readonly Float64Array[] = []): string {
  const path = folder.file(name);
  mkdirSync(path, {recursive: true});
  planes.forEach((values, i) => {
    const {re} = createMask(i);
    writeFileSync(join(path, `plane-${i}.npy`), encodeNpy({shape: [15, 15], dtype: '<f8', re: values}));
    writeFileSync(join(path, `object-${i}.npy`), encodeNpy({shape: [10, 10], dtype: '<f8', re}));
  });
  const data = {
    format: 'd2nn-bench/planes',
    version: 1,
    design: '../design',
    probe,
    noise: {additiveRatio: 0.003, multiplicativeRatio: 0.005},
    scan: {x0Mm: -7, y0Mm: -7, stepMm: 1, columns: 15, rows: 15},
    planes: [0, 1, 2].map((i) => ({
      label: `mask ${i}`,
      object: `object-${i}.npy`,
      objectSideMm: 8,
      measured: `plane-${i}.npy`,
    })),
    ...change,
  };
  writeFileSync(join(path, 'data.json'), JSON.stringify(data));
  return path;
}
const align = (path: string, ...args: string[]): Promise<CliResult> =>
  runCli(['align', '--data', path, '--json', ...args], folder.file('data'));

describe('align --data', () => {
  it('finds where the plates of a folder of planes stand', async () => {
    const free = '--free=-beam.centerX,-beam.centerY,-beam.narrowness,-beam.curvature,-plates.n';
    const result = jsonOf(await align(folder.file('planes'), free)) as AlignmentResult;
    expect(result).toMatchObject({verdict: 'trusted', reasons: [], origin: 'object'});
    for (const {name, value, sigma, identifiable} of result.parameters) {
      const error = value - readParameter(truth, parseParameter(name, 2));
      expect(Math.abs(error) / (sigma ?? NaN), name).toBeLessThan(4.5);
      expect(identifiable, name).toBe(true);
    }
    expect(result.after.correlation).toBeGreaterThan(0.995);
    expect(result.placement.layers).toHaveLength(2);
  }, 60_000);

  it.each<[string, () => string, RegExp]>([
    ['no folder', () => folder.file('nowhere'), /data\.json cannot be read/],
    ['a field too many', () => writeData('more', {colour: 1}), /colour/],
    [
      'a plate too many',
      () => writeData('plate', {planes: [{label: 'a', object: 'mnist:7:1', measured: 'x.npy', plates: [3]}]}),
      /plate 3; the design has 2/,
    ],
    ['a plane that is missing', () => writeData('missing', {}), /object-0\.npy cannot be read/],
    [
      'another shape',
      () =>
        writeData('shape', {scan: {x0Mm: 0, y0Mm: 0, stepMm: 1, columns: 14, rows: 15}}, [
          new Float64Array(225),
        ]),
      /its shape is 15 x 15, the scan has 15 rows x 14 columns/,
    ],
    [
      'no light',
      () =>
        writeData(
          'dark',
          {},
          [0, 1, 2].map(() => new Float64Array(225)),
        ),
      /shows no light/,
    ],
  ])('refuses %s with a sentence', async (_, write, text) => {
    const result = await align(write());
    expect(result.code).not.toBe(0);
    expect(errorOf(result).message).toMatch(text);
    expect(errorOf(result).message).toMatch(/Nothing was|No placement was/);
  });

  it('ends with another code than 0 when nothing was found, and still prints what it tried', async () => {
    // Every plane with its rows in another order: light and structure, but of no bench.
    const scrambled = measurePlanes(createSettings(3), truth, 11).map(({values}) =>
      values.map((_, i) => values[((((i / 15) | 0) * 7 + 4) % 15) * 15 + (((i % 15) * 4 + 2) % 15)]),
    );
    const free = '--free=-beam.centerX,-beam.centerY,-beam.narrowness,-beam.curvature,-plates.n';
    const result = await align(writeData('scrambled', {}, scrambled), free, '--orientation', 'never');
    expect(result.code).toBe(1);
    expect(JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({verdict: 'failed'});
    expect(result.stderr).toMatch(
      /error: The alignment failed: No placement explains .* No placement was stored/,
    );
  }, 120_000);

  it.each<[string, readonly string[], string]>([
    ['a model error above all light', ['--model-error', '2'], 'cli/usage'],
    ['a digit that is none', ['--digits', '5,eleven'], 'plan/invalid'],
    ['an alignment that is not there', ['--result', 'abc'], 'store/not-found'],
  ])('plans nothing for %s, and opens no bench', async (_, args, code) => {
    const result = await runCli(['align', 'plan', '--json', ...args], folder.file('data'));
    expect(result.code).toBe(code === 'cli/usage' ? 2 : 1);
    expect(errorOf(result)).toMatchObject({code});
    expect(result.stderr).not.toContain('starting the virtual bench');
  });

  it('refuses to scan anything but a plane', async () => {
    const line = '{"plan":"line","axis":"x","startMm":-5,"stopMm":5,"stepMm":1}';
    const result = await runCli(['align', '--scan', line, '--json'], folder.file('data'));
    expect(errorOf(result)).toMatchObject({code: 'cli/usage'});
    expect(errorOf(result).message).toContain('has to be a grid');
  });

  it('refuses a number that the bench has not, and two sources at once', async () => {
    const unknown = await align(folder.file('planes'), '--free', 'plate9.dx');
    expect(errorOf(unknown).message).toContain('plate9.dx');
    const both = await align(folder.file('planes'), '--session', 'ab');
    expect(errorOf(both)).toMatchObject({code: 'cli/usage'});
  });
});
