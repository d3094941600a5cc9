import {type Engine, createEngine} from '../../../src/host/engine/engine.ts';
import type {EngineOptions} from '../../../src/host/engine/engine-options.ts';
import {type MemoryRecorder, createMemoryRecorder} from '../../../src/host/engine/recorder.ts';
import {type GridScanOptions, type MeasuredPlane, gridScan} from '../../../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {withSourceOn, withStageStopped} from '../../../src/host/plans/wrappers.ts';
import type {Plan} from '../../../src/contract/messages.ts';
import type {RunEvent, RunStop} from '../../../src/contract/run-records.ts';
import {type FakeBench, createFakeBench} from './fake-bench.ts';

export interface EngineFixture {
  readonly bench: FakeBench;
  readonly recorder: MemoryRecorder;
  readonly engine: Engine;
}

/** An engine on fake instruments; options override. */
export function createFixture(options: Partial<EngineOptions> = {}): EngineFixture {
  const bench = createFakeBench();
  const recorder = createMemoryRecorder();
  let id = 0;
  let timeS = 1000;
  const engine = createEngine({
    devices: bench.devices,
    clock: bench.clock,
    recorder,
    metadata: {operator: 'Ada'},
    createId: () => `id-${++id}`,
    utcNowS: () => (timeS += 0.25),
    graceMs: 20,
    ...options,
  });
  return {bench, recorder, engine};
}

/** 3 x 3 points with source on and both kinds of clean-up. */
export const safeGrid = (options: Partial<GridScanOptions> = {}): Plan<MeasuredPlane> =>
  withStageStopped(
    withSourceOn(
      gridScan({
        roles: defaultRoles,
        dwell: defaultDwell,
        grid: {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 2, stepMm: 1, order: 'snake'},
        ...options,
      }),
      'source',
    ),
    'stage',
  );

export const eventsOf = (recorder: MemoryRecorder): RunEvent[] =>
  recorder.documents.flatMap((document) => (document[0] === 'event' ? [document[1]] : []));

export const stopsOf = (recorder: MemoryRecorder): RunStop[] =>
  recorder.documents.flatMap((document) => (document[0] === 'stop' ? [document[1]] : []));
