import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {defaultCalibrationHours} from '../../../src/contract/api/index.ts';
import {readCalibrationHours} from '../../../src/host/calibrations/calibration-hours.ts';
import {openSettings} from '../../../src/host/settings-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2nn-settings-'));
});
afterEach(() => rm(folder, {recursive: true}));

const unexpected = (sentence: string): void => {
  throw new Error(sentence);
};

it('keeps what is not given, lays choices over the kept ones, and finds all again', async () => {
  const settings = await openSettings(folder, unexpected);
  expect(settings.get()).toMatchObject({theme: 'system', scale: 1, lastBench: null});
  await Promise.all([
    settings.change({theme: 'dark', choices: {a: 1, b: true}}),
    settings.change({choices: {b: false, c: 'open'}}),
    settings.change({operator: 'Ada'}),
  ]);
  const again = await openSettings(folder, unexpected);
  expect(again.get()).toMatchObject({
    theme: 'dark',
    operator: 'Ada',
    scale: 1,
    choices: {a: 1, b: false, c: 'open'},
  });
});

it('says for how long calibrations count, the default times until somebody says otherwise', async () => {
  expect(await readCalibrationHours(folder)).toEqual(defaultCalibrationHours);
  const settings = await openSettings(folder, unexpected);
  const calibrationHours = {...settings.get().calibrationHours, placement: 24};
  await settings.change({calibrationHours});
  expect(await readCalibrationHours(folder)).toEqual(calibrationHours);
  expect((await openSettings(folder, unexpected)).get().calibrationHours.placement).toBe(24);
  await writeFile(join(folder, 'settings.json'), '{"calibrationHours": {"placement": -1}}');
  expect(await readCalibrationHours(folder)).toEqual(defaultCalibrationHours);
});

it('puts a damaged file aside, says so, and goes on with defaults', async () => {
  for (const text of ['{"theme": "dar', '{"theme": "pink"}']) {
    await writeFile(join(folder, 'settings.json'), text);
    const received: string[] = [];
    const settings = await openSettings(folder, (sentence) => received.push(sentence));
    expect(settings.get().theme).toBe('system');
    expect(received).toHaveLength(1);
    expect(received[0]).toContain('put aside');
    const aside = (await readdir(folder)).filter((name) => name.includes('damaged'));
    expect(await readFile(join(folder, aside.at(-1) ?? ''), 'utf8')).toBe(text);
    await settings.change({theme: 'dark'});
    expect((await openSettings(folder, unexpected)).get().theme).toBe('dark');
    for (const name of await readdir(folder)) await rm(join(folder, name));
  }
});

it('is whole after a kill in mid-write', async () => {
  // Killed at every position of a write: npm run test:crash.
  for (let round = 0; round < 2; round++) {
    const child = fork(fileURLToPath(new URL('writing-child.ts', import.meta.url)), [folder]);
    await once(child, 'message');
    await sleepMs(30 + 17 * round);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const {operator, choices} = (await openSettings(folder, unexpected)).get();
    // All of one round, and not some of the next.
    const rounds = new Set(Object.values(choices));
    expect(rounds.size).toBeLessThanOrEqual(1);
    if (rounds.size === 1) expect(operator).toBe(`round ${[...rounds][0]}`);
  }
});

it('of two programs on one folder, neither loses what the other has changed', async () => {
  const one = await openSettings(folder, unexpected);
  const other = await openSettings(folder, unexpected);
  await one.change({operator: 'Ada', choices: {a: 1}});
  expect(other.get().operator).toBe('Ada');
  await other.change({theme: 'dark', choices: {b: 2}});
  await one.change({scale: 2});
  for (const settings of [one, other, await openSettings(folder, unexpected)])
    expect(settings.get()).toMatchObject({operator: 'Ada', theme: 'dark', scale: 2, choices: {a: 1, b: 2}});
});

it('of many changes by two programs at once none is lost', async () => {
  const hosts = [await openSettings(folder, unexpected), await openSettings(folder, unexpected)];
  await Promise.all(Array.from({length: 20}, (_, i) => hosts[i % 2]?.change({choices: {[`choice${i}`]: i}})));
  const {choices} = (await openSettings(folder, unexpected)).get();
  expect(Object.keys(choices)).toHaveLength(20);
});

it('is for the eyes of this user only, and nothing is left beside it', async () => {
  const settings = await openSettings(folder, unexpected);
  await settings.change({theme: 'dark'});
  expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.lock']);
  if (process.platform === 'win32') return;
  for (const name of await readdir(folder))
    expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600);
});
