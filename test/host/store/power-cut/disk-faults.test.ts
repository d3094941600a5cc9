import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, it} from 'vitest';
import {buildWriteLog, readWriteLog} from './write-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-disk-faults-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
const library = buildWriteLog(folder);
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What full-disk-child.ts prints. */
interface Outcome {
  readonly fullAt: number;
  readonly refusals: readonly {readonly code: string; readonly message: string}[];
  readonly stored: Readonly<Record<string, number>>;
  readonly found: Readonly<Record<string, number>>;
  readonly openRuns: number;
  readonly damage: readonly unknown[];
}

describe.skipIf(library === undefined)('on a disk that', () => {
  it('is full at any of its writes, what is refused is told, what was stored is there, and it goes on with room', () => {
    const place = join(folder, 'full');
    mkdirSync(place);
    // Every seventh of the writes of the whole, from the first on.
    const {stdout, stderr} = spawnSync(
      process.execPath,
      [fileOf('full-disk-child.ts'), place, '0', '7', '210'],
      {
        encoding: 'utf8',
        env: {...process.env, LD_PRELOAD: library, WRITE_LOG_FOLDER: place},
      },
    );
    const outcomes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
    expect(outcomes, stderr).toHaveLength(31);
    expect(outcomes.filter(({refusals}) => refusals.length > 0).length).toBeGreaterThan(15);
    for (const {fullAt, refusals, stored, found, openRuns, damage} of outcomes) {
      for (const {code, message} of refusals)
        expect([code, message], `full at write ${fullAt}`).toEqual([
          'store/full',
          expect.stringMatching(/Make room|was not stored/),
        ]);
      expect(found, `full at write ${fullAt}`).toEqual(stored);
      expect({openRuns, damage}).toEqual({openRuns: 0, damage: []});
    }
  });

  it('is slow to answer, points go on meanwhile', () => {
    const place = join(folder, 'slow');
    mkdirSync(place);
    const log = join(folder, 'slow-writes');
    const {signal, stderr} = spawnSync(
      process.execPath,
      [fileOf('bursts-child.ts'), join(place, 'bench.sqlite'), '250', '30'],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          LD_PRELOAD: library,
          WRITE_LOG: log,
          WRITE_LOG_FOLDER: place,
          WRITE_LOG_DELAY_MS: '150',
        },
      },
    );
    expect(signal, stderr).toBe('SIGKILL');
    const acts = readWriteLog(log, place);
    // Between what the disk was asked and what it answered, somebody saw points.
    let most = 0;
    let seen = 0;
    let isAsked = false;
    for (const act of acts) {
      if (act.kind === 'printed' && isAsked && act.text.startsWith('stored')) most = Math.max(most, ++seen);
      if (act.kind === 'sync-asked') [isAsked, seen] = [true, 0];
      if (act.kind === 'synced') isAsked = false;
    }
    expect(most).toBeGreaterThan(3);
  });
});
