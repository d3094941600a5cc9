import {expect, test} from 'vitest';
import {BenchError} from '../../../src/contract/errors.ts';
import {planSpecSchema} from '../../../src/contract/plan-spec.ts';
import {beamFind} from '../../../src/host/plans/beam-find.ts';
import {measureDarkLevel} from '../../../src/host/plans/dark-level.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {lineScan} from '../../../src/host/plans/line.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {planFromSpec} from '../../../src/host/plans/plan-from-spec.ts';
import {regionScan} from '../../../src/host/plans/regions.ts';
import {collect, typesOf} from './message-collector.ts';

const options = {roles: defaultRoles, dwell: defaultDwell};
const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 1, heightMm: 1, stepMm: 1, order: 'snake'} as const;
const stopped = (): BenchError =>
  new BenchError('plan/stopped', 'x', {details: {reason: 'stopped by operator'}});

test('a point is measured by move, settle, read, record, progress, checkpoint', () => {
  const {messages} = collect(planFromSpec(planSpecSchema.parse({plan: 'point', xMm: 1, yMm: 2})));
  expect(typesOf(messages)).toEqual([
    'open-run',
    'declare-stream',
    'move',
    'settle',
    'read',
    'record',
    'progress',
    'checkpoint',
    'close-run',
  ]);
  expect(messages[2]).toMatchObject({device: 'stage', targetMm: {x: 1, y: 2}});
  expect(messages[5]).toMatchObject({
    stream: 'primary',
    data: {x_mm: 1, y_mm: 2, x_target_mm: 1, y_target_mm: 2, x_v: 1e-3, row: 0, column: 0, point_index: 0},
  });
  expect(messages.at(-1)).toEqual({type: 'close-run', exitStatus: 'success', reason: ''});
});

test('every recorded point has exactly the declared columns', () => {
  for (const readingCount of [1, 3]) {
    const {messages} = collect(
      gridScan({
        ...options,
        dwell: {...defaultDwell, readingCount},
        grid,
        reference: {every: 2, atMm: {xMm: 0, yMm: 0}},
      }),
    );
    const declared = new Map<string, string[]>();
    for (const message of messages)
      if (message.type === 'declare-stream')
        declared.set(message.stream, message.columns.map(({name}) => name).sort());
    for (const message of messages)
      if (message.type === 'record')
        expect(Object.keys(message.data).sort()).toEqual(declared.get(message.stream));
  }
});

test('a grid walks as a snake and says so in its start record', () => {
  const {messages, result} = collect(gridScan({...options, grid}), {signalV: (x, y) => 10 * y + x});
  const targets = messages.flatMap((message) =>
    message.type === 'move' ? [[message.targetMm.x, message.targetMm.y]] : [],
  );
  expect(targets).toEqual([
    [-0.5, -0.5],
    [0.5, -0.5],
    [0.5, 0.5],
    [-0.5, 0.5],
  ]);
  expect(messages[0]).toMatchObject({
    run: {
      planName: 'grid',
      shape: [2, 2],
      isSnaking: true,
      pointCount: 4,
      hints: {
        gridding: 'rectilinear',
        dimensions: [
          [['y_mm'], 'primary'],
          [['x_mm'], 'primary'],
        ],
      },
    },
  });
  // Row-major, row 0 = smallest y, whatever the order of measuring.
  expect([...(result?.real ?? [])]).toEqual([-5.5, -4.5, 4.5, 5.5]);
});

test('a grid begins at any point and leaves the others unmeasured', () => {
  const {messages, result} = collect(gridScan({...options, grid, startIndex: 3}));
  expect(messages.filter(({type}) => type === 'record')).toHaveLength(1);
  expect([...(result?.real ?? [])].map(Number.isNaN)).toEqual([true, true, false, true]);
  expect(collect(gridScan({...options, grid, startIndex: 4})).error).toMatchObject({code: 'plan/invalid'});
});

test('the reference point is visited first, every few points and last', () => {
  const {messages} = collect(gridScan({...options, grid, reference: {every: 2, atMm: {xMm: 9, yMm: 9}}}));
  const streams = messages.flatMap((message) => (message.type === 'record' ? [message.stream] : []));
  expect(streams).toEqual([
    'reference',
    'primary',
    'primary',
    'reference',
    'primary',
    'primary',
    'reference',
  ]);
});

test('readings are averaged with their standard error, apart by the memory of the filter', () => {
  let reading = 0;
  const values = [1, 2, 3];
  const plan = planFromSpec(
    planSpecSchema.parse({plan: 'point', xMm: 0, yMm: 0, readingCount: 3, restMs: 5}),
  );
  const {messages} = collect(plan, {signalV: () => values[reading++] ?? NaN});
  expect(typesOf(messages).slice(2, 10)).toEqual([
    'move',
    'settle',
    'sleep',
    'read',
    'settle',
    'read',
    'settle',
    'read',
  ]);
  const record = messages.find(({type}) => type === 'record');
  expect(record).toMatchObject({data: {x_v: 2, r_v: 2}});
  expect((record as {data: Record<string, number>}).data['x_se_v']).toBeCloseTo(1 / Math.sqrt(3), 12);
});

test('a run that was stopped at any message is closed as aborted with the reason', () => {
  const count = collect(gridScan({...options, grid})).messages.length;
  for (let at = 1; at < count - 1; at++) {
    const {messages, error} = collect(gridScan({...options, grid}), {
      failAt: (_message, index) => (index === at ? stopped() : undefined),
    });
    expect(messages.at(-1)).toEqual({type: 'close-run', exitStatus: 'abort', reason: 'stopped by operator'});
    expect(error).toMatchObject({code: 'plan/stopped'});
  }
});

test('a run that met a fault is closed as failed with its message', () => {
  const {messages} = collect(
    lineScan({...options, axis: 'x', startMm: 0, stopMm: 2, stepMm: 1, otherMm: 0}),
    {
      failAt: (message) =>
        message.type === 'read' ? new BenchError('port/timeout', 'No answer.') : undefined,
    },
  );
  expect(messages.at(-1)).toEqual({type: 'close-run', exitStatus: 'fail', reason: 'No answer.'});
});

test('region sums are the mean signal times the area', () => {
  const regions = [
    {label: '0', centerXMm: -5, centerYMm: 0, widthMm: 2, heightMm: 3},
    {label: '1', centerXMm: 5, centerYMm: 0, widthMm: 2, heightMm: 3},
  ];
  const {result} = collect(regionScan({...options, regions, pointsPerSide: 3}), {
    signalV: (x) => (x < 0 ? 2 : 1),
  });
  expect(result?.energies[0]).toBeCloseTo(12, 10);
  expect(result?.energies[1]).toBeCloseTo(6, 10);
});

test('beam finding returns centre, width and peak of a Gaussian', () => {
  const [centreX, centreY, sigma] = [2.3, -1.7, 3];
  const {result} = collect(beamFind({...options, centerMm: {xMm: 0, yMm: 0}, widthMm: 30, stepMm: 1.5}), {
    signalV: (x, y) => 1e-5 + 1e-3 * Math.exp(-((x - centreX) ** 2 + (y - centreY) ** 2) / (2 * sigma ** 2)),
  });
  expect(result?.centroidMm.xMm).toBeCloseTo(centreX, 1);
  expect(result?.centroidMm.yMm).toBeCloseTo(centreY, 1);
  expect(result?.peakMm.xMm).toBeCloseTo(centreX, 2);
  expect(result?.peakMm.yMm).toBeCloseTo(centreY, 2);
  // The tenth that is left out makes a Gaussian narrower by a known 14 %.
  expect((result?.widthMm.xMm ?? NaN) / sigma).toBeGreaterThan(0.82);
  expect((result?.widthMm.xMm ?? NaN) / sigma).toBeLessThan(1.02);
});

test('without light beam finding says so instead of inventing a centre', () => {
  const {error} = collect(beamFind({...options, centerMm: {xMm: 0, yMm: 0}, widthMm: 4, stepMm: 1}), {
    signalV: () => 1e-6,
  });
  expect(error).toMatchObject({code: 'plan/invalid'});
  expect(String(error)).toContain('No beam');
});

test('a dark level turns the source off first and averages with a standard error', () => {
  let reading = 0;
  const {messages, result} = collect(
    measureDarkLevel({...options, method: 'source-off', readingCount: 4, turnOnAfter: true}),
    {signalV: () => (reading++ % 2 === 0 ? 1 : 3)},
  );
  expect(typesOf(messages)[0]).toBe('call turn-off');
  expect(typesOf(messages).at(-1)).toBe('call turn-on');
  expect(result).toMatchObject({real: 2, readingCount: 4});
  expect(result?.realStandardError).toBeCloseTo(Math.sqrt(4 / 3) / 2, 12);
});

test('a blocked beam is asked for and freed again', () => {
  const {messages} = collect(measureDarkLevel({...options, method: 'beam-blocked', readingCount: 2}));
  const requests = messages.flatMap((message) => (message.type === 'operator' ? [message.request.kind] : []));
  expect(requests).toEqual(['block-beam', 'unblock-beam']);
  expect(typesOf(messages)).not.toContain('call turn-off');
});
