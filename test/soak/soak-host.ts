/**
 * The host of the soak, a process of its own: as always (src/host/index.ts), but its virtual bench is one that the soak
 * has started, whose cables it pulls. At SIGUSR2 it appends what it holds to the file `SOAK_LOG`, a line of JSON.
 */
import {appendFileSync, readdirSync} from 'node:fs';
import {runHostProcess} from '../../src/host/process/run-host.ts';
import {soakEnvironment, type Held} from './soak-plan.ts';
import type {VirtualBenchHandle} from '../../src/host/bench/open-bench.ts';

const {SOAK_LOG: log, SOAK_INSTRUMENTS: instruments} = process.env;
if (log === undefined || instruments === undefined)
  throw new Error(`${soakEnvironment.log} and ${soakEnvironment.instruments} are needed.`);

const nobody = (): Promise<never> => Promise.reject(new Error('Nothing is changed on the bench of a soak.'));
const handle: VirtualBenchHandle = {
  // Written by the soak itself, from a bench that it has started.
  instruments: JSON.parse(instruments) as VirtualBenchHandle['instruments'],
  mountObject: nobody,
  setPlatesPresent: nobody,
  exchangePlate: nobody,
  blockBeam: nobody,
  unblockBeam: nobody,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

process.on('SIGUSR2', () => {
  // What a first collection only marks as done with, a second one takes away.
  for (let pass = 0; pass < 2; pass++) globalThis.gc?.();
  const {heapUsed, external, rss} = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  // The one that reads the folder is not counted.
  const fileCount = readdirSync('/proc/self/fd').length - 1;
  const held: Held = {heapBytes: heapUsed + external, residentBytes: rss, fileCount, resources};
  appendFileSync(log, `${JSON.stringify(held)}\n`);
});

await runHostProcess(() => Promise.resolve(handle));
