import {expect, test} from 'vitest';
import type {RunStart, RunStop} from '../../../src/contract/run-records.ts';
import {referencesOf} from '../../../src/host/campaign/campaign-results.ts';
import type {StoredPoints, StoredRun} from '../../../src/host/store/run-reading.ts';

const start: RunStart = {
  uid: 'u1',
  time: 0,
  session_uid: 's1',
  scan_id: 4,
  plan_name: 'campaign-scan',
  plan_args: {},
  plan_type: 'generator',
  operator: 'Ada',
};
const stop: RunStop = {
  uid: 'u2',
  run_start: 'u1',
  time: 9,
  exit_status: 'success',
  reason: '',
  num_events: {reference: 4},
  suspensions: [
    {
      from_time: 5,
      to_time: 6,
      reason: 'the stage has lost steps',
      ended_by: 'operator',
      points: {reference: [2, 2]},
    },
  ],
};
const column = (...values: number[]): Float64Array => Float64Array.from(values);
const points: StoredPoints = {
  columns: [],
  count: 4,
  // The row of the third visit is damaged.
  damage: [{seqNum: 3, kind: 'checksum'}],
  timeS: column(0, 1, 2, 3),
  data: {
    x_v: column(1, 0.2, NaN, 0.99),
    y_v: column(0, 0, NaN, 0),
    r_v: column(1, 0.2, NaN, 0.99),
    theta_deg: column(0, 0, NaN, 0),
    bench_time_s: column(10, 20, NaN, 40),
  },
};

test('visits of the reference point that are in doubt, or damaged, correct no drift', () => {
  const storeWith = (run: StoredRun) => ({getRun: () => run, readPoints: () => points});
  const run = {start, descriptors: [], pointCounts: {reference: 4}};
  const references = referencesOf(storeWith({...run, stop}), 'u1');
  expect(Array.from(references?.real ?? [])).toEqual([1, 0.99]);
  expect(Array.from(references?.timeS ?? [])).toEqual([10, 40]);
  expect(Array.from(referencesOf(storeWith(run), 'u1')?.real ?? [])).toEqual([1, 0.2, 0.99]);
});
