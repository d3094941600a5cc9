import {writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import {parseParameter, readParameter} from '../../src/twin/alignment/parameters.ts';
import {createPlanesFolder, smallBenchFree, type PlanesFolder} from '../host/alignment/planes-folder.ts';
import {errorOf, jsonOf, runCli, type CliResult} from './run-cli.ts';

let folder: PlanesFolder;
let dataFolder: string;
let planes: string;
beforeAll(async () => {
  folder = await createPlanesFolder();
  dataFolder = join(folder.path, 'data');
  planes = folder.write('planes', {}, folder.measured);
});
afterAll(() => folder[Symbol.dispose]());

const align = (path: string, ...args: string[]): Promise<CliResult> =>
  runCli(['align', '--data', path, '--json', ...args], dataFolder);

describe('align --data', () => {
  it('finds where the plates of a folder of planes stand', async () => {
    const free = `--free=${smallBenchFree.join(',')}`;
    const result = jsonOf(await align(planes, free)) as AlignmentResult;
    expect(result).toMatchObject({verdict: 'trusted', reasons: [], origin: 'object'});
    for (const {name, value, sigma, identifiable} of result.parameters) {
      const error = value - readParameter(folder.truth, parseParameter(name, 2));
      expect(Math.abs(error) / (sigma ?? NaN), name).toBeLessThan(4.5);
      expect(identifiable, name).toBe(true);
    }
    expect(result.after.correlation).toBeGreaterThan(0.995);
    expect(result.placement.layers).toHaveLength(2);
  });

  it.each<[string, () => string, RegExp]>([
    ['no folder', () => join(folder.path, 'nowhere'), /data\.json cannot be read/],
    ['a field too many', () => folder.write('more', {colour: 1}), /colour/],
    [
      'a plate too many',
      () =>
        folder.write('plate', {planes: [{label: 'a', object: 'mnist:7:1', measured: 'x.npy', plates: [3]}]}),
      /plate 3; the design has 2/,
    ],
    ['a plane that is missing', () => folder.write('missing', {}), /object-0\.npy cannot be read/],
    [
      'another shape',
      () =>
        folder.write('shape', {scan: {x0Mm: 0, y0Mm: 0, stepMm: 1, columns: 14, rows: 15}}, [
          new Float64Array(225),
        ]),
      /its shape is 15 x 15, the scan has 15 rows x 14 columns/,
    ],
    [
      'no light',
      () =>
        folder.write(
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
    const scrambled = folder.measured.map((values) =>
      values.map((_, i) => values[((((i / 15) | 0) * 7 + 4) % 15) * 15 + (((i % 15) * 4 + 2) % 15)]),
    );
    // With every plate held, nothing is looked for further off: what a search comes to is tried with the search.
    const free = '--free=frame.dx,frame.dy,frame.rotation';
    const result = await align(folder.write('scrambled', {}, scrambled), free, '--orientation', 'never');
    expect(result.code).toBe(1);
    expect(JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({verdict: 'failed'});
    expect(result.stderr).toMatch(
      /error: The alignment failed: No placement explains .* No placement was stored/,
    );
  });

  it.each<[string, readonly string[], string]>([
    ['a model error above all light', ['--model-error', '2'], 'cli/usage'],
    ['a digit that is none', ['--digits', '5,eleven'], 'plan/invalid'],
    ['an alignment that is not there', ['--result', 'abc'], 'store/not-found'],
  ])('plans nothing for %s, and opens no bench', async (_, args, code) => {
    const result = await runCli(['align', 'plan', '--json', ...args], dataFolder);
    expect(result.code).toBe(code === 'cli/usage' ? 2 : 1);
    expect(errorOf(result)).toMatchObject({code});
    expect(result.stderr).not.toContain('starting the virtual bench');
  });

  it('refuses to scan anything but a plane', async () => {
    const line = '{"plan":"line","axis":"x","startMm":-5,"stopMm":5,"stepMm":1}';
    // Given as it is, and as a file where the command is run.
    const file = join(folder.path, 'line.json');
    writeFileSync(file, line);
    for (const scan of [line, relative(process.cwd(), file)]) {
      const result = await runCli(['align', '--scan', scan, '--json'], dataFolder);
      expect(errorOf(result)).toMatchObject({code: 'cli/usage'});
      expect(errorOf(result).message).toContain('has to be a grid');
    }
  });

  it('refuses a number that the bench has not, and two sources at once', async () => {
    const unknown = await align(planes, '--free', 'plate9.dx');
    expect(errorOf(unknown).message).toContain('plate9.dx');
    const both = await align(planes, '--session', 'ab');
    expect(errorOf(both)).toMatchObject({code: 'cli/usage'});
  });
});
