import {afterAll, beforeAll, expect, it} from 'vitest';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import type {RunControls} from '../../../src/host/bench/bench-engine.ts';
import type {EngineEvent} from '../../../src/host/engine/events.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {runScan} from '../../../src/host/scan/run-scan.ts';
import {planSpecSchema, type PlanSpecInput} from '../../../src/contract/plan-spec.ts';
import {startWatchedBench, type WatchedBench} from './watched-bench.ts';

let at: WatchedBench;
let bench: OpenBench;
beforeAll(async () => {
  at = await startWatchedBench();
  bench = await at.open();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

const lostMm = 0.2;
const grid: PlanSpecInput = {
  plan: 'grid',
  widthMm: 3,
  heightMm: 3,
  stepMm: 1,
  referenceEvery: 4,
  referenceMm: {xMm: 0.5, yMm: 0.5},
  referencePatchMm: 0.4,
};

/** Scans a grid of 16 points with a visit every four, and pushes the carriage after the sixth point. */
async function scanSlipping(onPositionLost: 'pause' | 'fail', atPause: (engine: RunControls) => void) {
  let points = 0;
  let engine: RunControls | undefined;
  const notes: string[] = [];
  const reasons: string[] = [];
  const onEvent = (event: EngineEvent): void => {
    if (event.type === 'note') notes.push(event.text);
    if (event.type === 'state' && event.state === 'paused' && engine) {
      reasons.push(event.reason);
      atPause(engine);
    }
    const isPoint = event.type === 'document' && event.document[0] === 'event';
    if (isPoint && 'row' in event.document[1].data && ++points === 6) at.virtual.wiring.slipStage(lostMm, 0);
  };
  const spec = planSpecSchema.parse({...grid, onPositionLost});
  const {endedEarly, summary} = await runScan(
    {bench, store: at.store},
    {spec, isDetectorSetUp: false},
    {onEvent, onStart: (started) => (engine = started)},
  );
  const uid = summary.runs.at(-1)?.uid ?? '';
  return {endedEarly, notes, reasons, uid, stop: at.store.getRun(uid).stop};
}

it('a carriage that has lost steps is found at the next visit; the run waits for a person, and points since the last one count for nothing', async () => {
  const found = await scanSlipping('pause', (engine) => {
    // Homed: the carriage is where the controller counts it.
    at.virtual.wiring.slipStage(-lostMm, 0);
    engine.resume();
  });
  expect(found.endedEarly).toBeNull();
  expect(found.reasons).toEqual([expect.stringMatching(/the probe stands 0\.\d+ mm .* off in x/)]);
  expect(found.stop).toMatchObject({
    exit_status: 'success',
    num_events: {primary: 16},
    suspensions: [{ended_by: 'operator', points: {primary: [5, 8]}}],
  });
  expect(found.notes.join('\n')).toContain('stands where it stood at first');
  const plane = readRunPlane(at.store, found.uid, 'r');
  expect([...(plane?.values ?? [])].filter(Number.isNaN)).toHaveLength(4);

  const {data} = at.store.readPoints(found.uid, 'position');
  expect([...(data['is_lost'] ?? [])].filter((isLost) => isLost === 1)).toHaveLength(1);
  const lost = [...(data['is_lost'] ?? [])].indexOf(1);
  const [shiftMm, errorMm] = [data['shift_x_mm']?.[lost] ?? NaN, data['shift_x_error_mm']?.[lost] ?? NaN];
  expect(Math.abs(shiftMm - lostMm)).toBeLessThan(4 * errorMm);
  expect(Math.abs(data['shift_y_mm']?.[lost] ?? NaN)).toBeLessThan(0.1);
});

it('ends the run instead where that was asked for, names the points, and RF is off', async () => {
  const found = await scanSlipping('fail', () => undefined);
  at.virtual.wiring.slipStage(-lostMm, 0);
  expect(found.endedEarly).toMatchObject({
    code: 'device/changed',
    message: expect.stringMatching(/has lost steps.*points 5 to 8/) as string,
  });
  expect(found.stop).toMatchObject({
    exit_status: 'fail',
    num_events: {primary: 8},
    doubtful: {is_changed: true, points: {primary: [5, 8]}},
  });
  expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
});
