import {expect, it} from 'vitest';
import {sourceSchema} from '../../../src/contract/bench-file.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import type {Registry} from '../../../src/host/devices/registry.ts';
import {makeInstrumentsSafe} from '../../../src/host/guard/make-safe.ts';

const config = sourceSchema.parse({
  driver: 'scpi-source',
  link: {port: '/dev/ttyUSB0'},
  outputFrequencyHz: 4e11,
  multiplier: 36,
  powerDbm: 0,
  maxPowerDbm: 10,
});

/** A source whose port refuses with `code` for the first attempts. */
function registryThat(code: 'port/busy' | 'device/wrong-instrument', refusals: number) {
  const done: string[] = [];
  const source = {
    role: 'source',
    turnOff: () => Promise.resolve(void done.push('off')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const registry = {
    connectSource: () => {
      if (refusals-- > 0) return Promise.reject(new BenchError(code, 'refused'));
      return Promise.resolve(source);
    },
    sendSafeOrder: () => Promise.resolve(void done.push('sent blindly')),
  } as unknown as Registry;
  return {registry, done};
}

it('waits for a port that what is left of the dead host still holds, and sends nothing meanwhile', async () => {
  const {registry, done} = registryThat('port/busy', 2);
  const [result] = await makeInstrumentsSafe(registry, [{kind: 'source', config}]);
  expect(result).toMatchObject({outcome: 'safe'});
  expect(done).toEqual(['off']);
});

it('leaves another instrument at that port alone at once', async () => {
  const {registry, done} = registryThat('device/wrong-instrument', 2);
  const [result] = await makeInstrumentsSafe(registry, [{kind: 'source', config}]);
  expect(result).toMatchObject({outcome: 'not-reached'});
  expect(result.text).toMatch(/Switch RF off at its front panel/);
  expect(done).toEqual([]);
});
