import {
  measurementCauses,
  type MeasuredLoss,
  type MeasurementCause,
  type MeasurementModel,
} from '../../contract/measurement.ts';
import {marginOfClass, type ReadOut} from '../metrics/read-out.ts';
import {computePlaneShares, findWinner} from '../metrics/regions.ts';

/** What a plane is predicted from: everything of a bench that is known before it is measured. */
export const predictedCauses: readonly MeasurementCause[] = ['pixels', 'thickness', 'light', 'probe'];

/** Causes that are drawn, so that one bench is not enough. */
const drawnCauses: readonly MeasurementCause[] = ['scan', 'print', 'noise', 'placement'];

/** Whether benches differ in these causes. */
export const isDrawn = (causes: readonly MeasurementCause[]): boolean =>
  causes.some((cause) => drawnCauses.includes(cause));

/**
 * Rows of a table of losses: the design by itself, with square pixels, these with one more cause at a time, then what is
 * predicted for the bench, everything but parts out of place, and everything. Where the bench says nothing of the thickness of its
 * plates, that is no cause by itself.
 */
export function lossRows({
  plateOptics,
}: Pick<MeasurementModel, 'plateOptics'>): readonly (readonly MeasurementCause[])[] {
  const others = measurementCauses.filter(
    (cause) => cause !== 'pixels' && (cause !== 'thickness' || plateOptics !== undefined),
  );
  return [
    [],
    ['pixels'],
    ...others.map((cause) => ['pixels', cause] as const),
    predictedCauses,
    measurementCauses.filter((cause) => cause !== 'placement'),
    measurementCauses,
  ];
}

/** Rows of a table without single causes: what is predicted for the bench, and everything. */
export const togetherRows: readonly (readonly MeasurementCause[])[] = [predictedCauses, measurementCauses];

/** Energies of the regions and the power behind the object of one image. */
export interface MeasuredEnergies {
  readonly energies: ArrayLike<number>;
  readonly inputPower: number;
}

/**
 * One row of the table from what was measured of each image and predicted for it; `labels` are numbers of classes. All
 * lists have the same order.
 */
export function lossOf(
  causes: readonly MeasurementCause[],
  measured: readonly MeasuredEnergies[],
  predicted: readonly MeasuredEnergies[],
  {labels, readOut}: {readonly labels: ArrayLike<number>; readonly readOut: ReadOut},
): MeasuredLoss {
  const count = measured.length;
  let [right, matches, marginSum, efficiencySum, squareSum, shareCount] = [0, 0, 0, 0, 0, 0];
  measured.forEach(({energies, inputPower}, i) => {
    const shares = computePlaneShares(energies, readOut.planeCount);
    const expected = computePlaneShares(predicted[i].energies, readOut.planeCount);
    const scores = readOut.scoresOf(energies);
    const winner = findWinner(scores);
    if (winner === labels[i]) right += 1;
    if (winner === findWinner(readOut.scoresOf(expected))) matches += 1;
    shares.forEach((share, k) => {
      squareSum += (share - expected[k]) ** 2;
    });
    shareCount += shares.length;
    marginSum += marginOfClass(scores, labels[i]);
    efficiencySum += Array.from(energies).reduce((sum, energy) => sum + energy, 0) / inputPower;
  });
  return {
    causes: [...causes],
    accuracy: right / count,
    matchRatio: matches / count,
    meanMargin: marginSum / count,
    efficiency: efficiencySum / count,
    shareError: Math.sqrt(squareSum / shareCount),
  };
}

/**
 * Error of a margin: RMS over the images of the true class's margin as measured minus that as predicted. All lists have
 * the same order.
 */
export function marginError(
  measured: readonly MeasuredEnergies[],
  predicted: readonly MeasuredEnergies[],
  {labels, readOut}: {readonly labels: ArrayLike<number>; readonly readOut: ReadOut},
): number {
  const marginOf = ({energies}: MeasuredEnergies, i: number): number =>
    marginOfClass(readOut.scoresOf(energies), labels[i]);
  const squares = measured.map((one, i) => (marginOf(one, i) - marginOf(predicted[i], i)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}
