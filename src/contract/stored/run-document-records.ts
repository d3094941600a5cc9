import {z} from 'zod';
import type {EventDescriptor, RunStart, RunStop} from '../run-records.ts';
import {defineRecord, defineRecordOf} from './record.ts';

/**
 * The documents of a run as the store keeps them (contract/run-records.ts, where each field is described): columns
 * `start` and `stop` of the table `runs`, `descriptor` and `columns` of `streams`. The numbers of points are no JSON;
 * their length and checksum are looked at instead.
 */

const settingValue = z.union([z.number(), z.string(), z.boolean()]);

const settingOutcome = z.object({
  role: z.string(),
  name: z.string(),
  label: z.string(),
  unit: z.string(),
  found: settingValue,
  wanted: settingValue,
  wantedBy: z.enum(['bench-file', 'operator', 'driver']),
  effect: z.string(),
  outcome: z.enum(['put-right', 'kept-by-operator', 'kept-by-instrument']),
});

/** Declaration of the start document of a run. */
export const runStartRecord = defineRecordOf<RunStart>()({
  name: 'run start',
  version: 1,
  schema: z.object({
    uid: z.string(),
    time: z.number(),
    session_uid: z.string(),
    scan_id: z.number().int(),
    plan_name: z.string(),
    plan_args: z.record(z.string(), z.unknown()),
    plan_type: z.literal('generator'),
    shape: z.array(z.number().int()).exactOptional(),
    extents: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
    snaking: z.array(z.boolean()).exactOptional(),
    num_points: z.number().int().exactOptional(),
    hints: z.record(z.string(), z.unknown()).exactOptional(),
    operator: z.string(),
    sample: z.string().exactOptional(),
    purpose: z.string().exactOptional(),
    design_hash: z.string().exactOptional(),
    twin_version: z.string().exactOptional(),
    bench_name: z.string().exactOptional(),
    calibration_uids: z.array(z.string()).exactOptional(),
    campaign_index: z.number().int().exactOptional(),
    settings_judged: z.array(settingOutcome).exactOptional(),
    detector_set_up: z.boolean().exactOptional(),
    continues: z
      .object({
        run_uid: z.string(),
        check_uid: z.string(),
        segment: z.number().int(),
        first_index: z.number().int(),
      })
      .exactOptional(),
  }),
});

const dataKey = z.object({
  source: z.string(),
  dtype: z.enum(['number', 'integer', 'string', 'boolean']),
  shape: z.tuple([]),
  units: z.string(),
  precision: z.number().exactOptional(),
});

const storedDetector = z.object({
  columns: z.array(z.object({name: z.string(), label: z.string(), unit: z.string()})),
  signal: z.object({
    column: z.string(),
    imaginary: z.string().exactOptional(),
    magnitude: z.string().exactOptional(),
    phase: z.string().exactOptional(),
    proportional_to: z.enum(['power', 'field']),
  }),
});

/** Declaration of the descriptor of a stream. */
export const descriptorRecord = defineRecordOf<EventDescriptor>()({
  name: 'event descriptor',
  version: 1,
  schema: z.object({
    uid: z.string(),
    run_start: z.string(),
    time: z.number(),
    name: z.string(),
    data_keys: z.record(z.string(), dataKey),
    object_keys: z.record(z.string(), z.array(z.string())),
    detectors: z.record(z.string(), storedDetector).exactOptional(),
    configuration: z.record(
      z.string(),
      z.object({
        data: z.record(z.string(), settingValue),
        timestamps: z.record(z.string(), z.number()),
        data_keys: z.record(z.string(), dataKey),
      }),
    ),
    settings_judged: z.array(settingOutcome).exactOptional(),
  }),
});

/** Declaration of the stop document of a run. */
export const runStopRecord = defineRecordOf<RunStop>()({
  name: 'run stop',
  version: 1,
  schema: z.object({
    uid: z.string(),
    run_start: z.string(),
    time: z.number(),
    exit_status: z.enum(['success', 'abort', 'fail']),
    reason: z.string(),
    num_events: z.record(z.string(), z.number().int().min(0)),
    repeated_questions: z
      .record(z.string(), z.object({count: z.number(), after_points: z.array(z.number())}))
      .exactOptional(),
    doubtful: z
      .object({
        points: z.record(z.string(), z.tuple([z.number(), z.number()])),
        why: z.string(),
        is_changed: z.boolean(),
      })
      .exactOptional(),
    suspensions: z
      .array(
        z.object({
          from_time: z.number(),
          to_time: z.number(),
          reason: z.string(),
          ended_by: z.enum(['release', 'operator']),
          points: z.record(z.string(), z.tuple([z.number(), z.number()])),
        }),
      )
      .exactOptional(),
  }),
});

/** Names of a stream's numbers, in the order of a point's bytes. */
export const streamColumns = defineRecord({
  name: 'columns of a stream',
  version: 1,
  schema: z.array(z.string()),
});

/** What the bytes of a point cannot hold of its event: column `extra` of the table `points`. */
export const pointExtra = defineRecord({
  name: 'extra of a point',
  version: 1,
  schema: z.object({
    uid: z.string().exactOptional(),
    timestamps: z.record(z.string(), z.number()).exactOptional(),
    data: z.record(z.string(), settingValue).exactOptional(),
  }),
});

/** What a line of the audit trail says besides who did what to what: column `details` of the table `audit`. */
export const auditDetails = defineRecord({
  name: 'audit details',
  version: 1,
  schema: z.record(z.string(), z.unknown()),
});
