import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openStore} from '../../src/host/store/open-store.ts';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, dimScene} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
  errorOf,
  jsonOf,
  runCli,
  storedRuns,
  type TestFolder,
} from './run-cli.ts';

let folder: TestFolder;
let session: string;
beforeAll(async () => {
  folder = createTestFolder();
  using small = await createSmallDesign();
  await using bench = await startVirtualBench({speed: 100, designFolder: small.folder, settings: dimScene});
  const benchFile = folder.file('bench.json', benchFileOf(bench));
  const plan = '{"plan":"grid","widthMm":2,"heightMm":2,"stepMm":1}';
  for (const title of ['Morning', 'Evening']) {
    const done = await runCli(
      ['scan', '--bench', benchFile, '--plan', plan, '--title', title, '--operator', 'Ada', '--json'],
      folder.path,
    );
    ({session} = jsonOf(done) as {session: string});
  }
});
afterAll(() => folder[Symbol.dispose]());

const run = async (...args: string[]): Promise<unknown> =>
  jsonOf(await runCli([...args, '--json'], folder.path));

interface Listed {
  readonly sessions: readonly {
    readonly title: string;
    readonly tags: string[];
    readonly isArchived: boolean;
    readonly damage: string;
  }[];
}
const titles = async (...args: string[]): Promise<string[]> =>
  ((await run('sessions', 'list', ...args)) as Listed).sessions.map(({title}) => title);

describe('sessions', () => {
  test('are listed by what they hold', async () => {
    expect(await titles()).toEqual(['Evening', 'Morning']);
    expect(await titles('--text', 'morn')).toEqual(['Morning']);
    expect(await titles('--operator', 'Bob')).toEqual([]);
    expect(await titles('--since', '2999-01-01')).toEqual([]);
    expect(await titles('--until', '2999-01-01T10:00Z', '--limit', '1')).toEqual(['Evening']);
    const {code, message} = errorOf(await runCli(['sessions', 'list', '--since', 'monday'], folder.path));
    expect([code, message]).toEqual(['cli/usage', expect.stringContaining('2026-11-29')]);
  });

  test('one whose record is damaged keeps its place in the list and is marked', async () => {
    const path = join(folder.path, 'bench.sqlite');
    const set = (details: string): string => {
      const db = new Database(path);
      const before = db
        .prepare<[string], string>('SELECT details FROM sessions WHERE uid = ?')
        .pluck()
        .get(session);
      db.prepare('UPDATE sessions SET details = ? WHERE uid = ?').run(details, session);
      db.close();
      return before ?? '';
    };
    const before = set('{"kind":"scan"');
    try {
      expect(
        ((await run('sessions', 'list')) as Listed).sessions.map(({title, damage}) => [title, damage]),
      ).toEqual([
        ['Evening', 'it is not as it was stored'],
        ['Morning', ''],
      ]);
      const {stdout} = await runCli(['sessions', 'list'], folder.path);
      expect(stdout).toMatch(/Evening \(damaged\)/);
      expect(stdout).toContain(`The record of session ${session} cannot be used`);
    } finally {
      set(before);
    }
  });

  test('take notes about themselves and their runs', async () => {
    const [{scanId, uid}] = storedRuns(folder.path).filter(({sessionUid}) => sessionUid === session);
    await run('sessions', 'note', session.slice(0, 8), 'humid today');
    await run('sessions', 'note', session, 'mask slipped', '--run', String(scanId));
    expect(await run('sessions', 'show', session)).toMatchObject({
      session: {uid: session, title: 'Evening'},
      runs: [{scanId, pointCount: 9, exitStatus: 'success'}],
    });
    // The engine writes notes too, about replies that were lost on a busy computer.
    const notes = async (): Promise<unknown> =>
      ((await run('sessions', 'show', session)) as {notes: {author: string}[]}).notes.filter(
        ({author}) => author !== 'engine',
      );
    expect(await notes()).toMatchObject([
      {text: 'humid today', runUid: null},
      {text: 'mask slipped', runUid: uid},
    ]);
    const none = await runCli(['sessions', 'note', session, 'lost', '--run', '999'], folder.path);
    expect(errorOf(none).code).toBe('store/not-found');
    expect(await notes()).toHaveLength(2);
  });

  test('take tags, another title and a place in the archive', async () => {
    await run('sessions', 'tag', session, 'wax', 'humid');
    expect(await run('sessions', 'tag', session, 'cold', '--remove', 'wax')).toMatchObject({
      tags: ['cold', 'humid'],
    });
    expect(await titles('--tag', 'cold')).toEqual(['Evening']);
    const missing = await runCli(['sessions', 'tag', session, '--remove', 'wax'], folder.path);
    expect(errorOf(missing).message).toMatch(/no tag wax; it has cold, humid/);
    await run('sessions', 'rename', session, 'Night');
    await run('sessions', 'archive', session);
    expect(await titles()).toEqual(['Morning']);
    expect(await titles('--archived')).toEqual(['Night', 'Morning']);
    await run('sessions', 'unarchive', session);
    expect(await titles()).toEqual(['Night', 'Morning']);
  });

  test('are exported whole or by run, and nothing is begun that cannot be written', async () => {
    const out = folder.file('points.csv');
    const {byteCount} = (await run('sessions', 'export', session, '--format', 'csv', '--out', out)) as {
      byteCount: number;
    };
    const text = readFileSync(out, 'utf8');
    expect(Buffer.byteLength(text)).toBe(byteCount);
    expect(text.split('\n').filter((line) => /^-?\d/.test(line))).toHaveLength(9);
    const [{scanId}] = storedRuns(folder.path).filter(({sessionUid}) => sessionUid === session);
    const lines = folder.file('run.jsonl');
    await run(
      'sessions',
      'export',
      session,
      '--format',
      'json-lines',
      '--run',
      String(scanId),
      '--out',
      lines,
    );
    expect(JSON.parse(readFileSync(lines, 'utf8').split('\n')[0])).toMatchObject([
      'start',
      {scan_id: scanId},
    ]);
    const nowhere = join(folder.path, 'missing', 'points.csv');
    const refused = await runCli(
      ['sessions', 'export', session, '--format', 'csv', '--out', nowhere],
      folder.path,
    );
    expect(errorOf(refused)).toMatchObject({
      code: 'file/invalid',
      message: expect.stringContaining('Nothing was exported') as string,
    });
    expect((await runCli(['sessions', 'export', session, '--format', 'pdf'], folder.path)).code).toBe(2);
    // A scan is no campaign.
    const report = await runCli(['report', session], folder.path);
    expect(report.code).toBe(1);
    expect(errorOf(report).message).not.toBe('');
  });
});

test('two runs are compared in figures and as a table of cells', async () => {
  const [one, other] = storedRuns(folder.path).map(({uid}) => uid);
  const out = folder.file('compared.csv');
  expect(await run('compare', one, other.slice(0, 10), '--out', out)).toMatchObject({
    cellCount: 9,
    pearson: {value: expect.any(Number) as number},
    winnerA: null,
  });
  const rows = readFileSync(out, 'utf8').trimEnd().split('\r\n');
  expect(rows.slice(rows.indexOf('x_mm,y_mm,a,b,difference') + 1)).toHaveLength(9);
  const itself = await run('compare', one, one);
  expect(itself).toMatchObject({pearson: {value: expect.closeTo(1, 9) as number}, nrmse: {value: 0}});
  expect(errorOf(await runCli(['compare', one, 'zzzz'], folder.path)).code).toBe('store/not-found');
  // No mask stood there, so nothing can be predicted.
  expect((await runCli(['compare', one], folder.path)).code).toBe(1);
});

describe('what else the data folder keeps', () => {
  test('calibrations are shown as long as they count', async () => {
    using data = createTestFolder();
    const empty = await runCli(['calibrations'], data.path);
    expect([empty.code, empty.stdout]).toEqual([0, expect.stringContaining('None counts now')]);
    {
      using store = openStore(join(data.path, 'bench.sqlite'));
      const {uid} = store.createSession({title: 'Notes', operator: 'Ada', benchName: 'north'});
      const value = {xV: 1e-6, yV: 0, readingSigmaV: null, readingCount: 10};
      store.addCalibration({kind: 'dark-level', value, sessionUid: uid, timeS: 1, validUntilS: 2});
    }
    const list = async (...args: string[]): Promise<unknown> =>
      (jsonOf(await runCli(['calibrations', ...args, '--json'], data.path)) as {calibrations: unknown})
        .calibrations;
    expect(await list()).toEqual([]);
    expect(await list('--all')).toMatchObject([{kind: 'dark-level', benchName: 'north', status: 'expired'}]);
    expect(await list('--all', '--kind', 'placement')).toEqual([]);
  });

  test('settings are changed one by one, and a value that does not fit changes nothing', async () => {
    await run('settings', 'set', 'calibrationHours.axisScale', '24');
    await run('settings', 'set', 'operator', 'Ada');
    const settings = {operator: 'Ada', calibrationHours: {axisScale: 24, placement: 168}};
    expect(await run('settings', 'show')).toMatchObject(settings);
    for (const [name, value, code] of [
      ['calibrationHours.axisScale', '-1', 1],
      ['calibrationHours.axisScale', 'soon', 2],
      ['theme', 'purple', 1],
      ['colour', 'red', 2],
    ] as const)
      expect([name, (await runCli(['settings', 'set', name, value], folder.path)).code]).toEqual([
        name,
        code,
      ]);
    expect(await run('settings', 'show')).toMatchObject(settings);
    const {entries} = (await run('audit', '--limit', '500')) as {entries: {action: string}[]};
    expect(entries.map(({action}) => action)).toEqual(
      expect.arrayContaining(['change-settings', 'change-session', 'add-note']),
    );
  });

  test('designs at hand are listed, and halt needs a running program', async () => {
    expect(await run('designs')).toMatchObject({
      designs: expect.arrayContaining([expect.objectContaining({layerCount: 5, problem: ''})]) as unknown,
    });
    expect(errorOf(await runCli(['halt'], folder.path))).toMatchObject({code: 'cli/usage'});
  });
});
