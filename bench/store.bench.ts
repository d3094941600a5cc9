/** Points a second into and out of the store, each committed with a sync to the disk. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import type {DataKey} from '../src/contract/run-records.ts';
import {openStore} from '../src/host/store/open-store.ts';
import {median, type BenchResult} from './figures.ts';

/** Campaigns of ten digits each, without points, written past the store in one go. */
function fillSessions(path: string, count: number): void {
  const db = new Database(path);
  const details = JSON.stringify({
    kind: 'campaign',
    digits: Array.from({length: 10}, (_, digit) => ({label: String(digit)})),
  });
  const addSession = db.prepare(
    `INSERT INTO sessions (uid, title, operator, bench_name, design_hash, created_at, details, kind, design_name)
     VALUES (?, ?, ?, 'bench', ?, ?, ?, 'campaign', 'digits')`,
  );
  const addRun = db.prepare(
    `INSERT INTO runs (uid, session_id, instance_id, scan_id, time, plan_name, operator, sample, campaign_index, label,
       start, stop, exit_status, point_count)
     VALUES (?, ?, 1, ?, 0, 'campaign-scan', '', ?, ?, ?, '{}', '{}', 'success', 1600)`,
  );
  db.transaction(() => {
    for (let n = 0; n < count; n++) {
      const {lastInsertRowid} = addSession.run(
        `s${n}`,
        `campaign ${n}`,
        `operator ${n % 7}`,
        `sha256:${n % 3}`,
        n,
        details,
      );
      for (let digit = 0; digit < 10; digit++)
        addRun.run(
          `r${n}-${digit}`,
          lastInsertRowid,
          1_000_000 + 10 * n + digit,
          `digit ${digit} (image ${10 * n + digit})`,
          digit,
          String(digit),
        );
    }
  })();
  db.close();
}

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
    // What one window costs that follows a run of 1,000 points a second, asking 50 times a second.
    const pageMs = median(50, () => store.readPointPage('run', 'primary', pointCount - 20, 5000));
    fillSessions(store.path, 5000);
    return [
      {name: 'points feed, one page of 20 points', figures: {ms: pageMs, percentOfCoreAWindow: pageMs * 5}},
      {
        name: 'store, search of 5,000 sessions with 50,000 runs, ms',
        figures: {
          all: median(5, () => store.searchSessions({limit: 5000})),
          text: median(5, () => store.searchSessions({text: 'image 4321', limit: 5000})),
          label: median(5, () => store.searchSessions({label: '7', limit: 5000})),
          facets: median(5, () => store.sessionFacets()),
        },
      },
      {
        name: 'store, points a second (12 columns)',
        figures: {written: Math.round(writtenPerS), read: Math.round(readPerS), wantedWritten: 300},
      },
    ];
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
