import {expect, test} from 'vitest';
import {Pace, type DurationProfile} from '../../../src/host/engine/pace.ts';

/** Runs of ten checkpoints, a second each. */
const profileOf = (runCount: number): DurationProfile => ({
  totalMs: runCount * 10_000,
  checkpointMs: Float64Array.from({length: runCount * 10}, (_, i) => (i + 1) * 1000),
  runEndMs: Array.from({length: runCount}, (_, run) => (run + 1) * 10_000),
});
const leftAt = (pace: Pace, elapsedMs: number): number =>
  pace.timeLeft({label: '', done: 1, total: 10, elapsedMs}).timeLeftMs ?? NaN;

test('a run that is given up half-way is passed over, and the rest keeps its pace', () => {
  const pace = new Pace(profileOf(3));
  for (let i = 0; i < 5; i++) pace.passCheckpoint();
  pace.passRunEnd();
  // Five seconds are gone as expected; twenty are to come, one checkpoint of them on its way.
  expect(leftAt(pace, 6000)).toBeCloseTo(19_000, -2);
  for (let i = 0; i < 10; i++) pace.passCheckpoint();
  pace.passRunEnd();
  expect(leftAt(pace, 16_000)).toBeCloseTo(9000, -2);
});

test('a run that is added on the way is in the time left from then on', () => {
  let profile = profileOf(2);
  const pace = new Pace(() => profile);
  for (let i = 0; i < 10; i++) pace.passCheckpoint();
  pace.passRunEnd();
  expect(leftAt(pace, 11_000)).toBeCloseTo(9000, -2);
  profile = profileOf(3);
  expect(leftAt(pace, 11_000)).toBeCloseTo(19_000, -2);
});
