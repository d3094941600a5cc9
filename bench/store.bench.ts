/** Points a second into and out of the store, each committed with a sync to the disk. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {DataKey} from '../src/contract/run-records.ts';
import {openStore} from '../src/host/store/open-store.ts';
import type {BenchResult} from './figures.ts';

const names = Array.from({length: 12}, (_, i) => `column_${i}`);
const key: DataKey = {source: 'bench', dtype: 'number', shape: [], units: 'V'};

export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-store-'));
  try {
    using store = openStore(join(folder, 'bench.db'));
    const session = store.createSession({title: 'bench', operator: '', benchName: ''});
    const recorder = store.recorder(session.uid);
    const start = {
      uid: 'run',
      time: 0,
      session_uid: session.uid,
      scan_id: recorder.allocateScanId(),
      plan_name: 'bench',
      plan_args: {},
      plan_type: 'generator',
      operator: '',
    } as const;
    recorder.write(['start', start]);
    const dataKeys = Object.fromEntries(names.map((name) => [name, key]));
    recorder.write([
      'descriptor',
      {
        uid: 'd',
        run_start: 'run',
        time: 0,
        name: 'primary',
        data_keys: dataKeys,
        object_keys: {},
        configuration: {},
      },
    ]);
    const data = Object.fromEntries(names.map((name, i) => [name, i / 7]));
    const timestamps = Object.fromEntries(names.map((name) => [name, 1]));
    const pointCount = 5000;
    let beganMs = performance.now();
    for (let seq_num = 1; seq_num <= pointCount; seq_num++)
      recorder.write(['event', {uid: `d:${seq_num}`, descriptor: 'd', seq_num, time: 1, data, timestamps}]);
    const writtenPerS = pointCount / ((performance.now() - beganMs) / 1000);
    beganMs = performance.now();
    const {count} = store.readPoints('run');
    const readPerS = count / ((performance.now() - beganMs) / 1000);
    return [
      {
        name: 'store, points a second (12 columns)',
        figures: {written: Math.round(writtenPerS), read: Math.round(readPerS), wantedWritten: 300},
      },
    ];
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
