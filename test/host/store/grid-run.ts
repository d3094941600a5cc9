import type {DataKey, RunStart} from '../../../src/contract/run-records.ts';
import type {StoreRecorder} from '../../../src/host/store/store-recorder.ts';
import {startRecord} from './sample-run.ts';

export interface GridRun {
  readonly rows: number;
  readonly columns: number;
  readonly stepMm?: number;
  /** Reading at a place, V. */
  readonly signalV: (xMm: number, yMm: number) => {readonly xV: number; readonly yV: number};
  /** Of the cell in the order of measuring: false is left out. */
  readonly isMeasured?: (index: number) => boolean;
  /** How far the stage stands beside the wanted place, mm. */
  readonly offMm?: number;
  readonly isStopped?: boolean;
  readonly exitStatus?: 'success' | 'abort' | 'fail';
  readonly start?: Partial<RunStart>;
}

const key = (units: string): DataKey => ({source: 'test', dtype: 'number', shape: [], units});
const dataKeys = {
  x_mm: key('mm'),
  y_mm: key('mm'),
  x_v: key('V'),
  y_v: key('V'),
  r_v: key('V'),
  theta_deg: key('deg'),
  bench_time_s: key('s'),
};

/** Writes a grid run around 0, 0 as a scan records it; returns its uid and what adds more points. */
export function writeGridRun(recorder: StoreRecorder, run: GridRun) {
  const {rows, columns, stepMm = 1, offMm = 0} = run;
  const half = (count: number): number => ((count - 1) / 2) * stepMm;
  const begun = startRecord(recorder, {
    plan_name: 'grid',
    shape: [rows, columns],
    extents: [
      [-half(rows), half(rows)],
      [-half(columns), half(columns)],
    ],
    ...run.start,
  });
  const descriptor = `${begun.uid}-d`;
  recorder.write(['start', begun]);
  recorder.write([
    'descriptor',
    {
      uid: descriptor,
      run_start: begun.uid,
      time: 1000,
      name: 'primary',
      data_keys: dataKeys,
      object_keys: {},
      configuration: {
        lockin: {data: {timeConstantS: 0.03, model: 'SR830'}, timestamps: {}, data_keys: {}},
      },
    },
  ]);
  let seqNum = 0;
  const addPoint = (xMm: number, yMm: number): void => {
    const {xV, yV} = run.signalV(xMm, yMm);
    const time = 1000 + ++seqNum;
    const data = {
      x_mm: xMm,
      y_mm: yMm,
      x_v: xV,
      y_v: yV,
      r_v: Math.hypot(xV, yV),
      theta_deg: (Math.atan2(yV, xV) * 180) / Math.PI,
      bench_time_s: time,
    };
    const timestamps = Object.fromEntries(Object.keys(data).map((name) => [name, time]));
    recorder.write([
      'event',
      {uid: `${descriptor}:${seqNum}`, descriptor, seq_num: seqNum, time, data, timestamps},
    ]);
  };
  for (let index = 0; index < rows * columns; index++) {
    if (run.isMeasured && !run.isMeasured(index)) continue;
    const [row, column] = [Math.floor(index / columns), index % columns];
    addPoint(column * stepMm - half(columns) + offMm, row * stepMm - half(rows) + offMm);
  }
  const stop = (): void =>
    recorder.write([
      'stop',
      {
        uid: `${begun.uid}-s`,
        run_start: begun.uid,
        time: 2000,
        exit_status: run.exitStatus ?? 'success',
        reason: '',
        num_events: {primary: seqNum},
      },
    ]);
  if (run.isStopped ?? true) stop();
  return {uid: begun.uid, addPoint, stop};
}
