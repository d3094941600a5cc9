import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {settingsSchema, type Settings} from '../../../src/contract/api/index.ts';
import {createBackupKeeper, type BackupKeeper} from '../../../src/host/backups/backup-keeper.ts';
import type {HostLog} from '../../../src/host/services.ts';
import {listBackups} from '../../../src/host/store/backup.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {writeRun} from '../store/sample-run.ts';

let folder: string;
let store: Store;
let settings: Settings;
let lines: Parameters<HostLog['add']>[0][];
/** Monotonic time of the keepers. */
let nowMs: number;
const keepers: BackupKeeper[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-keeper-'));
  store = openStore(join(folder, 'bench.sqlite'));
  settings = settingsSchema.parse({backupEveryHours: 24});
  lines = [];
  nowMs = 1e6;
});
afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper[Symbol.dispose]();
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

function startKeeper(): BackupKeeper {
  const keeper = createBackupKeeper(
    {
      data: {path: folder, databasePath: store.path, reportFolder: folder},
      settings: {get: () => settings, change: () => Promise.resolve(settings)},
      log: {add: (line) => void lines.push(line)},
    },
    {nowMs: () => nowMs, lookMs: 5},
  );
  keepers.push(keeper);
  return keeper;
}

const backups = () => listBackups(join(folder, 'backups'));
/** Until the timer has made (or failed to make) so many. */
const noted = (count: number): Promise<void> => vi.waitFor(() => expect(lines).toHaveLength(count), 60_000);

test('the timer makes a checked backup while a run measures, and the next one when it is due', async () => {
  const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  writeRun(store.recorder(session.uid), {pointCount: 300, isStopped: false});
  const keeper = startKeeper();
  keeper.startTimer();
  await noted(1);
  expect(lines[0]).toMatchObject({
    level: 'info',
    text: expect.stringMatching(/^Backup by the timer .* checked\.$/) as string,
  });
  expect(backups()).toHaveLength(1);
  expect(keeper.last).toMatchObject({isTimed: true, path: backups()[0].path, problem: ''});
  expect(Date.parse(keeper.nextUtc ?? '') - Date.now()).toBeGreaterThan(23 * 3.6e6);
  const pages = openStore(backups()[0].path, {readOnly: true});
  expect(pages.verify()).toMatchObject({pointCount: 300, damageCount: 0});
  pages.close();

  // A minute before it is due, and a look later, there is still one.
  nowMs += 24 * 3.6e6 - 60_000;
  const due = keeper.nextUtc;
  expect(Date.parse(due ?? '') - Date.now()).toBeLessThan(61_000);
  expect(keeper.work).toBeNull();
  // Backups are named by the second of their beginning.
  const madeS = backups()[0].timeS;
  await vi.waitFor(() => expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(madeS), 60_000);
  nowMs += 61_000;
  await noted(2);
  expect(keeper.last).toMatchObject({isTimed: true, problem: ''});
});

test('a start finds that one of before is young enough, and nothing is made where no time is set', async () => {
  const first = startKeeper();
  await first.backUp({});
  expect(lines).toHaveLength(1);
  const second = startKeeper();
  second.startTimer();
  expect(second.work).toBeNull();
  expect(Date.parse(second.nextUtc ?? '') - Date.now()).toBeGreaterThan(23 * 3.6e6);
  settings = {...settings, backupEveryHours: null};
  expect(second.nextUtc).toBeNull();
  // Asked for, one is made all the same, where the settings say.
  settings = {...settings, backupFolder: join(folder, 'elsewhere'), backupKeepCount: 1};
  const made = await second.backUp({});
  expect(made.path.startsWith(join(folder, 'elsewhere'))).toBe(true);
});

test('what keeps it from being made is told and seen, and it is tried again an hour later', async () => {
  // A file in the place of the folder.
  writeFileSync(join(folder, 'backups'), '');
  const keeper = startKeeper();
  keeper.startTimer();
  await noted(1);
  expect(lines[0]).toMatchObject({level: 'error', text: expect.stringContaining('was not made') as string});
  expect(keeper.last).toMatchObject({isTimed: true, path: ''});
  expect(keeper.last?.problem).not.toBe('');
  expect(Date.parse(keeper.nextUtc ?? '') - Date.now()).toBeGreaterThan(59 * 60_000);
  rmSync(join(folder, 'backups'));
  nowMs += 3.6e6 + 1;
  await noted(2);
  expect(keeper.last).toMatchObject({problem: ''});
  expect(backups()).toHaveLength(1);
});

test('one at a time, with the pages that are done; a broken-off one leaves nothing', async () => {
  const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
  writeRun(store.recorder(session.uid), {pointCount: 300});
  const keeper = startKeeper();
  const making = keeper.backUp({});
  expect(keeper.work).toMatchObject({kind: 'backup', isTimed: false});
  await expect(keeper.backUp({})).rejects.toMatchObject({code: 'bench/busy'});
  const made = await making;
  expect(made).toMatchObject({pointCount: 300, damageCount: 0});
  expect(keeper.work).toBeNull();

  const controller = new AbortController();
  const broken = keeper.backUp({folder: join(folder, 'other'), signal: controller.signal});
  controller.abort(new Error('not now'));
  await expect(broken).rejects.toThrow('not now');
  expect(existsSync(join(folder, 'other')) ? listBackups(join(folder, 'other')) : []).toEqual([]);
  expect(keeper.work).toBeNull();
});
