/** Square, centred grid: `count` samples a side, sample i at (i - (count - 1) / 2) * pitchMm; row = y, column = x. */
export interface Grid {
  readonly count: number;
  readonly pitchMm: number;
}

/** Real numbers in single or double precision. */
export type RealArray = Float32Array | Float64Array;

/** Real values on a grid, row-major, row 0 = smallest y. */
export interface RealPlane {
  readonly grid: Grid;
  readonly values: RealArray;
}

/** Complex field on a grid, row-major; time factor exp(-i w t), so a forward wave is exp(+i k z). */
export interface ComplexPlane {
  readonly grid: Grid;
  readonly re: RealArray;
  readonly im: RealArray;
}

/** Position of sample `index` on a side, mm. */
export const positionMm = (grid: Grid, index: number): number =>
  (index - (grid.count - 1) / 2) * grid.pitchMm;
