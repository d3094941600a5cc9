import {readFileSync, readdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {prepareFolders, runCell, type Killed} from './cell.ts';
import {createKinds, type Kind} from './kinds.ts';
import {positions, type KindName} from './positions.ts';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

test('every position of the source is one of the list, and the other way round', () => {
  const labels = readdirSync(source, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(source, name), 'utf8').matchAll(/\/\/ @position (\S+)/g)])
    .map(([, name]) => name);
  expect([...new Set(labels)].sort()).toEqual(positions.map(({name}) => name).sort());
  // Each is tried by some kind of work.
  expect(positions.filter(({tried}) => Object.keys(tried).length === 0)).toEqual([]);
});

const scratch = mkdtempSync(join(tmpdir(), 'd2nn-crash-'));
let kinds: Readonly<Record<KindName, Kind>>;
let folderOf: (kind: Kind) => string;
beforeAll(async () => {
  kinds = await createKinds(scratch);
  folderOf = await prepareFolders(scratch, Object.values(kinds));
});
afterAll(() => rmSync(scratch, {recursive: true, force: true}));

// All cells: npm run test:crash.
test.concurrent.for<[KindName, string, number, Killed]>([
  ['scan', 'run.point-stored', 13, 'command line'],
  ['scan', 'virtual.asked', 260, 'virtual bench'],
  ['correction by mounts', 'correction.plate-moved', 1, 'command line'],
  ['training', 'training.arrays-written', 1, 'worker'],
  ['alignment', 'alignment.planes-stored', 1, 'command line'],
  ['export', 'file.draft-safe', 1, 'command line'],
  ['migration', 'migration.step-uncommitted', 3, 'command line'],
  ['settings write', 'file.draft-begun', 1, 'command line'],
])('%s, ended at %s (%d): the %s', async ([kindName, name, count, killed], {expect: own}) => {
  const position = positions.find((one) => one.name === name);
  const kind = kinds[kindName];
  if (!position) throw new Error(`There is no position ${name}.`);
  const {problems} = await runCell(
    {kind, position, count, killed},
    {scratch, before: folderOf(kind), isDoneAgain: false},
  );
  own(problems).toEqual([]);
});
