import {radFromDeg} from '../../contract/units.ts';
import type {BeamQuantity} from './parameters.ts';
import type {FieldView} from './sampling.ts';
import {sidePositions, type Stack} from './stack.ts';

/**
 * Writes the derivative of the light at the object by one number of the beam. The light
 * exp(-s r^2) exp(i k c r^2 / 2) exp(i k (x sin tx + y sin ty)), with r from the beam's centre, changes by a factor
 * times itself (see createIllumination).
 */
export function fillLightChange(stack: Stack, quantity: BeamQuantity, to: FieldView): void {
  const {grid, wavelengthMm, state} = stack;
  const {dxMm, dyMm, rotationDeg} = state.object;
  const {centerXMm, centerYMm, narrownessPerMm2, curvaturePerMm, tiltXDeg, tiltYDeg} = state.beam;
  const light = stack.convolver.view(stack.incident[0]);
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const angle = radFromDeg(rotationDeg);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const side = sidePositions(grid);
  const perTiltX = waveNumber * Math.cos(radFromDeg(tiltXDeg)) * radFromDeg(1);
  const perTiltY = waveNumber * Math.cos(radFromDeg(tiltYDeg)) * radFromDeg(1);
  for (let row = 0; row < grid.count; row++)
    for (let column = 0; column < grid.count; column++) {
      const x = cos * side[column] - sin * side[row] + dxMm;
      const y = sin * side[column] + cos * side[row] + dyMm;
      const u = x - centerXMm;
      const v = y - centerYMm;
      let real = 0;
      let imaginary = 0;
      switch (quantity) {
        case 'centerX':
          real = 2 * narrownessPerMm2 * u;
          imaginary = -waveNumber * curvaturePerMm * u;
          break;
        case 'centerY':
          real = 2 * narrownessPerMm2 * v;
          imaginary = -waveNumber * curvaturePerMm * v;
          break;
        case 'narrowness':
          real = -(u * u + v * v);
          break;
        case 'curvature':
          imaginary = (waveNumber * (u * u + v * v)) / 2;
          break;
        case 'tiltX':
          imaginary = perTiltX * x;
          break;
        case 'tiltY':
          imaginary = perTiltY * y;
      }
      const at = row * grid.count + column;
      to.re[at] = real * light.re[at] - imaginary * light.im[at];
      to.im[at] = real * light.im[at] + imaginary * light.re[at];
    }
}
