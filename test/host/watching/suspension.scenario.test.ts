import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import {suspenderSchema} from '../../../src/contract/suspender.ts';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import type {EngineEvent} from '../../../src/host/engine/events.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {runScan} from '../../../src/host/scan/run-scan.ts';
import {smallGrid, startWatchedBench, type WatchedBench} from './watched-bench.ts';

let at: WatchedBench;
let bench: OpenBench;
beforeAll(async () => {
  at = await startWatchedBench();
  bench = await at.open();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

/** Scans with one suspender; `disturb` comes after eight points, `mend` when the run is paused. */
async function scanSuspended(fields: object, disturb: () => void, mend: () => void) {
  const suspenders = [suspenderSchema.parse({settleS: 1, ...fields})];
  let points = 0;
  const paused: {reason: string; isOutputOn: boolean}[] = [];
  const onEvent = (event: EngineEvent): void => {
    if (event.type === 'state' && event.state === 'paused') {
      paused.push({reason: event.reason, isOutputOn: at.virtual.source.core.rf.isOutputOn});
      mend();
    }
    if (event.type === 'document' && event.document[0] === 'event' && ++points === 8) disturb();
  };
  const request = {spec: smallGrid, isDetectorSetUp: false};
  const {endedEarly, summary} = await runScan({bench: {...bench, suspenders}, store: at.store}, request, {
    onEvent,
  });
  const uid = summary.runs.at(-1)?.uid ?? '';
  return {endedEarly, paused, uid, stop: at.store.getRun(uid).stop};
}

it('a level that another program changes suspends the scan, which goes on when it is back', async () => {
  const {endedEarly, paused, uid, stop} = await scanSuspended(
    {when: 'source-level'},
    () => at.say('scpi-source', 'POW 5 DBM'),
    () => at.say('scpi-source', 'POW 10 DBM'),
  );
  expect(endedEarly).toBeNull();
  expect(paused).toEqual([
    {
      reason: 'suspended: level into the chain of the source is 5 dBm instead of 10 dBm',
      isOutputOn: true,
    },
  ]);
  expect(stop).toMatchObject({
    exit_status: 'success',
    num_events: {primary: 25},
    suspensions: [{ended_by: 'release'}],
  });
  // Points that no look has vouched for are left out of the plane.
  const [first, last] = stop?.suspensions?.[0]?.points['primary'] ?? [0, -1];
  expect(last).toBeGreaterThanOrEqual(8);
  const plane = readRunPlane(at.store, uid, 'r');
  const missing = [...(plane?.values ?? [])].filter(Number.isNaN).length;
  expect(missing).toBe(last - first + 1);
  expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
});

it('a reference cable that comes off suspends it at the reading that has none, and it is taken again', async () => {
  const pulled = vi.spyOn(at.virtual.wiring, 'referenceHz');
  const {endedEarly, paused, stop} = await scanSuspended(
    {when: 'reference-lock', source: 'off'},
    () => pulled.mockReturnValue(null),
    () => pulled.mockRestore(),
  );
  expect(endedEarly).toBeNull();
  expect(paused).toEqual([{reason: 'suspended: reference of the lockin is unlocked', isOutputOn: false}]);
  expect(stop).toMatchObject({
    exit_status: 'success',
    num_events: {primary: 25},
    suspensions: [{ended_by: 'release', reason: 'reference of the lockin is unlocked'}],
  });
});

it('a parameter that no instrument has is refused before anything moves', async () => {
  const suspenders = [
    suspenderSchema.parse({when: 'input', role: 'lockin', parameter: 'roomTemperatureC', maximum: 25}),
  ];
  const request = {spec: smallGrid, isDetectorSetUp: false};
  await expect(runScan({bench: {...bench, suspenders}, store: at.store}, request, {})).rejects.toMatchObject({
    code: 'device/unknown',
    message: expect.stringContaining('roomTemperatureC') as string,
  });
  expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
});
