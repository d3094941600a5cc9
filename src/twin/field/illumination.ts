import type {Illumination} from '../../contract/illumination.ts';
import {positionMm, type ComplexPlane, type Grid} from '../../contract/optics.ts';
import {radFromDeg} from '../../contract/units.ts';

/** Where the samples of a part's own grid lie in the bench frame: rotated by rotationRad, then shifted. */
export interface Frame {
  readonly xMm: number;
  readonly yMm: number;
  readonly rotationRad: number;
}

/** Frame of the bench itself: no shift, no rotation. */
export const benchFrame: Frame = {xMm: 0, yMm: 0, rotationRad: 0};

/**
 * Field of the illumination at the samples of a grid that stands in `frame`; amplitude 1 on the axis.
 * Plane wave: exp(i k (x sin tx + y sin ty)). Gaussian beam (Siegman, Lasers, ch. 17):
 * exp(-r^2 / w^2) exp(i k r^2 / (2 R)), R > 0 for a diverging wave with time factor exp(-i w t), times the tilt.
 */
export function createIllumination(
  illumination: Illumination,
  grid: Grid,
  wavelengthMm: number,
  frame: Frame = benchFrame,
): ComplexPlane {
  const {count} = grid;
  const re = new Float64Array(count * count);
  const im = new Float64Array(count * count);
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const tiltX = Math.sin(radFromDeg(illumination.tiltXDeg));
  const tiltY = Math.sin(radFromDeg(illumination.tiltYDeg));
  const [cos, sin] = [Math.cos(frame.rotationRad), Math.sin(frame.rotationRad)];
  for (let row = 0; row < count; row++) {
    const v = positionMm(grid, row);
    for (let column = 0; column < count; column++) {
      const u = positionMm(grid, column);
      const x = cos * u - sin * v + frame.xMm;
      const y = sin * u + cos * v + frame.yMm;
      let amplitude = 1;
      let phase = waveNumber * (tiltX * x + tiltY * y);
      if (illumination.kind === 'gaussian-beam') {
        const squared = (x - illumination.centerXMm) ** 2 + (y - illumination.centerYMm) ** 2;
        amplitude = Math.exp(-squared / illumination.radiusMm ** 2);
        const radius = illumination.curvatureRadiusMm;
        if (radius !== null) phase += (waveNumber * squared) / (2 * radius);
      }
      const at = row * count + column;
      re[at] = amplitude * Math.cos(phase);
      im[at] = amplitude * Math.sin(phase);
    }
  }
  return {grid, re, im};
}
