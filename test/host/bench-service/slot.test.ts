import {afterEach, expect, it} from 'vitest';
import {createClock} from '../../../src/base/clock.ts';
import {sourceSchema} from '../../../src/contract/bench-file.ts';
import {createSlot, type Slot} from '../../../src/host/bench-service/slot.ts';
import {createRegistry, type SourceDevice} from '../../../src/host/devices/registry.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {until} from './bench-fixture.ts';

const benches: VirtualBench[] = [];
const slots: Slot<SourceDevice>[] = [];
afterEach(async () => {
  for (const slot of slots.splice(0)) await slot.close();
  for (const bench of benches.splice(0)) await bench[Symbol.asyncDispose]();
});

const startSource = async (): Promise<{host: string; tcpPort: number}> => {
  const bench = await startVirtualBench({instruments: ['scpi-source'], speed: 20});
  benches.push(bench);
  const {host = '', port = 0} = bench.instruments[0];
  return {host, tcpPort: port};
};

it('seeks a lost instrument again by itself, and not while it may not', async () => {
  let link = await startSource();
  let mayTry = true;
  const sentences: string[] = [];
  const registry = createRegistry({clock: createClock(20), timeoutScale: 20});
  const slot = createSlot<SourceDevice>({
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
  slots.push(slot);
  await slot.connect();
  expect(slot).toMatchObject({state: 'connected', problem: '', linkText: `${link.host}:${link.tcpPort}`});
  const first = slot.require();

  mayTry = false;
  await benches[0].unplug('scpi-source');
  await until(() => slot.state === 'lost');
  expect(() => slot.require()).toThrow(/not connected/);
  expect(sentences.some((text) => text.includes('is gone'))).toBe(true);
  link = await startSource();
  mayTry = true;
  await until(() => slot.state === 'connected', 30_000);
  expect(slot.require()).not.toBe(first);
  expect((await slot.require().readState()).isOutputOn).toBe(false);
  expect(sentences.at(-1)).toContain('connected again');

  await slot.disconnect();
  expect(slot).toMatchObject({state: 'disconnected', problem: 'It was disconnected by hand.'});
  await slot.connect();
  expect(slot.state).toBe('connected');
}, 90_000);
