import type {DesignFile} from '../../src/contract/design-file.ts';
import type {MeasuredPlane} from '../../src/twin/alignment/measured-plane.ts';
import type {FrameState} from '../../src/twin/alignment/state.ts';
import {
  computeDesignPoints,
  computeRegionEnergies,
  computeScanWeights,
  estimateCellMm,
} from '../../src/twin/metrics/index.ts';

/** Energies of the regions in a measured plane whose scan stands in this frame. */
export function planeEnergies(
  {xMm, yMm, values}: Pick<MeasuredPlane, 'xMm' | 'yMm' | 'values'>,
  {dxMm, dyMm, rotationDeg}: FrameState,
  {regions}: DesignFile['detector'],
): Float64Array {
  const {widthMm: cellWidthMm, heightMm: cellHeightMm} = estimateCellMm(xMm, yMm);
  const points = computeDesignPoints(xMm, yMm, {dxMm, dyMm, rotationDeg});
  return computeRegionEnergies(
    computeScanWeights({...points, cellWidthMm, cellHeightMm, rotationDeg}, regions),
    values,
  );
}
