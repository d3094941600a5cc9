/** From the call of STOP to its bytes on the wires, in the middle of a move; required are 100 ms. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {benchChoiceSchema} from '../src/contract/api/bench-choice.ts';
import {createHost} from '../src/host/create-host.ts';
import {startVirtualBench, type VirtualBench} from '../src/virtual/spawn.ts';
import type {BenchResult} from './figures.ts';

const presses = 20;

export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-'));
  let virtual: VirtualBench | undefined;
  const host = await createHost({
    dataFolder: folder,
    startVirtualBench: async (request) => (virtual = await startVirtualBench(request)),
  });
  try {
    const {bench} = host.services;
    await bench.open(benchChoiceSchema.parse({kind: 'virtual', speed: 3}));
    await bench.manual.home();
    const times: number[] = [];
    for (let press = 0; press < presses; press++) {
      const x = press % 2 === 0 ? 40 : -40;
      const ended = bench.manual.moveTo({x}).then(
        () => 'arrived',
        (error: unknown) => error,
      );
      while (!(await virtual?.readState())?.isMoving) await sleepMs(5);
      times.push((await bench.halt('measured')).sentMs ?? Infinity);
      if ((await ended) === 'arrived') throw new Error('The move was over before STOP was called.');
    }
    times.sort((a, b) => a - b);
    return [
      {
        name: 'STOP in mid-move, ms to the wires (required: 100)',
        figures: {median: times[presses / 2], slowest: times[presses - 1]},
      },
    ];
  } finally {
    await host.shutDown('measured');
    rmSync(folder, {recursive: true, force: true});
  }
}
