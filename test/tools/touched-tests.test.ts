import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {expect, test} from 'vitest';
import {createTestFolder} from '../cli/run-cli.ts';

interface TouchedTests {
  readImporters(folder?: string): ReadonlyMap<string, ReadonlySet<string>>;
  distancesFrom(
    changed: readonly string[],
    importers: ReadonlyMap<string, ReadonlySet<string>>,
  ): Map<string, number>;
  chooseTests(
    distances: ReadonlyMap<string, number>,
    options: {readonly budgetS: number; readonly durations?: Readonly<Record<string, number>>},
  ): {readonly chosen: readonly string[]; readonly left: readonly string[]; readonly seconds: number};
}

// The tool is plain JavaScript without declarations, so its shape is stated above.
const tool = (await import(
  pathToFileURL(join(import.meta.dirname, '..', '..', 'tools', 'touched-tests.mjs')).href
)) as TouchedTests;

test('a change reaches who imports it, through types, late imports, re-exports and workers, by the shortest way', () => {
  using folder = createTestFolder();
  const files = {
    'src/base/a.ts': 'export type A = number; export const a = 1;',
    'src/host/b.ts': "export {a} from '../base/a.ts';",
    'src/host/b-worker.ts': "import type {A} from '../base/a.ts';",
    'src/host/c.ts': "const url = moduleUrl('./b-worker.ts', import.meta.url);",
    'src/host/d.ts': "export const d = async () => (await import('./b.ts')).a;",
    'test/host/c.test.ts': "import '../../src/host/c.ts';",
    'test/host/d.test.ts': "import '../../src/host/d.ts'; import '../../src/base/a.ts';",
    'test/host/e.test.tsx': "import '../nothing.ts';",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(name)), {recursive: true});
    writeFileSync(folder.file(name), text);
  }
  const distances = tool.distancesFrom(['src/base/a.ts'], tool.readImporters(folder.path));
  expect(Object.fromEntries(distances)).toEqual({
    'src/base/a.ts': 0,
    'src/host/b.ts': 1,
    'src/host/b-worker.ts': 1,
    'test/host/d.test.ts': 1,
    'src/host/d.ts': 2,
    'src/host/c.ts': 2,
    'test/host/c.test.ts': 3,
  });
});

test('the nearest tests are taken until the time is used up; those that changed are always, and what is left is told', () => {
  const distances = new Map([
    ['test/host/changed.test.ts', 0],
    ['src/host/a.ts', 0],
    ['test/host/slow.test.ts', 1],
    ['test/host/quick.test.ts', 1],
    ['test/host/far.test.ts', 2],
  ]);
  const durations = {
    'test/host/changed.test.ts': 50,
    'test/host/slow.test.ts': 100,
    'test/host/quick.test.ts': 5,
    'test/host/far.test.ts': 6,
  };
  const {chosen, left, seconds} = tool.chooseTests(distances, {budgetS: 70, durations});
  expect(chosen).toEqual(['test/host/changed.test.ts', 'test/host/quick.test.ts', 'test/host/far.test.ts']);
  expect(left).toEqual(['test/host/slow.test.ts']);
  expect(seconds).toBeGreaterThan(61);
  expect(tool.chooseTests(distances, {budgetS: 0, durations}).chosen).toEqual(['test/host/changed.test.ts']);
});

test('the tests of a driver and of a page of the window are among the nearest to it', () => {
  const importers = tool.readImporters();
  const nearest = (file: string): readonly string[] =>
    tool.chooseTests(tool.distancesFrom([file], importers), {budgetS: 30}).chosen;
  expect(nearest('drivers/meter/keithley2000.ts')).toContain('test/drivers/keithley2000.test.ts');
  expect(nearest('src/renderer/features/scan/ScanPage.tsx')).toContain(
    'test/renderer/scan/scan-page.test.tsx',
  );
});
