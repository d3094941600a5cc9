import Database from 'better-sqlite3';
import {pointChecksum, streamSeed} from '../../../src/host/store/checksums.ts';
import type {StoreRecorder} from '../../../src/host/store/store-recorder.ts';
import {writeGridRun} from './grid-run.ts';

/**
 * Writes a run of `side` times `side` points as the recorder would, but in one transaction; returns its uid. A run of a
 * million points takes three seconds.
 */
export function writeLargeRun(path: string, recorder: StoreRecorder, side: number): string {
  const {uid} = writeGridRun(recorder, {
    rows: side,
    columns: side,
    signalV: () => ({xV: 0, yV: 0}),
    isMeasured: () => false,
    isStopped: false,
  });
  const db = new Database(path);
  try {
    const stream = db
      .prepare<[string], {id: number; uid: string; columns: string}>(
        'SELECT streams.id, streams.uid, columns FROM streams JOIN runs ON runs.id = run_id WHERE runs.uid = ?',
      )
      .get(uid);
    if (!stream) throw new Error(`The run ${uid} has no stream.`);
    const columns = JSON.parse(stream.columns) as string[];
    const seed = streamSeed(stream.uid);
    const values = new Float64Array(columns.length);
    const bytes = Buffer.from(values.buffer);
    const insert = db.prepare(
      'INSERT INTO points (stream_id, seq_num, time, data, extra, checksum) VALUES (?, ?, ?, ?, NULL, ?)',
    );
    db.transaction(() => {
      for (let i = 0; i < side * side; i++) {
        const at: Readonly<Record<string, number>> = {
          x_mm: (i % side) - (side - 1) / 2,
          y_mm: Math.floor(i / side) - (side - 1) / 2,
        };
        columns.forEach((name, k) => (values[k] = at[name] ?? Math.sin(i * k + 1) * 1e-3));
        const timeS = 1000 + i / 10;
        insert.run(stream.id, i + 1, timeS, bytes, pointChecksum(seed, {seqNum: i + 1, timeS}, bytes, null));
      }
    })();
  } finally {
    db.close();
  }
  recorder.write([
    'stop',
    {
      uid: `${uid}-s`,
      run_start: uid,
      time: 1e6,
      exit_status: 'success',
      reason: '',
      num_events: {primary: side * side},
    },
  ]);
  return uid;
}
