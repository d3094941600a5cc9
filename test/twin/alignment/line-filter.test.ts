import {describe, expect, it} from 'vitest';
import {createLineFilter} from '../../../src/twin/alignment/line-filter.ts';
import {createKernelInstance} from '../../../src/twin/kernel/wasm.ts';

const count = 64;
/** Cosine of 0.5 of the grid's highest frequency, in a direction of its own, fading out towards the edges. */
const wave = (x: number, y: number): number =>
  Math.cos(Math.PI * (0.4 * x + 0.3 * y) + 0.3) * Math.exp(-(x * x + y * y) / 180);
const slopeX = (x: number, y: number): number =>
  -Math.PI * 0.4 * Math.sin(Math.PI * (0.4 * x + 0.3 * y) + 0.3) * Math.exp(-(x * x + y * y) / 180) -
  (x / 90) * wave(x, y);

function setUp() {
  const kernel = createKernelInstance();
  const [from, to] = [kernel.allocate(count * count * 4), kernel.allocate(count * count * 4)];
  const filter = createLineFilter(kernel, count, count);
  const place = (i: number): number => i - (count - 1) / 2;
  const plane = kernel.f32(from, count * count);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      plane[row * count + column] = wave(place(column), place(row));
  const worst = (address: number, want: (x: number, y: number) => number): number => {
    const values = kernel.f32(address, count * count);
    let largest = 0;
    for (let row = 16; row < 48; row++)
      for (let column = 16; column < 48; column++)
        largest = Math.max(largest, Math.abs(values[row * count + column] - want(place(column), place(row))));
    return largest;
  };
  return {from, to, filter, worst};
}

describe('line filter', () => {
  it.each([0.002, 0.02, -0.05])('turns a field by %f rad', (angle) => {
    const {from, filter, worst} = setUp();
    filter.turn([from], angle);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    expect(worst(from, (u, v) => wave(c * u - s * v, s * u + c * v))).toBeLessThan(5e-4);
  });

  it('differentiates along x and y', () => {
    const {from, to, filter, worst} = setUp();
    filter.derivativeX(from, to);
    expect(worst(to, slopeX)).toBeLessThan(3e-3);
    filter.derivativeY(from, to);
    const slopeY = (x: number, y: number): number => (wave(x, y + 1e-4) - wave(x, y - 1e-4)) / 2e-4;
    expect(worst(to, slopeY)).toBeLessThan(3e-3);
  });

  it('undoes a turn by the opposite turn', () => {
    const {from, filter, worst} = setUp();
    filter.turn([from], 0.03);
    filter.turn([from], -0.03);
    expect(worst(from, wave)).toBeLessThan(5e-4);
  });
});
