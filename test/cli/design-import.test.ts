import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {encodeNpy} from '../../src/base/npy.ts';
import {loadDesignFolder, saveDesign} from '../../src/host/designs/design-folder.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {smallDesign} from '../host/print/small-design.ts';
import {createTestFolder, errorOf, jsonOf, runCli, type CliResult, type TestFolder} from './run-cli.ts';

const side = 16;
let folder: TestFolder;
let map: string;
beforeAll(() => {
  folder = createTestFolder();
  // Grey values of a picture: one bright corner at the end of the first row.
  const values = Float64Array.from({length: side * side}, (_, i) => (i === side - 1 ? 255 : 51));
  map = folder.file('grey.npy', encodeNpy({shape: [side, side], dtype: '<f4', re: values}));
});
afterAll(() => folder[Symbol.dispose]());

const cli = (...args: string[]): Promise<CliResult> => runCli(['design', 'import', ...args], folder.path);
const lies = ['--first-row', 'top', '--seen-from', 'detector', '--pitch-mm', '0.5'];
const small = ['--count', '16', '--plate-pitch-mm', '0.5', '--region-mm', '1', '--object-side-mm', '6'];

test('design import makes a design that opens: heights of grey values, seen from the detector', async () => {
  const out = folder.file('made');
  const result = await cli(
    map,
    '--as',
    'height',
    '--unit',
    'mm',
    '--raw',
    '0..255=0..1',
    ...lies,
    ...small,
    '--out',
    out,
  );
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr + result.stdout).toMatch(/its first row runs from top left to top right/);
  const {file, layers} = await loadDesignFolder(out);
  expect(file.training).toMatchObject({imported: {maps: [{file: 'grey.npy'}], answers: {raw: {to: [0, 1]}}}});
  expect(layers[0].values[0]).toBeCloseTo(0.2, 6);
  expect(layers[0].values[side * side - 1]).toBe(1);
});

test('design import makes plates of complex neurons of a state dict, and says which array is what', async () => {
  const out = folder.file('complex');
  const dict = fileURLToPath(new URL('../fixtures/maps/complex-neurons.npz', import.meta.url));
  const asked = [dict, '--arrays', 'layers.*.phase', '--as', 'phase', '--unit', 'turns', '--sign', 'delays'];
  const own = ['--count', '12', '--plate-pitch-mm', '0.5', '--region-mm', '0.5', '--object-side-mm', '4'];
  const masks = ['--mask-arrays', 'layers.*.intensity', '--mask-levels', '2', '--mask-plates', '2'];
  const refused = await cli(...asked, ...lies, ...own, ...masks, '--out', out);
  expect(errorOf(refused).message).toMatch(/--masks-as amplitude or intensity/);
  masks.splice(1, 1, 'layers.1.*y');
  const result = await cli(...asked, ...lies, ...own, ...masks, '--masks-as', 'intensity', '--out', out);
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr + result.stdout).toMatch(
    /plate 2 of complex-neurons\.npz: layers\.1\.phase: .*mask of complex-neurons\.npz: layers\.1\.intensity, .*open or closed/,
  );
  const {file} = await loadDesignFolder(out);
  expect(file.layers.map(({neurons, mask}) => [neurons, mask?.levels])).toEqual([
    [undefined, undefined],
    ['complex', 2],
  ]);
});

test('design import says what files hold, and which options say what it means', async () => {
  const result = await cli(map, '--json');
  expect(result.code, result.stderr).toBe(0);
  expect(jsonOf(result)).toMatchObject({arrays: [{shape: [side, side], min: 51, max: 255}], plates: []});
  expect(result.stderr).toMatch(/--as, --unit, --first-row, --seen-from, --pitch-mm/);
});

test.each([
  ['the sign of a phase', ['--as', 'phase', '--unit', 'rad', ...lies], /--sign delays/, 2],
  ['how the map lies', ['--as', 'height', '--unit', 'mm'], /--first-row, --seen-from and --pitch-mm/, 2],
  ['a unit that is none of a height', ['--as', 'height', '--unit', 'rad', ...lies], /--unit mm, um or m/, 2],
  ['an absurd height', ['--as', 'height', '--unit', 'mm', ...lies, ...small], /are they in another unit/, 1],
])(
  'design import refuses %s that is missing or wrong, and writes nothing',
  async (_, options, reason, code) => {
    const out = folder.file('refused');
    const result = await cli(map, ...options, '--out', out);
    expect(errorOf(result).message).toMatch(reason);
    expect(result.code).toBe(code);
    expect(existsSync(out)).toBe(false);
  },
);

test('design import-heights keeps a measured map for a bench and design, and says how the plate differs', async () => {
  const {file, layers} = smallDesign();
  const {count, pitchMm} = layers[0].grid;
  const designFolder = folder.file('small');
  const {format, version, frequencyHz, grid, illumination, object, detector} = file;
  const saved = await saveDesign(
    designFolder,
    {format, version, name: 'small', frequencyHz, grid, illumination, object, detector},
    file.layers.map(({zMm, baseMm, refractiveIndex, extinction, reliefFaces}, i) => ({
      ...{zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces, levels: null},
      heightsMm: Float32Array.from(layers[i].values),
    })),
  );
  let session: string;
  {
    using store = openStore(folder.file('bench.sqlite'));
    session = store.createSession({
      title: 'campaign',
      operator: '',
      benchName: 'bench',
      designHash: saved.contentHash,
    }).uid;
    for (const name of ['design.json', ...saved.layers.map(({heightMap}) => heightMap)])
      store.addArtifact({
        sessionUid: session,
        kind: 'design-file',
        name,
        mediaType: 'application/octet-stream',
        bytes: new Uint8Array(readFileSync(join(designFolder, name))),
        metadata: {designHash: saved.contentHash},
      });
  }
  const heights = Float64Array.from(layers[1].values, (value) => 1000 * (value + 0.02));
  const measured = folder.file('measured.npy', encodeNpy({shape: [count, count], dtype: '<f8', re: heights}));
  const result = await runCli(
    [
      ...['design', 'import-heights', measured, '--session', session, '--plate', '2', '--as', 'height'],
      ...['--unit', 'um', '--first-row', 'bottom', '--seen-from', 'detector', '--pitch-mm', String(pitchMm)],
      '--json',
    ],
    folder.path,
  );
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr).toMatch(/differs from its design by 0\.0200 mm RMS.*correlates by 1\.000/);
  using store = openStore(folder.file('bench.sqlite'), {readOnly: true});
  expect(store.listCalibrations('plate-heights').map(({value}) => value)).toMatchObject([
    {plate: 1, benchName: 'bench', designHash: saved.contentHash, map: {file: 'measured.npy'}},
  ]);
});
