/** How long a look at each instrument takes on the virtual bench at real speed, lines at their real rates. */
import {openVirtualBench} from '../test/host/open-virtual-bench.ts';
import {startVirtualBench} from '../src/virtual/spawn.ts';
import type {BenchResult} from './figures.ts';

const looks = 10;

export async function run(): Promise<BenchResult[]> {
  await using bench = await openVirtualBench(
    await startVirtualBench({speed: 1, seed: 1, noise: false, mounts: true, profile: 'bench'}),
    1,
    {},
  );
  const {stage, detector, source, mount} = bench.devices;
  await stage.home();
  const results: BenchResult[] = [];
  for (const device of [source, detector, stage, ...(mount ? [mount] : [])]) {
    const times: number[] = [];
    for (let look = 0; look < looks; look++) {
      const beganMs = performance.now();
      await device.readCondition({});
      times.push(performance.now() - beganMs);
    }
    times.sort((a, b) => a - b);
    results.push({
      name: `look at the ${device.role}, ms`,
      figures: {median: times[looks / 2], slowest: times[looks - 1]},
    });
  }
  return results;
}
