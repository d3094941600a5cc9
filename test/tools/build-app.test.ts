import {spawnSync} from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';

interface Builder {
  buildApp(options: {
    root?: string;
    outputFolder?: string;
    isLazy?: boolean;
  }): Promise<{isBuilt: boolean; moduleCount: number}>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
let place: string;
let builder: Builder;

/** Runs a built module with nothing of the source tree in reach. */
function run(...args: string[]): {status: number | null; stdout: string; stderr: string} {
  return spawnSync(process.execPath, ['--no-experimental-strip-types', ...args], {
    cwd: place,
    encoding: 'utf8',
    env: {...process.env, D2NN_BENCH_DATA: join(place, 'data'), D2NN_BENCH_VIRTUAL: 'thread', NO_COLOR: '1'},
    timeout: 240_000,
  });
}

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'd2nn-build-'));
  builder = (await import(pathToFileURL(join(root, 'tools/build-app.mjs')).href)) as Builder;
  await builder.buildApp({outputFolder: join(place, 'dist')});
  // As a package has it: the build, package.json, designs and the packages; no src.
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  symlinkSync(join(root, 'designs'), join(place, 'designs'), 'junction');
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction');
});
afterAll(() => rmSync(place, {recursive: true, force: true}));

test('writes one module of plain JavaScript for each source, none that imports a .ts file', () => {
  for (const path of ['src/host/compose', 'src/main/index', 'src/virtual/thread', 'drivers/index'])
    expect([path, existsSync(join(place, 'dist/node', `${path}.js`))]).toEqual([path, true]);
  expect(existsSync(join(place, 'dist/node/src/renderer'))).toBe(false);
  const compose = readFileSync(join(place, 'dist/node/src/host/compose.js'), 'utf8');
  expect(compose).not.toMatch(/(from|import\()\s*["'][^"']+\.ts["']/);
});

test('makes the preload one CommonJS file that asks for nothing but Electron', () => {
  const preload = readFileSync(join(place, 'dist/preload/preload.cjs'), 'utf8');
  expect([...preload.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)).toEqual(['electron']);
  expect(preload).not.toMatch(/^\s*(import|export)\s/m);
  expect(preload).toContain('exposeInMainWorld("d2nnShell"');
});

test('builds again when a source has changed, and only then', async () => {
  const small = join(place, 'small');
  mkdirSync(join(small, 'src/main'), {recursive: true});
  writeFileSync(
    join(small, 'src/main/preload.ts'),
    'import {ipcRenderer} from "electron"; ipcRenderer.send("x");',
  );
  const source = join(small, 'src/one.ts');
  writeFileSync(
    source,
    "import type {A} from './two.ts';\nimport {b} from './two.ts';\nexport const one: A = b;\n",
  );
  const build = () => builder.buildApp({root: small, isLazy: true});
  expect(await build()).toEqual({isBuilt: true, moduleCount: 2});
  expect(readFileSync(join(small, 'dist/node/src/one.js'), 'utf8')).toBe(
    'import { b } from "./two.js";\nexport const one = b;\n',
  );
  expect(await build()).toEqual({isBuilt: false, moduleCount: 0});
  writeFileSync(source, 'export const one = 1;\n');
  expect(await build()).toEqual({isBuilt: true, moduleCount: 2});
  writeFileSync(source, 'export const = 1;\n');
  await expect(build()).rejects.toThrow('one.ts cannot be read as TypeScript');
  expect(readFileSync(join(small, 'dist/node/src/one.js'), 'utf8')).toBe('export const one = 1;\n');
});

test('the built command line runs under plain Node', () => {
  const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string};
  const asked = run('dist/node/src/cli/main.js', '--version');
  expect(asked).toMatchObject({status: 0, stdout: `${version}\n`});
  const doctor = run('dist/node/src/cli/main.js', 'doctor');
  expect([doctor.status, doctor.stderr]).toEqual([0, '']);
  expect(doctor.stdout).toMatch(/database +ok/);
});

test('the built virtual bench runs in a thread, with its worker and its design', () => {
  const program = `
    const {startVirtualBench} = await import('./dist/node/src/virtual/spawn.js');
    const bench = await startVirtualBench({speed: Infinity});
    await bench.blockBeam();
    process.stdout.write(JSON.stringify({pid: bench.pid ?? null, roles: bench.instruments.map(({role}) => role)}));
    await bench[Symbol.asyncDispose]();
  `;
  const {status, stdout, stderr} = run('--input-type=module', '-e', program);
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({pid: null, roles: ['lockin', 'stage', 'source']});
});
