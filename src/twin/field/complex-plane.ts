import type {ComplexPlane, Grid} from '../../contract/optics.ts';

/** Product, sample by sample, of two planes on one grid. */
export function multiplyPlanes(a: ComplexPlane, b: ComplexPlane): ComplexPlane {
  const re = new Float64Array(a.re.length);
  const im = new Float64Array(a.re.length);
  for (let i = 0; i < re.length; i++) {
    re[i] = a.re[i] * b.re[i] - a.im[i] * b.im[i];
    im[i] = a.re[i] * b.im[i] + a.im[i] * b.re[i];
  }
  return {grid: a.grid, re, im};
}

/** The middle samples of a plane, as many as `grid` has; counts must both be even or both be odd. */
export function cropPlane(plane: ComplexPlane, grid: Grid): ComplexPlane {
  if (plane.grid.count === grid.count) return plane;
  const offset = (plane.grid.count - grid.count) / 2;
  const cut = (values: ComplexPlane['re']): Float64Array => {
    const out = new Float64Array(grid.count * grid.count);
    for (let row = 0; row < grid.count; row++) {
      const from = (row + offset) * plane.grid.count + offset;
      out.set(values.subarray(from, from + grid.count), row * grid.count);
    }
    return out;
  };
  return {grid, re: cut(plane.re), im: cut(plane.im)};
}
