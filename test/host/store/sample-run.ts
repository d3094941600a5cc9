import type {DataKey, DoubtfulPoints, RunDocument, RunStart} from '../../../src/contract/run-records.ts';
import type {StoreRecorder} from '../../../src/host/store/store-recorder.ts';

export const numberKey: DataKey = {source: 'test', dtype: 'number', shape: [], units: 'V'};

let count = 0;

export function startRecord(recorder: StoreRecorder, more: Partial<RunStart> = {}): RunStart {
  return {
    uid: `run-${++count}`,
    time: 1000,
    session_uid: recorder.sessionUid,
    scan_id: recorder.allocateScanId(),
    plan_name: 'test',
    plan_args: {},
    plan_type: 'generator',
    operator: 'Ada',
    ...more,
  };
}

export interface SampleRun {
  readonly pointCount: number;
  readonly isStopped?: boolean;
  readonly start?: Partial<RunStart>;
  readonly doubtful?: DoubtfulPoints;
  readonly onPoint?: (count: number) => void;
}

/** Writes a run of one stream with two columns; returns its uid. */
export function writeRun(
  recorder: StoreRecorder,
  {pointCount, isStopped = true, start, doubtful, onPoint}: SampleRun,
): string {
  const begun = startRecord(recorder, start);
  const descriptor = `${begun.uid}-d`;
  const write = (document: RunDocument): void => recorder.write(document);
  write(['start', begun]);
  write([
    'descriptor',
    {
      uid: descriptor,
      run_start: begun.uid,
      time: 1000,
      name: 'primary',
      data_keys: {x_mm: numberKey, x_v: numberKey},
      object_keys: {stage: ['x_mm'], lockin: ['x_v']},
      configuration: {},
    },
  ]);
  for (let seq_num = 1; seq_num <= pointCount; seq_num++) {
    const time = 1000 + seq_num;
    write([
      'event',
      {
        uid: `${descriptor}:${seq_num}`,
        descriptor,
        seq_num,
        time,
        data: {x_mm: seq_num / 10, x_v: Math.sin(seq_num)},
        timestamps: {x_mm: time, x_v: time},
      },
    ]);
    onPoint?.(seq_num);
  }
  if (isStopped)
    write([
      'stop',
      {
        uid: `${begun.uid}-s`,
        run_start: begun.uid,
        time: 2000,
        exit_status: doubtful ? 'fail' : 'success',
        reason: '',
        num_events: {primary: pointCount},
        ...(doubtful && {doubtful}),
      },
    ]);
  return begun.uid;
}
