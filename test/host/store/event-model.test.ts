import {expect, test} from 'vitest';
import {z} from 'zod';
import {createEngine} from '../../../src/host/engine/engine.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {createFakeBench} from '../engine/fake-bench.ts';

/**
 * What the event model's schemas (run_start, event_descriptor, event, run_stop) ask of a document: their required
 * keys and types, and the rule that a further key has neither a dot nor a slash. Strict for the three records that
 * allow no further keys.
 */
const uid = z.string().min(1);
const time = z.number().positive();
const record = z.record(z.string().regex(/^[^./]+$/), z.unknown());
const dataKey = z.strictObject({
  source: z.string(),
  dtype: z.enum(['string', 'number', 'array', 'boolean', 'integer']),
  shape: z.array(z.int().nullable()),
  units: z.string().nullable(),
  precision: z.int().nullable().optional(),
});
const schemas = {
  start: z.looseObject({
    uid,
    time,
    scan_id: z.int(),
    hints: z
      .looseObject({
        dimensions: z.array(z.tuple([z.array(z.string()), z.string()])),
        gridding: z.enum(['rectilinear', 'rectilinear_nonsequential']).optional(),
      })
      .optional(),
  }),
  descriptor: z.strictObject({
    uid,
    run_start: uid,
    time,
    name: z.string(),
    data_keys: z.record(z.string(), dataKey),
    object_keys: z.record(z.string(), z.array(z.string())),
    configuration: z.record(
      z.string(),
      z.strictObject({
        data: record,
        timestamps: z.record(z.string(), z.number()),
        data_keys: z.record(z.string(), dataKey),
      }),
    ),
  }),
  event: z.strictObject({
    uid,
    descriptor: uid,
    seq_num: z.int().min(1),
    time,
    data: record,
    timestamps: z.record(z.string(), z.number()),
  }),
  stop: z.strictObject({
    uid,
    run_start: uid,
    time,
    exit_status: z.enum(['success', 'abort', 'fail']),
    reason: z.string(),
    num_events: z.record(z.string(), z.int()),
  }),
};

test('stored documents are what viewers of the event model expect', async () => {
  using store = openStore(':memory:');
  const session = store.createSession({title: 'export', operator: 'Ada', benchName: 'fake'});
  const engine = createEngine({
    ...createFakeBench(),
    recorder: store.recorder(session.uid),
    metadata: {operator: 'Ada', designHash: 'sha256:0', twinVersion: '0.1.0', benchName: 'fake'},
  });
  const {runUid} = await engine.run(
    gridScan({
      roles: defaultRoles,
      dwell: {...defaultDwell, readingCount: 2},
      grid: {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 2, stepMm: 1, order: 'one-way'},
      reference: {every: 3, atMm: {xMm: 0, yMm: 0}},
      metadata: {sample: 'digit 7', purpose: 'test', campaignIndex: 0, calibrationUids: ['c']},
    }),
  );
  const keysByDescriptor = new Map<string, string[]>();
  const uids = new Set<string>();
  for (const [name, body] of store.documents(runUid)) {
    expect(schemas[name].safeParse(body).error).toBeUndefined();
    expect(record.safeParse(body).error).toBeUndefined();
    expect(uids.has(body.uid)).toBe(false);
    uids.add(body.uid);
    if (name === 'descriptor') {
      keysByDescriptor.set(body.uid, Object.keys(body.data_keys).sort());
      for (const {data, timestamps, data_keys} of Object.values(body.configuration)) {
        expect(Object.keys(timestamps)).toEqual(Object.keys(data));
        expect(Object.keys(data_keys)).toEqual(Object.keys(data));
      }
      expect(Object.values(body.object_keys).flat().sort()).toEqual(Object.keys(body.data_keys).sort());
    }
    if (name === 'event') {
      expect(Object.keys(body.data).sort()).toEqual(keysByDescriptor.get(body.descriptor));
      expect(Object.keys(body.timestamps).sort()).toEqual(keysByDescriptor.get(body.descriptor));
    }
  }
  expect(keysByDescriptor.size).toBe(2);
});
