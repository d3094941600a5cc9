import type {Agreement} from '../../contract/alignment.ts';
import type {ReadDetector} from '../../contract/design-file.ts';
import {onePlaneOf} from '../../contract/read-out.ts';
import {
  computePearson,
  computeRegionEnergies,
  computeScanWeights,
  computeShareError,
  computeShares,
  createReadOut,
  estimateCellMm,
  findWinner,
} from '../metrics/index.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {frameAxes, type BenchState} from './state.ts';

/** Regions count as covered from here on. */
const enoughCoverage = 0.9;

/** How well planes agree with what is predicted at a state; regions where the state has the scan's frame. */
export function measureAgreement(
  planes: readonly MeasuredPlane[],
  values: readonly PlaneValues[],
  {frame}: BenchState,
  {detector, unexplainedRatio}: {readonly detector: ReadDetector; readonly unexplainedRatio: number},
): Agreement {
  const correlations = planes.map((plane, i) => computePearson(plane.values, values[i].power) ?? 0);
  const {xx, xy, yx, yy} = frameAxes(frame);
  const {scoresOf} = createReadOut(onePlaneOf(detector));
  let [squares, matches, scored] = [0, 0, 0];
  planes.forEach((plane, i) => {
    const xMm = Float64Array.from(plane.xMm, (x, k) => xx * x + yx * plane.yMm[k] + frame.dxMm);
    const yMm = Float64Array.from(plane.xMm, (x, k) => xy * x + yy * plane.yMm[k] + frame.dyMm);
    const {widthMm: cellWidthMm, heightMm: cellHeightMm} = estimateCellMm(plane.xMm, plane.yMm);
    const weights = computeScanWeights(
      {xMm, yMm, cellWidthMm, cellHeightMm, rotationDeg: frame.rotationDeg},
      detector.regions,
    );
    if (weights.some(({coverageRatio}) => coverageRatio < enoughCoverage)) return;
    const energies = [plane.values, values[i].power].map((powers) => computeRegionEnergies(weights, powers));
    // Noise alone may sum to nothing; such a plane has no shares.
    if (!energies.every((own) => own.reduce((sum, energy) => sum + energy, 0) > 0)) return;
    const [measured, predicted] = energies.map(computeShares);
    scored++;
    squares += computeShareError(measured, predicted) ** 2;
    if (findWinner(scoresOf(measured)) === findWinner(scoresOf(predicted))) matches++;
  });
  return {
    correlation: correlations.reduce((sum, value) => sum + value, 0) / planes.length,
    shareError: scored === planes.length ? Math.sqrt(squares / scored) : null,
    matchCount: scored === planes.length ? matches : null,
    planeCount: planes.length,
    unexplainedRatio,
  };
}
