import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import type {GuardReport} from '../../../src/contract/stored/guard-records.ts';
import {awaitGuards, readReports, writeReport} from '../../../src/host/guard/guard-files.ts';
import {logReports} from '../../../src/host/guard/log-reports.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-guard-'));
  store = openStore(join(folder, 'bench.sqlite'));
});
afterEach(() => {
  store[Symbol.dispose]();
  rmSync(folder, {recursive: true, force: true});
});

const reportWith = (outcome: 'safe' | 'not-proven'): GuardReport => ({
  uid: `report-${outcome}`,
  utc: outcome === 'safe' ? '2026-11-30T20:00:00.000Z' : '2026-11-30T21:00:00.000Z',
  hostId: 'h',
  host: {pid: 4711, processStart: ''},
  cause: 'died',
  silentS: 0.4,
  isHostEnded: true,
  // Its session was deleted since.
  run: {uid: 'gone', title: 'run 7 (grid)'},
  instruments: [
    {
      role: 'source',
      kind: 'source',
      driver: 'scpi-source',
      port: '127.0.0.1:5025',
      outcome,
      text:
        outcome === 'safe'
          ? 'RF of the source is off, as it answers.'
          : 'The source could not be proven off.',
      tookMs: 30,
    },
  ],
  isReported: false,
});

it('says once what a guard did, louder where something could not be proven safe, and keeps it in the audit trail', async () => {
  await writeReport(folder, reportWith('safe'));
  await writeReport(folder, reportWith('not-proven'));
  writeFileSync(join(folder, 'guard', 'report-damaged.json'), '{"uid":');
  const lines: {level: string; text: string}[] = [];
  const log = {add: ({level, text}: {level: string; text: string}) => void lines.push({level, text})};
  await logReports(folder, store, log);
  await logReports(folder, store, log);
  expect(lines).toEqual([
    {
      level: 'attention',
      text: 'The program (process 4711) died at about 2026-11-30 20:00:00 UTC while run 7 (grid) was under way. RF of the source is off, as it answers.',
    },
    {level: 'error', text: expect.stringContaining('The source could not be proven off.') as string},
  ]);
  expect((await readReports(folder)).map(({isReported}) => isReported)).toEqual([true, true]);
  expect(store.listAudit().map(({action, subject}) => [action, subject])).toEqual([
    ['make-safe', 'gone'],
    ['make-safe', 'gone'],
  ]);
});

it('does not wait for a guard that is dead, nor for one whose host lives', async () => {
  await writeReport(folder, reportWith('safe'));
  const duty = (guard: number, host: number): string =>
    JSON.stringify({guard: {pid: guard, processStart: ''}, host: {pid: host, processStart: ''}});
  const dead = 2 ** 22 + 1; // above the largest number of a process
  writeFileSync(join(folder, 'guard', 'on-duty-1.json'), duty(dead, dead));
  writeFileSync(join(folder, 'guard', 'on-duty-2.json'), duty(process.pid, process.pid));
  expect(await awaitGuards(folder)).toBe(false);
  expect(await awaitGuards(join(folder, 'nowhere'))).toBe(false);
});
