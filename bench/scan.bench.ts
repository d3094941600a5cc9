/** Stored points a second through real drivers and ports against virtual instruments without physical delay. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openVirtualBench} from '../test/host/open-virtual-bench.ts';
import {createEngine} from '../src/host/engine/engine.ts';
import {gridScan} from '../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../src/host/plans/measure.ts';
import {withSourceOn} from '../src/host/plans/wrappers.ts';
import {openStore} from '../src/host/store/open-store.ts';
import {startVirtualBench} from '../src/virtual/spawn.ts';
import type {BenchResult} from './figures.ts';

export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-'));
  try {
    const speed = 10_000;
    await using bench = await openVirtualBench(
      await startVirtualBench({speed: Infinity, seed: 1}),
      speed,
      {},
    );
    using store = openStore(join(folder, 'bench.sqlite'));
    const session = store.createSession({title: 'benchmark', operator: 'bench', benchName: 'virtual'});
    const {stage, detector, source} = bench.devices;
    const engine = createEngine({
      devices: new Map([stage, detector, source].map((device) => [device.role, device] as const)),
      clock: bench.clock,
      recorder: store.recorder(session.uid),
      metadata: {operator: 'bench'},
    });
    const scan = (sideMm: number) =>
      withSourceOn(
        gridScan({
          roles: defaultRoles,
          dwell: defaultDwell,
          grid: {centerMm: {xMm: 0, yMm: 0}, widthMm: sideMm, heightMm: sideMm, stepMm: 1, order: 'snake'},
        }),
        defaultRoles.source,
      );
    await stage.home();
    await engine.run(scan(5));
    const begin = performance.now();
    await engine.run(scan(39));
    const seconds = (performance.now() - begin) / 1000;
    return [
      {name: 'scan through drivers and ports (target at least 300)', figures: {pointsPerS: 1600 / seconds}},
    ];
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
