import {expect, test} from 'vitest';
import {placePlate} from '../../../src/twin/alignment/place-plate.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import {createEngine, createSettings, designed, measurePlanes} from './small-bench.ts';

const range = {lateralMm: 1.5, rotationDeg: 3};
const withPlate2 = (dxMm: number, dyMm: number, rotationDeg: number): BenchState => ({
  ...designed,
  plates: [designed.plates[0], {...designed.plates[1], dxMm, dyMm, rotationDeg}],
});

test('finds a plate anywhere in its holder while everything else is known', async () => {
  const settings = createSettings(2);
  const {evaluate} = createEngine(settings);
  for (const [dxMm, dyMm, rotationDeg] of [
    [1.2, -0.9, 2.2],
    [-1.35, 1.1, -1.5],
    [0, 0, 0],
  ] as const) {
    const planes = measurePlanes(settings, withPlate2(dxMm, dyMm, rotationDeg), 3);
    const rounds: number[] = [];
    const {state, correlation} = await placePlate(
      evaluate,
      planes,
      {start: designed, plate: 1, range},
      {
        onRound: (round) => rounds.push(round),
      },
    );
    const [first, second] = state.plates;
    expect(first).toEqual(designed.plates[0]);
    // Within half a pixel a fit leads on.
    expect(Math.hypot(second.dxMm - dxMm, second.dyMm - dyMm)).toBeLessThan(0.25);
    expect(Math.abs(second.rotationDeg - rotationDeg)).toBeLessThan(1);
    expect(correlation).toBeGreaterThan(0.9);
    expect(rounds).toEqual([1, 2, 3]);
  }
});

test('ends at once when it is stopped', async () => {
  const settings = createSettings(1);
  const controller = new AbortController();
  let count = 0;
  const engine = createEngine(settings);
  const found = placePlate(
    (requests) => {
      if (++count === 5) controller.abort();
      return engine.evaluate(requests);
    },
    measurePlanes(settings, designed, 1),
    {start: designed, plate: 1, range},
    {signal: controller.signal},
  );
  await expect(found).rejects.toMatchObject({name: 'AbortError'});
  expect(count).toBe(5);
});
