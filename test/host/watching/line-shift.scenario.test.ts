import {expect, it} from 'vitest';
import {planSpecSchema} from '../../../src/contract/plan-spec.ts';
import {runScan} from '../../../src/host/scan/run-scan.ts';
import {spotSettings, startSpotBench} from './spot-bench.ts';

const playMm = 0.2;

it('play of a stage that is not taken out by approaches shows as a shift of backward lines, with an offer', async () => {
  await using at = await startSpotBench({...spotSettings, backlashMm: playMm}, {backlashMm: 0});
  const scan = async (order: 'snake' | 'one-way') => {
    const notes: string[] = [];
    const spec = planSpecSchema.parse({plan: 'grid', widthMm: 9, heightMm: 9, stepMm: 1, order});
    const {endedEarly, summary} = await runScan(
      at,
      {spec, isDetectorSetUp: false},
      {onEvent: (event) => event.type === 'note' && notes.push(event.text)},
    );
    expect(endedEarly).toBeNull();
    return {notes: notes.join('\n'), run: at.store.getRun(summary.runs[0].uid)};
  };
  const {notes, run} = await scan('snake');
  expect(notes).toContain('Measure with the order one-way');
  expect(run.stop?.num_events).toMatchObject({primary: 100, line_shift: 3});
  const {data} = at.store.readPoints(run.start.uid, 'line_shift');
  const [shiftUm, errorUm] = [data['shift_um']?.at(-1) ?? NaN, data['shift_error_um']?.at(-1) ?? NaN];
  // Backwards the carriage lags behind, on the side of larger x.
  expect(Math.abs(shiftUm - 1000 * playMm)).toBeLessThan(20 + 4 * errorUm);
  // Derived numbers are no points of the run.
  expect(at.store.getRunSummary(run.start.uid).pointCount).toBe(100);
  expect((await scan('one-way')).notes).not.toContain('Backward lines');
});
