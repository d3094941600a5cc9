import {connect} from 'node:net';
import {existsSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createTestFolder, jsonOf, runCli, startHere, type RunningHere, type TestFolder} from './run-cli.ts';

let folder: TestFolder;
let running: RunningHere | undefined;
beforeEach(() => (folder = createTestFolder()));
afterEach(async () => {
  running?.interrupt();
  await running?.finished;
  running = undefined;
  folder[Symbol.dispose]();
});

interface Ready {
  readonly ready: boolean;
  readonly instruments: readonly {role: string; model: string; path?: string; host?: string; port?: number}[];
}

async function ready(args: readonly string[]): Promise<Ready> {
  running = startHere(['virtual', ...args], folder.path);
  await expect.poll(() => running?.stdout() ?? '').toContain('\n');
  return JSON.parse(running.stdout()) as Ready;
}

test('virtual --json prints one line with an open port for each instrument and ends with SIGTERM', async () => {
  const line = await ready(['--json', '--speed', '100']);
  expect(line.ready).toBe(true);
  expect(line.instruments.map(({role}) => role).sort()).toEqual(['lockin', 'source', 'stage']);
  for (const {model, path, host, port} of line.instruments) {
    expect(model).not.toBe('');
    if (path !== undefined) expect(existsSync(path)).toBe(true);
    else
      await new Promise<void>((resolve, reject) => {
        const socket = connect({host: host ?? '', port: port ?? 0}, () => resolve());
        socket.once('error', reject).once('connect', () => socket.destroy());
      });
  }
  running?.interrupt('SIGTERM');
  expect(await running?.finished).toMatchObject({code: 0});
  expect(running?.stdout().trimEnd().split('\n')).toHaveLength(1);
});

test('virtual starts only the instruments that are named', async () => {
  const {instruments} = await ready(['--json', '--instruments', 'sr830', '--speed', '100']);
  expect(instruments).toHaveLength(1);
  expect(instruments[0]).toMatchObject({role: 'lockin', model: 'SR830'});
});

test('virtual --reveal prints the same truth for the same seed and ends', async () => {
  const reveal = (seed: string) => runCli(['virtual', '--reveal', '--seed', seed, '--json'], folder.path);
  const [first, second, other] = await Promise.all([reveal('3'), reveal('3'), reveal('4')]);
  expect(first.code).toBe(0);
  expect(jsonOf(second)).toEqual(jsonOf(first));
  expect(jsonOf(other)).not.toEqual(jsonOf(first));
});
