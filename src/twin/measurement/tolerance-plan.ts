import type {DesignFile} from '../../contract/design-file.ts';
import {frequenciesOf} from '../../contract/spectrum.ts';
import type {MeasurementModel} from '../../contract/measurement.ts';
import {toleranceErrorLabels, type ToleranceError, type ToleranceSettings} from '../../contract/tolerance.ts';
import {
  benchWith,
  noErrors,
  readingErrors,
  type ErrorSizes,
  type SizedBench,
  type StudiedError,
} from './tolerance-errors.ts';

/** Some images on one drawn bench, read in one or several ways. */
export interface ToleranceJob {
  /** What it is for, in words. */
  readonly text: string;
  readonly optics: SizedBench;
  readonly readings: readonly SizedBench[];
  /** Numbers of images. */
  readonly indices: readonly number[];
}

/** An error at one multiple of its size. */
export interface ErrorAt {
  readonly error: ToleranceError;
  readonly scale: number;
}

/** What is computed for the curve of an error: its jobs, and which of their readings it is. */
export interface CurveJobs extends ErrorAt {
  readonly size: number;
  readonly jobs: readonly ToleranceJob[];
  readonly reading: number;
}

/** What is computed before anything can be suggested. */
export interface TolerancePlan {
  /** The predicted planes of all images; their further readings belong to curves. */
  readonly prediction: readonly ToleranceJob[];
  /** A bench each, with all errors. */
  readonly together: readonly ToleranceJob[];
  /** Some of the predicted planes with all samples of a pixel; none where all have them. */
  readonly fine: readonly ToleranceJob[];
  readonly curves: readonly CurveJobs[];
}

/** Different images that are used at most. */
const imageLimit = 200;
/** Images by which the error of fewer samples is found. */
const fineImageCount = 20;
/** Benches of each point of a curve at most, and images on each; the same for all points. */
const curveBenchLimit = 16;
const curveImageCount = 4;

/** Different images that a study uses of so many. */
export const studiedImageCount = (
  {benchCount, digitsPerBench}: ToleranceSettings,
  available: number,
): number => Math.min(imageLimit, available, benchCount * digitsPerBench);

/** What is asked for: a bench, its errors, and how many images there are. */
export interface PlanInput {
  readonly model: MeasurementModel;
  /** Samples along a pixel of the bench's own model, where `model` has fewer to be quick. */
  readonly fullSamples: number;
  readonly studied: readonly StudiedError[];
  readonly settings: ToleranceSettings;
  readonly imageCount: number;
}

/** What a study computes first. Everything that is drawn follows from the seed. */
export function planTolerances(input: PlanInput): TolerancePlan {
  const {model, studied, settings, imageCount} = input;
  const readings = studied.filter(({error}) => readingErrors.includes(error)).flatMap(pointsOf);
  const chunk = Math.min(settings.digitsPerBench, 10);
  const prediction = Array.from({length: Math.ceil(imageCount / chunk)}, (_, i): ToleranceJob => {
    const seed = `${settings.seed}/bench ${i}`;
    const predicted = benchWith(model, noErrors, seed);
    return {
      text: 'predicted planes',
      optics: predicted,
      readings: [
        predicted,
        ...readings.map(({error, size}) => benchWith(model, {...noErrors, [error]: size}, seed)),
      ],
      indices: range(i * chunk, Math.min(imageCount, (i + 1) * chunk)),
    };
  });
  const alone = studied.filter(({error}) => !readingErrors.includes(error)).flatMap(pointsOf);
  return {
    prediction,
    together: jobsTogether(input, sizesAt(studied), {
      seed: String(settings.seed),
      text: 'benches with all errors',
    }),
    fine: fineJobs(input),
    curves: [
      ...alone.map((point): CurveJobs => ({...point, jobs: aloneJobs(input, point), reading: 0})),
      ...readings.map((point, i): CurveJobs => ({...point, jobs: prediction, reading: i + 1})),
    ],
  };
}

/** Sizes of the errors as the bench has them, or as `sizes` says; what is not studied is 0. */
export function sizesAt(studied: readonly StudiedError[], sizes?: readonly number[]): ErrorSizes {
  return {
    ...noErrors,
    ...Object.fromEntries(studied.map(({error, size}, i) => [error, sizes?.[i] ?? size])),
  };
}

/** A job for each bench with errors of the given sizes; the images go round. */
export function jobsTogether(
  {model, settings: {benchCount, digitsPerBench}, imageCount}: PlanInput,
  sizes: ErrorSizes,
  {seed, text}: {readonly seed: string; readonly text: string},
): ToleranceJob[] {
  return range(0, benchCount).map((bench) => {
    const drawn = benchWith(model, sizes, `${seed}/bench ${bench}`);
    return {
      text,
      optics: drawn,
      readings: [drawn],
      indices: range(0, digitsPerBench).map((i) => (bench * digitsPerBench + i) % imageCount),
    };
  });
}

function fineJobs({model, fullSamples, settings, imageCount}: PlanInput): ToleranceJob[] {
  if (fullSamples === model.samplesPerPixel) return [];
  const predicted = benchWith({...model, samplesPerPixel: fullSamples}, noErrors, `${settings.seed}/bench 0`);
  return [
    {
      text: 'predicted planes with all samples',
      optics: predicted,
      readings: [predicted],
      indices: range(0, Math.min(fineImageCount, imageCount)),
    },
  ];
}

function aloneJobs(
  {model, settings, imageCount}: PlanInput,
  {error, size}: ErrorAt & {readonly size: number},
): ToleranceJob[] {
  return range(0, Math.min(curveBenchLimit, settings.benchCount)).map((bench) => {
    const drawn = benchWith(model, {...noErrors, [error]: size}, `${settings.seed}/bench ${bench}`);
    return {
      text: `${toleranceErrorLabels[error].label}, alone`,
      optics: drawn,
      readings: [drawn],
      indices: range(0, curveImageCount).map((i) => (bench * curveImageCount + i) % imageCount),
    };
  });
}

const pointsOf = ({error, size, scales}: StudiedError): (ErrorAt & {readonly size: number})[] =>
  scales.map((scale) => ({error, scale, size: scale * size}));

/** A plane of a bench whose plates are turned costs as many without: the field is interpolated before each plate. */
const turnedCost = 6;
/** Preparing a bench costs as many planes. */
const setupCost = 5;

/** What a job costs, s on one core, about. */
export function secondsOf(
  {optics: {causes, model}, indices}: ToleranceJob,
  {grid, layers, frequencyHz, detector}: DesignFile,
): number {
  const isTurned = causes.includes('placement') && model.plates.rotationDeg > 0;
  const planes = setupCost + indices.length * (isTurned ? turnedCost : 1);
  const samples = (grid.count * model.samplesPerPixel) / 400;
  const frequencyCount = frequenciesOf({frequencyHz, detector}).length;
  return (frequencyCount * planes * planeS * samples ** 2 * (layers.length + 1)) / 6;
}

/** Time of one plane of 400 x 400 samples behind five plates on one core, s. */
const planeS = 0.1;

/** Jobs of a plan, each once. */
export const jobsOf = ({prediction, together, fine, curves}: TolerancePlan): ToleranceJob[] => [
  ...new Set([...fine, ...prediction, ...together, ...curves.flatMap(({jobs}) => jobs)]),
];

function range(from: number, to: number): number[] {
  return Array.from({length: Math.max(0, to - from)}, (_, i) => from + i);
}
