import {fixedText} from '../../../base/number-format.ts';
import type {AlignDetail, Plane} from '../../../contract/api/index.ts';
import type {Region, ValueRange} from '../../viewer/index.ts';

/** One range for the measured plane and its prediction; cells that were not measured have no say. */
export function commonRange(planes: readonly Pick<Plane, 'values'>[]): ValueRange {
  let [low, high] = [Infinity, -Infinity];
  for (const {values} of planes)
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return high > low ? [low, high] : [0, 1];
}

/** What is left of a plane, in standard deviations. */
export interface ResidualSummary {
  readonly pointCount: number;
  /** Root mean square; 1 is what noise and the stated errors of the model make. */
  readonly rmsSigma: number;
  /** Part of the points beyond three sigma; 0.27 % of them would be by chance. */
  readonly beyondRatio: number;
  readonly largestSigma: number;
}

/** Sums up a residual; null when there is no point. */
export function summariseResidual(values: ArrayLike<number>): ResidualSummary | null {
  let [count, squares, beyond, largest] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    const size = Math.abs(value);
    count++;
    squares += value * value;
    if (size > 3) beyond++;
    if (size > largest) largest = size;
  }
  if (count === 0) return null;
  return {
    pointCount: count,
    rmsSigma: Math.sqrt(squares / count),
    beyondRatio: beyond / count,
    largestSigma: largest,
  };
}

/** In words, with what would be expected. */
export function residualText(summary: ResidualSummary | null): string {
  if (!summary) return 'No point of this plane was used.';
  const percent = fixedText(summary.beyondRatio * 100, 1);
  return (
    `RMS ${fixedText(summary.rmsSigma, 2)} σ (1 σ when noise and stated model errors are all there is), ` +
    `${percent} % of the points beyond 3 σ (0.3 % by chance), largest ${fixedText(summary.largestSigma, 1)} σ`
  );
}

/**
 * Range of the residual's colours, centred on zero: at least three sigma, so that mere noise looks calm, and not so
 * wide that a single wild point hides the rest.
 */
export function residualRange(values: ArrayLike<number>): ValueRange {
  const sizes = Float64Array.from(
    Array.from(values, (value) => Math.abs(value)).filter((size) => Number.isFinite(size)),
  ).sort();
  const most = sizes.length === 0 ? 0 : sizes[Math.floor((sizes.length - 1) * 0.998)];
  const reach = Math.max(3, Math.ceil(most * 2) / 2);
  return [-reach, reach];
}

/**
 * Boxes of the design's regions on the scan's own axes. The frame places the scan: p = scale R(rotation) s + shift, so
 * a region's centre p lies at s = R(-rotation) (p - shift) / scale. The boxes stay upright: their turn by the frame's,
 * a degree or so, is not drawn.
 */
export function regionsOnScan(
  regions: AlignDetail['regions'],
  frame: AlignDetail['frame'],
): readonly Region[] {
  const angle = (frame.rotationDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return regions.map(({label, centerXMm, centerYMm, widthMm, heightMm}) => {
    const [x, y] = [centerXMm - frame.dxMm, centerYMm - frame.dyMm];
    const [halfX, halfY] = [widthMm / frame.scale / 2, heightMm / frame.scale / 2];
    const xMm = (cos * x + sin * y) / frame.scale;
    const yMm = (-sin * x + cos * y) / frame.scale;
    return {label, rectMm: {xMm: [xMm - halfX, xMm + halfX], yMm: [yMm - halfY, yMm + halfY]}};
  });
}
