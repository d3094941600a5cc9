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

/** Of these causes the ones that a bench can have: where it says nothing of the thickness of its plates, that is none. */
export const causesOf = (
  causes: readonly MeasurementCause[],
  {plateOptics}: Pick<MeasurementModel, 'plateOptics'>,
): readonly MeasurementCause[] =>
  plateOptics === undefined ? causes.filter((cause) => cause !== 'thickness') : causes;

/** Whether benches differ in these causes. */
export const isDrawn = (causes: readonly MeasurementCause[]): boolean =>
  causes.some((cause) => drawnCauses.includes(cause));

/** What a table of losses has a row for, and which of them is the one that the others are held against. */
export interface LossRows {
  readonly rows: readonly (readonly MeasurementCause[])[];
  /** Index of the row of what is predicted for the bench. */
  readonly predicted: number;
}

/**
 * Rows of a table of losses: the design by itself, with square pixels, these with one more cause at a time, then what is
 * predicted for the bench, everything but parts out of place, and everything.
 */
export function lossRows(model: Pick<MeasurementModel, 'plateOptics'>): LossRows {
  const all = causesOf(measurementCauses, model);
  const alone = [
    [],
    ['pixels'] as const,
    ...all.filter((cause) => cause !== 'pixels').map((cause) => ['pixels', cause] as const),
  ];
  return {
    rows: [...alone, causesOf(predictedCauses, model), all.filter((cause) => cause !== 'placement'), all],
    predicted: alone.length,
  };
}

/** Rows of a table without single causes: what is predicted for the bench, and everything. */
export const togetherRows = (model: Pick<MeasurementModel, 'plateOptics'>): LossRows => ({
  rows: [causesOf(predictedCauses, model), causesOf(measurementCauses, model)],
  predicted: 0,
});

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
