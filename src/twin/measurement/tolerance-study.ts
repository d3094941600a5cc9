import {monotone} from '../../base/monotone.ts';
import type {BenchesTogether, ToleranceRow} from '../../contract/tolerance.ts';
import {decide, marginOfClass, type ReadOut} from '../metrics/read-out.ts';
import {benchesTogether} from './bench-distributions.ts';
import type {MeasuredEnergies} from './losses.ts';
import {expectedMatch, lossAt, suggestSizes, type LossCurve, type MarginPair} from './tolerance-curves.ts';
import type {StudiedError} from './tolerance-errors.ts';
import type {CurveJobs, ToleranceJob, TolerancePlan} from './tolerance-plan.ts';

/** What was read in a job: for each of its readings, its images in order. */
export type JobReadings = ReadonlyMap<ToleranceJob, readonly (readonly MeasuredEnergies[])[]>;

/** The images as they are predicted. */
export interface PredictedImages {
  /** How classes are read from them. */
  readonly readOut: ReadOut;
  readonly energies: readonly MeasuredEnergies[];
  readonly winners: readonly number[];
  /** Score of the winner minus the largest other one. */
  readonly margins: readonly number[];
}

/** The predicted planes of a plan, by number of image. */
export function predictedImages(
  {prediction}: TolerancePlan,
  readings: JobReadings,
  readOut: ReadOut,
): PredictedImages {
  const energies: MeasuredEnergies[] = [];
  for (const job of prediction)
    job.indices.forEach((index, i) => (energies[index] = readingOf(readings, job, 0)[i]));
  const decisions = energies.map((one) => decide(readOut.scoresOf(one.energies)));
  return {
    readOut,
    energies,
    winners: decisions.map(({winner}) => winner),
    margins: decisions.map(({margin}) => margin),
  };
}

/** What benches with several errors make of their images. */
export function togetherFrom(
  jobs: readonly ToleranceJob[],
  readings: JobReadings,
  {winners, readOut}: PredictedImages,
  labels: ArrayLike<number>,
): BenchesTogether {
  return benchesTogether(
    jobs.map((job) =>
      readingOf(readings, job, 0).map((measured, i) => ({
        measured,
        predictedWinner: winners[job.indices[i]],
        label: labels[job.indices[i]],
      })),
    ),
    readOut,
  );
}

/** A row without what is suggested. */
export type MeasuredRow = Omit<ToleranceRow, 'suggestedSize' | 'isLowerBound'>;

/** What each error does alone, in the order of `studied`. */
export function rowsFrom(
  studied: readonly StudiedError[],
  {curves}: TolerancePlan,
  readings: JobReadings,
  predicted: PredictedImages,
): MeasuredRow[] {
  return studied.map(({error, size}) => {
    const points = curves
      .filter((curve) => curve.error === error)
      .map((curve) => ({scale: curve.scale, size: curve.size, ...matchOf(curve, readings, predicted)}));
    const losses = monotone(points.map(({match}) => 1 - match));
    return {
      error,
      size,
      points: points.map((point, i) => ({...point, fittedMatch: 1 - losses[i]})),
      loss: lossAt({sizes: points.map((point) => point.size), losses}, size),
    };
  });
}

function matchOf({jobs, reading}: CurveJobs, readings: JobReadings, predicted: PredictedImages) {
  const pairs = jobs.flatMap((job) =>
    readingOf(readings, job, reading).map(({energies}, i): MarginPair => {
      const index = job.indices[i];
      return {
        predicted: predicted.margins[index],
        measured: marginOfClass(predicted.readOut.scoresOf(energies), predicted.winners[index]),
      };
    }),
  );
  return {
    count: pairs.length,
    countedMatch: pairs.filter(({measured}) => measured > 0).length / pairs.length,
    match: expectedMatch(predicted.margins, pairs),
  };
}

/**
 * The largest sizes with which the errors together lose at most `loss`, rounded down to two digits: what is verified is
 * what is shown. In the order of the rows.
 */
export function suggestedSizes(rows: readonly MeasuredRow[], loss: number): number[] {
  const curves = rows.map(({points}): LossCurve => ({
    sizes: points.map(({size}) => size),
    losses: points.map(({fittedMatch}) => 1 - fittedMatch),
  }));
  return suggestSizes(curves, loss).map(twoDigitsDown);
}

/** The rows with their suggestions, those first that cost most. */
export function suggestedRows(rows: readonly MeasuredRow[], sizes: readonly number[]): ToleranceRow[] {
  return rows
    .map((row, i) => ({
      ...row,
      suggestedSize: sizes[i],
      isLowerBound: sizes[i] >= twoDigitsDown(row.points[row.points.length - 1].size),
    }))
    .sort((a, b) => b.loss - a.loss);
}

/** 0.1279 as 0.12; 0 stays 0. */
export function twoDigitsDown(size: number): number {
  if (size <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(size)) - 1);
  // The small excess keeps 0.3 / 0.01 = 29.999999999999996 what it is.
  return Number((Math.floor(size / unit + 1e-9) * unit).toPrecision(2));
}

function readingOf(readings: JobReadings, job: ToleranceJob, reading: number): readonly MeasuredEnergies[] {
  const own = readings.get(job)?.[reading];
  if (!own) throw new Error(`The reading ${reading} of a job "${job.text}" is missing.`);
  return own;
}
