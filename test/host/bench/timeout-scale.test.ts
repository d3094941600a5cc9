import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {benchFileSchema, type BenchFile} from '../../../src/contract/bench-file.ts';
import {watchOf} from '../../../src/host/bench/bench-engine.ts';
import {createHost} from '../../../src/host/create-host.ts';

/** Takes connections and says nothing, as an instrument that is off behind its network adapter. */
let silent: Server;
const sockets = new Set<Socket>();
let folder: string;
let file: BenchFile;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2nn-silent-'));
  silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const {port} = silent.address() as AddressInfo;
  file = benchFileSchema.parse({
    format: 'd2nn-bench/bench',
    version: 1,
    name: 'silent bench',
    stage: {driver: 'grbl', link: {port: '/dev/none-1'}, axes: {x: {machineAxis: 'x', limitsMm: [0, 1]}}},
    lockin: {driver: 'sr830', link: {port: '/dev/none-2'}},
    source: {
      driver: 'scpi-source',
      link: {host: '127.0.0.1', tcpPort: port},
      multiplier: 36,
      outputFrequencyHz: 4e11,
      powerDbm: 0,
      maxPowerDbm: 10,
    },
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await rm(folder, {recursive: true});
});

/** The time limit of the exchange that failed, ms, as the error tells of it. */
function limitMsOf(error: unknown): number {
  for (let known: unknown = error; known instanceof Error; known = known.cause) {
    const details: unknown = 'details' in known ? known.details : undefined;
    if (typeof details === 'object' && details !== null && 'limitMs' in details)
      return Number(details.limitMs);
  }
  throw new Error('There was no exchange that failed at its time limit.', {cause: error});
}

const errorOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => undefined,
    (error: unknown) => error,
  );

it('is a factor on the time limits of a bench that a host opens', async () => {
  const path = join(folder, 'bench.json');
  await writeFile(path, JSON.stringify(file));
  const limitWith = async (timeoutScale: number): Promise<number> => {
    await using host = await createHost({
      dataFolder: join(folder, `data-${timeoutScale}`),
      timeoutScale,
      startVirtualBench: () => Promise.reject(new Error('none is wanted')),
    });
    return limitMsOf(await errorOf(host.services.bench.open({kind: 'file', path})));
  };
  const [half, whole] = [await limitWith(0.5), await limitWith(1)];
  expect(whole / half).toBeCloseTo(2, 3);
});

it('is a factor on the time in which an instrument has to answer a look during a run', () => {
  const {deadlineRealMs = NaN} = watchOf({});
  expect(deadlineRealMs).toBeGreaterThan(0);
  expect(watchOf({timeoutScale: 3}).deadlineRealMs).toBe(3 * deadlineRealMs);
});
