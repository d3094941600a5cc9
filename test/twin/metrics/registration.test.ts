import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {
  computeDesignPoints,
  registerFrame,
  type FrameRegistration,
} from '../../../src/twin/metrics/registration.ts';
import {createSpeckle, gridPoints, type PlaneFunction} from './speckle.ts';

const evaluate =
  (plane: PlaneFunction) =>
  (xMm: ArrayLike<number>, yMm: ArrayLike<number>): Float64Array =>
    Float64Array.from(xMm, (x, i) => plane(x, yMm[i]));

/** What a bench whose frame stands at `truth` reads of `plane`, with noise and a part the model lacks. */
function measure(plane: PlaneFunction, truth: FrameRegistration, seed: string, noise: number) {
  const random = createRandom(seed);
  const points = gridPoints(40, 1);
  const design = computeDesignPoints(points.xMm, points.yMm, truth);
  const values = evaluate(plane)(design.xMm, design.yMm).map(
    (value) => 3 * value + 0.01 + 3 * noise * random.normal(),
  );
  return {...points, values};
}

describe('registerFrame', () => {
  it('turns by the rotation first and shifts then, positive from x to y', () => {
    const {xMm, yMm} = computeDesignPoints([10], [0], {dxMm: 1, dyMm: -2, rotationDeg: 90});
    expect(xMm[0]).toBeCloseTo(1, 12);
    expect(yMm[0]).toBeCloseTo(8, 12);
  });

  it('recovers shifts and rotations of speckle under noise within its own sigmas', () => {
    const pulls: number[] = [];
    for (let trial = 0; trial < 5; trial++) {
      const random = createRandom(`registration ${trial}`);
      const plane = createSpeckle(random, 0.9);
      const truth = {
        dxMm: 3 * (random.uniform() - 0.5),
        dyMm: 3 * (random.uniform() - 0.5),
        rotationDeg: 2.4 * (random.uniform() - 0.5),
      };
      const found = registerFrame(measure(plane, truth, `noise ${trial}`, 0.15), evaluate(plane));
      expect(found.isAmbiguous).toBe(false);
      expect(found.isAtBound).toBe(false);
      expect(found.pearsonAfter).toBeGreaterThan(found.pearsonBefore);
      expect(found.gain).toBeCloseTo(3, 0);
      for (const key of ['dxMm', 'dyMm', 'rotationDeg'] as const)
        pulls.push((found[key] - truth[key]) / found.sigma[key]);
    }
    // 15 standard normal numbers: none beyond 4, and their mean square near 1 (0.4..2.4 holds 99.9 %).
    expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(4);
    const meanSquare = pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length;
    expect(meanSquare).toBeGreaterThan(0.3);
    expect(meanSquare).toBeLessThan(2.8);
  });

  it('says that a plane without the pattern fits nowhere', () => {
    const plane = createSpeckle(createRandom('a'), 0.9);
    const other = createSpeckle(createRandom('b'), 0.9, 60, 1e6);
    const found = registerFrame(
      measure(other, {dxMm: 0, dyMm: 0, rotationDeg: 0}, 'n', 0.1),
      evaluate(plane),
    );
    expect(found.isAmbiguous).toBe(true);
  });

  it('calls a repeating pattern ambiguous', () => {
    const stripes: PlaneFunction = (x, y) => 2 + Math.cos(2.5 * x) + Math.cos(2.5 * y);
    const points = gridPoints(20, 0.8);
    const found = registerFrame(
      {...points, values: evaluate(stripes)(points.xMm, points.yMm)},
      evaluate(stripes),
      {searchMm: 3},
    );
    expect(found.isAmbiguous).toBe(true);
    expect(found.pearsonSecond).toBeGreaterThan(0.9);
  });

  it('marks a frame that lies beyond the search range', () => {
    const plane = createSpeckle(createRandom('far'), 2);
    const found = registerFrame(
      measure(plane, {dxMm: 1.3, dyMm: 0, rotationDeg: 0}, 'n', 0.05),
      evaluate(plane),
      {searchMm: 0.8},
    );
    expect(found.isAtBound).toBe(true);
  });

  it('refuses planes without structure and too few points', () => {
    const points = gridPoints(10, 1);
    const flat = {...points, values: new Float64Array(points.xMm.length).fill(1)};
    expect(() => registerFrame(flat, evaluate(createSpeckle(createRandom('x'), 1)))).toThrow('constant');
    expect(() =>
      registerFrame(
        {xMm: [0], yMm: [0], values: [1]},
        evaluate(() => 0),
      ),
    ).toThrow('20 or more');
  });
});
