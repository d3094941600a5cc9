import {describe, expect, it} from 'vitest';
import * as fc from 'fast-check';
import {heightBlock} from '../../../src/twin/print/height-block.ts';
import {examineMesh} from '../../../src/twin/print/triangle-mesh.ts';
import {heightFromAbove} from './ray-from-above.ts';

const pitchMm = 0.4;

/** Heights of few kinds, so that tall pixels that touch at a corner alone are common. */
const heightMaps = fc.integer({min: 2, max: 7}).chain((count) =>
  fc.record({
    count: fc.constant(count),
    surfaceMm: fc.array(fc.constantFrom(0.5, 0.6, 1.1, 1.5), {
      minLength: count * count,
      maxLength: count * count,
    }),
    relief: fc.constantFrom('square-pixels' as const, 'sampled-surface' as const),
    isTurned: fc.boolean(),
  }),
);

describe('a block with a relief', () => {
  it('is closed, every edge between two triangles, and looks outward', () => {
    fc.assert(
      fc.property(heightMaps, ({count, surfaceMm, relief, isTurned}) => {
        const report = examineMesh(heightBlock({count, pitchMm}, surfaceMm, {relief, isTurned}));
        expect(report).toMatchObject({openEdgeCount: 0, flatCount: 0});
        expect(report.volumeMm3).toBeGreaterThan(0);
        expect(report.max[2]).toBeCloseTo(Math.max(...surfaceMm), 6);
        expect(report.min[2]).toBe(0);
      }),
      {numRuns: 60},
    );
  });

  it('has the volume of its pixels', () => {
    fc.assert(
      fc.property(heightMaps, ({count, surfaceMm, isTurned}) => {
        const pixels = surfaceMm.reduce((sum, height) => sum + height * pitchMm * pitchMm, 0);
        const {volumeMm3} = examineMesh(
          heightBlock({count, pitchMm}, surfaceMm, {relief: 'square-pixels', isTurned}),
        );
        // Where four pixels meet, a square of 0.01 mm is cut along one of its diagonals.
        expect(Math.abs(volumeMm3 - pixels)).toBeLessThan(count * count * 1e-4 + 1e-5 * pixels);
      }),
      {numRuns: 60},
    );
  });

  it('has each pixel where the plane has it; turned, x runs the other way', () => {
    const count = 5;
    const surfaceMm = Float64Array.from({length: count * count}, (_, i) => 0.5 + 0.02 * i);
    for (const isTurned of [false, true])
      for (const relief of ['square-pixels', 'sampled-surface'] as const) {
        const mesh = heightBlock({count, pitchMm}, surfaceMm, {relief, isTurned});
        for (let row = 0; row < count; row++)
          for (let column = 0; column < count; column++) {
            const x = (column - 2) * pitchMm * (isTurned ? -1 : 1);
            const got = heightFromAbove(mesh, x + 1e-4, (row - 2) * pitchMm + 2e-4);
            expect(Math.abs(got - surfaceMm[row * count + column])).toBeLessThan(1e-3);
          }
      }
  });
});

describe('the examination of a surface', () => {
  const good = heightBlock({count: 3, pitchMm}, new Float64Array(9).fill(1), {
    relief: 'square-pixels',
    isTurned: false,
  });

  it('tells a hole, a triangle that is turned over and one without area', () => {
    const hole = {...good, triangles: good.triangles.slice(3)};
    expect(examineMesh(hole).openEdgeCount).toBe(3);
    const turned = Uint32Array.from(good.triangles);
    [turned[0], turned[1]] = [turned[1], turned[0]];
    expect(examineMesh({...good, triangles: turned}).openEdgeCount).toBe(3);
    const flat = Uint32Array.from([...good.triangles, 0, 0, 1]);
    expect(examineMesh({...good, triangles: flat}).flatCount).toBe(1);
  });

  it('gives a surface that looks inward a negative volume', () => {
    const inward = Uint32Array.from(good.triangles).reverse();
    expect(examineMesh({...good, triangles: inward}).volumeMm3).toBeCloseTo(-1.44, 4);
  });
});
