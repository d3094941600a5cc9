/** What it costs that points are safe from a power cut: points a second and the time that each takes, by setting. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {longestSafeWithinMs} from '../src/contract/durability.ts';
import type {DataKey} from '../src/contract/run-records.ts';
import {openStore} from '../src/host/store/open-store.ts';
import type {BenchResult} from './figures.ts';

const names = Array.from({length: 12}, (_, i) => `column_${i}`);
const key: DataKey = {source: 'bench', dtype: 'number', shape: [], units: 'V'};
const pointCount = 3000;
const settingsMs = [0, 20, 50, 100, longestSafeWithinMs];

/** Stores on the disk that `D2NN_BENCH_DATA` is on, else in the folder for temporary files. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const safeWithinMs of settingsMs) results.push(await measure(safeWithinMs));
  return results;
}

async function measure(safeWithinMs: number): Promise<BenchResult> {
  const folder = mkdtempSync(join(process.env['D2NN_BENCH_DATA'] ?? tmpdir(), 'd2nn-bench-durability-'));
  try {
    using store = openStore(join(folder, 'bench.sqlite'), {safeWithinMs: () => safeWithinMs});
    const session = store.createSession({title: 'bench', operator: '', benchName: ''});
    const recorder = store.recorder(session.uid);
    recorder.write([
      'start',
      {
        uid: 'run',
        time: 0,
        session_uid: session.uid,
        scan_id: recorder.allocateScanId(),
        plan_name: 'bench',
        plan_args: {},
        plan_type: 'generator',
        operator: '',
      },
    ]);
    const data_keys = Object.fromEntries(names.map((name) => [name, key]));
    recorder.write([
      'descriptor',
      {uid: 'd', run_start: 'run', time: 0, name: 'primary', data_keys, object_keys: {}, configuration: {}},
    ]);
    const data = Object.fromEntries(names.map((name, i) => [name, i / 7]));
    const timestamps = Object.fromEntries(names.map((name) => [name, 1]));
    const takenMs: number[] = [];
    const beganMs = performance.now();
    for (let seq_num = 1; seq_num <= pointCount; seq_num++) {
      const atMs = performance.now();
      recorder.write(['event', {uid: `d:${seq_num}`, descriptor: 'd', seq_num, time: 1, data, timestamps}]);
      takenMs.push(performance.now() - atMs);
      // As a scan does: the loop has its turn after each point.
      await nextTurn();
    }
    const perS = pointCount / ((performance.now() - beganMs) / 1000);
    takenMs.sort((a, b) => a - b);
    const quantileMs = (share: number): number => takenMs[Math.floor(share * (pointCount - 1))];
    return {
      name: `points safe within ${safeWithinMs} ms`,
      figures: {
        pointsPerS: Math.round(perS),
        medianMs: quantileMs(0.5),
        p99Ms: quantileMs(0.99),
        longestMs: quantileMs(1),
      },
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
