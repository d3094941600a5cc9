import type {Grid} from '../../contract/optics.ts';

/** How a free parameter (radians of phase) becomes a printable height. */
export interface HeightModel {
  readonly grid: Grid;
  /** Relief of one radian: lambda / (2 pi (n - 1)). */
  readonly mmPerRad: number;
  /**
   * phase: the parameter is a phase, wrapped into one turn. height: the parameter is a height, held between 0 and one
   * turn, so that no step of a whole turn can arise.
   */
  readonly parametrisation: 'phase' | 'height';
  /** Equal steps of one turn; null leaves heights continuous. */
  readonly levelCount: number | null;
}

/** Height model of a material at one wavelength: one radian of phase is lambda / (2 pi (n - 1)) of relief. */
export const createHeightModel = (
  grid: Grid,
  {wavelengthMm, refractiveIndex}: {readonly wavelengthMm: number; readonly refractiveIndex: number},
  {parametrisation, levelCount}: Pick<HeightModel, 'parametrisation' | 'levelCount'>,
): HeightModel => ({
  grid,
  mmPerRad: wavelengthMm / (2 * Math.PI * (refractiveIndex - 1)),
  parametrisation,
  levelCount,
});

/** Relief of one turn of phase, mm. */
export const turnMm = (model: HeightModel): number => model.mmPerRad * 2 * Math.PI;

/** Step between levels, mm; levels are 0, step, ... (count - 1) step: the next one would be a whole turn. */
export const heightStepMm = (model: HeightModel): number | null =>
  model.levelCount === null ? null : turnMm(model) / model.levelCount;

/** Heights (mm) of parameters (rad), wrapped or held, and rounded to the levels where there are any. */
export function heightsFrom(
  model: HeightModel,
  parameters: ArrayLike<number>,
  levelCount = model.levelCount,
): Float32Array {
  const turn = 2 * Math.PI;
  const {mmPerRad} = model;
  const heights = new Float32Array(parameters.length);
  for (let i = 0; i < heights.length; i++) {
    let phase = parameters[i];
    if (model.parametrisation === 'phase') phase -= turn * Math.floor(phase / turn);
    else phase = Math.min(Math.max(phase, 0), turn);
    if (levelCount === null) heights[i] = phase * mmPerRad;
    else {
      let level = Math.round((phase / turn) * levelCount);
      if (level >= levelCount) level = model.parametrisation === 'phase' ? 0 : levelCount - 1;
      heights[i] = ((level * turn) / levelCount) * mmPerRad;
    }
  }
  return heights;
}
