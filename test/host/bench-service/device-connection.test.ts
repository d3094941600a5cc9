import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {createClock} from '../../../src/base/clock.ts';
import {sourceSchema} from '../../../src/contract/bench-file.ts';
import {
  createDeviceConnection,
  type DeviceConnection,
} from '../../../src/host/bench-service/device-connection.ts';
import {createRegistry, type SourceDevice} from '../../../src/host/devices/registry.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';
import {until} from './bench-fixture.ts';

let small: SmallDesign;
beforeAll(async () => {
  small = await createSmallDesign();
});
afterAll(() => small[Symbol.dispose]());

const benches: VirtualBench[] = [];
const connections: DeviceConnection<SourceDevice>[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  for (const bench of benches.splice(0)) await bench[Symbol.asyncDispose]();
});

const startSource = async (): Promise<{host: string; tcpPort: number}> => {
  const bench = await startVirtualBench({
    instruments: ['scpi-source'],
    speed: 20,
    designFolder: small.folder,
  });
  benches.push(bench);
  const {host = '', port = 0} = bench.instruments[0];
  return {host, tcpPort: port};
};

it('seeks a lost instrument again by itself, and not while it may not', async () => {
  let link = await startSource();
  let mayTry = true;
  const sentences: string[] = [];
  const registry = createRegistry({clock: createClock(20), timeoutScale: 20});
  const connection = createDeviceConnection<SourceDevice>({
    role: 'source',
    driver: 'scpi-source',
    portText: '127.0.0.1',
    // The same instrument, plugged in elsewhere.
    connect: (call) =>
      registry.connectSource(
        sourceSchema.parse({
          driver: 'scpi-source',
          link,
          multiplier: 36,
          outputFrequencyHz: 4e11,
          powerDbm: 10,
          maxPowerDbm: 13,
        }),
        call,
      ),
    mayTry: () => mayTry,
    onChange: () => undefined,
    onSentence: (_level, text) => sentences.push(text),
  });
  connections.push(connection);
  await connection.connect();
  expect(connection).toMatchObject({
    state: 'connected',
    problem: '',
    linkText: `${link.host}:${link.tcpPort}`,
  });
  const first = connection.require();

  mayTry = false;
  await benches[0].unplug('scpi-source');
  await until(() => connection.state === 'lost');
  expect(() => connection.require()).toThrow(/not connected/);
  expect(sentences.some((text) => text.includes('is gone'))).toBe(true);
  link = await startSource();
  mayTry = true;
  await until(() => connection.state === 'connected');
  expect(connection.require()).not.toBe(first);
  expect((await connection.require().readState()).isOutputOn).toBe(false);
  expect(sentences.at(-1)).toContain('connected again');

  await connection.disconnect();
  expect(connection).toMatchObject({state: 'disconnected', problem: 'It was disconnected by hand.'});
  await connection.connect();
  expect(connection.state).toBe('connected');
});
