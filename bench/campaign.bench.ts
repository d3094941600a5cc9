/** The ten-digit campaign on the virtual bench, from start to report, through the command line. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {BenchResult} from './figures.ts';

export function run(): BenchResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-'));
  try {
    const begin = performance.now();
    const done = spawnSync(
      process.execPath,
      [fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)), 'campaign', '--json'],
      {encoding: 'utf8', env: {...process.env, D2NN_BENCH_DATA: folder}, maxBuffer: 1e8},
    );
    if (done.status !== 0) throw new Error(`the campaign failed: ${done.stderr}`);
    const seconds = (performance.now() - begin) / 1000;
    const {points} = JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '') as {points: number};
    return [
      {name: 'ten-digit campaign on the virtual bench (target at most 180 s)', figures: {seconds, points}},
    ];
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
