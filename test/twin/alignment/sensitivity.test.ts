import {expect, it} from 'vitest';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import {computeSensitivity} from '../../../src/twin/alignment/sensitivity.ts';
import {positionMm} from '../../../src/contract/optics.ts';
import {createMask, designed, specOf, wavelengthMm} from './small-bench.ts';

it('tells what each displacement does, the worst first', async () => {
  const grid = {count: 24, pitchMm: 0.5};
  const at = (i: number): number => positionMm(grid, i);
  const points = {
    xMm: Float64Array.from({length: 576}, (_, i) => at(i % 24)),
    yMm: Float64Array.from({length: 576}, (_, i) => at(Math.floor(i / 24))),
  };
  const objects = [0, 1, 2, 3, 4, 5].map((number) => ({
    label: String(number % 2),
    object: createMask(number),
  }));
  const evaluator = createEvaluator(specOf(objects.map(({object}) => ({object, ...points}))));
  const regions = [-3, 3].flatMap((x) =>
    [-3, 3].map((y) => ({label: `${x} ${y}`, centerXMm: x, centerYMm: y, widthMm: 3, heightMm: 3})),
  );
  const progress: number[] = [];
  const table = await computeSensitivity({
    evaluate: (requests) => Promise.resolve(requests.map((request) => evaluator.evaluate(request))),
    start: designed,
    objects,
    detector: {regions},
    grid,
    wavelengthMm,
    onProgress: (done) => progress.push(done),
  });
  expect(table).toMatchObject({objectCount: 6, accuracyAsDesigned: 0});
  expect(table.rows.map(({name}) => name)).toEqual(
    expect.arrayContaining([
      'plate1.dx',
      'plate2.rotation',
      'plate2.dz',
      'plate1.tiltX',
      'object.dy',
      'frame.dx',
      'plates.n',
    ]),
  );
  const worst = table.rows.map(({points: own}) => Math.min(...own.map(({match}) => match)));
  expect(worst).toEqual([...worst].sort((a, b) => a - b));
  for (const {name, points: own, tolerance} of table.rows) {
    // More displacement, less correlation, from nearly 1 on.
    expect(own[0].correlation, name).toBeGreaterThan(own[own.length - 1].correlation);
    const lost = own.find(({match}) => match < 0.95);
    if (!lost) expect(tolerance, name).toBeNull();
    else expect(tolerance, name).toBeLessThanOrEqual(lost.size);
  }
  // A plate's shift of two wavelengths takes most of a plane of speckle.
  const shift = table.rows.find(({name}) => name === 'plate2.dx')!;
  expect(shift.points[shift.points.length - 1].correlation).toBeLessThan(0.6);
  expect(progress[progress.length - 1]).toBe(1);
});
