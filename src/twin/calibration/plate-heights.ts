/** How the phases of a plate that is trained become heights that a printer makes. */
export interface PlateHeights {
  /** Relief of one radian in the material as it was found, lambda / (2 pi (n - 1)). */
  readonly mmPerRad: number;
  /** Equal steps from 0 to `maximumMm`; null leaves heights continuous. */
  readonly levels: {readonly count: number; readonly maximumMm: number} | null;
}

/** Heights model of a plate in a material of index `refractiveIndex` at a wavelength, mm. */
export const plateHeightsOf = (
  wavelengthMm: number,
  refractiveIndex: number,
  levels: PlateHeights['levels'],
): PlateHeights => ({mmPerRad: wavelengthMm / (2 * Math.PI * (refractiveIndex - 1)), levels});

/**
 * Heights (mm) of phases (rad): wrapped into one turn, and rounded to the levels where there are any and `isRounded` is
 * set. A phase between the highest level and a whole turn becomes the nearer of the highest level and 0.
 */
export function printableHeights(
  {mmPerRad, levels}: PlateHeights,
  phases: ArrayLike<number>,
  isRounded: boolean,
): Float32Array {
  const turn = 2 * Math.PI;
  const heights = new Float32Array(phases.length);
  const stepMm = levels && levels.maximumMm / (levels.count - 1);
  for (let i = 0; i < heights.length; i++) {
    const wrapped = mmPerRad * (phases[i] - turn * Math.floor(phases[i] / turn));
    if (!isRounded || stepMm === null || levels === null) {
      heights[i] = wrapped;
      continue;
    }
    const isNearerTurn = mmPerRad * turn - wrapped < wrapped - levels.maximumMm;
    heights[i] = isNearerTurn ? 0 : Math.min(levels.maximumMm, Math.round(wrapped / stepMm) * stepMm);
  }
  return heights;
}
