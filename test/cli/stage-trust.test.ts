import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {virtualBenchFile} from '../../src/host/bench/open-bench.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {GrblBoard} from '../drivers/grbl-board.ts';
import {createTestFolder, errorOf, runCli, type TestFolder} from './run-cli.ts';

/** As an Uno: each command, which opens the port anew, finds it counting from zero. */
const board = new GrblBoard({startsAnewAtOpen: true});
let folder: TestFolder;
let benchFile: string;

beforeAll(async () => {
  folder = createTestFolder();
  const tcpPort = await board.listen();
  const file = virtualBenchFile(
    ['stage', 'lockin', 'source'].map((role, index) => ({
      role,
      host: '127.0.0.1',
      port: tcpPort + index,
      ...(role === 'lockin' && {detector: {driver: 'sr830', settings: {}}}),
    })),
  );
  const axis = (machineAxis: 'x' | 'y') =>
    ({machineAxis, direction: 1, originMm: 0, limitsMm: [-50, 50]}) as const;
  const stage = {...file.stage, axes: {x: axis('x'), y: axis('y')}, homeAtStart: false};
  benchFile = folder.file('bench.json', JSON.stringify({...file, stage}));
});
afterAll(() => {
  board.close();
  folder[Symbol.dispose]();
});

/** Runs one command; without a terminal nobody can be asked. */
async function stage(
  ...args: string[]
): Promise<{said: string; error: {readonly code: string; readonly message: string} | undefined}> {
  const result = await runCli(['stage', ...args, '--bench', benchFile], folder.path);
  return {said: result.stdout + result.stderr, error: result.code === 0 ? undefined : errorOf(result)};
}

it('stage trust-position shows before and now, asks, and its word holds until the stage stands elsewhere', async () => {
  expect((await stage('move', '--x-mm', '10', '--y-mm', '10')).error).toBeUndefined();

  const refused = await stage('move', '--x-mm', '45');
  expect(refused.error).toMatchObject({code: 'motion/not-homed'});
  expect(refused.error?.message).toMatch(/stood at x 10\.000, y 10\.000 mm.*stage trust-position/);
  expect(board.motions).toEqual([]);

  const unasked = await stage('trust-position');
  expect(unasked.said).toMatch(/does not know where it is: it stood at/);
  expect(unasked.said).toMatch(/Before: +x 10\.000 mm, y 10\.000 mm\nNow reported: x 0\.000 mm, y 0\.000 mm/);
  expect(unasked.error).toMatchObject({code: 'plan/operator-refused'});
  expect(unasked.error?.message).toContain('--yes');
  expect((await stage('move', '--x-mm', '45')).error).toMatchObject({code: 'motion/not-homed'});

  const given = await stage('trust-position', '--yes');
  expect(given.error).toBeUndefined();
  expect(given.said).toContain('x = 0.000 mm');
  using store = openStore(join(folder.path, 'bench.sqlite'), {readOnly: true});
  expect(store.listAudit(20).filter(({action}) => action === 'trust-position')).toMatchObject([
    {action: 'trust-position', details: {positionMm: {x: 0, y: 0}, beforeMm: {x: 10, y: 10}}},
  ]);

  // The next command finds the stage where the word was given, the one after it does not.
  expect((await stage('move', '--x-mm', '3')).error).toBeUndefined();
  expect((await stage('move', '--x-mm', '4')).error).toMatchObject({code: 'motion/not-homed'});
  expect((await stage('move', '--x-mm', '1', '--no-home')).error).toBeUndefined();
});
