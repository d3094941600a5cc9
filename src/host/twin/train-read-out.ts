import {setImmediate} from 'node:timers/promises';
import {createRandom} from '../../base/random.ts';
import {
  assertTellsClasses,
  classLabels,
  planeCountOf,
  type ReadOutSettings,
} from '../../contract/read-out.ts';
import type {ReadOutResult, ReadOutTraining} from '../../contract/read-out-training.ts';
import {drawPlateErrors, drawScan} from '../../twin/training/draw-batch.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Design} from '../../twin/design/load.ts';
import {findWinner} from '../../twin/metrics/regions.ts';
import {createReadOut, denseInputs, isLit, type ReadOut} from '../../twin/metrics/read-out.ts';
import {energiesAt, plainJob, type BatchJob, type EngineSpec} from '../../twin/training/batch.ts';
import {trainDenseReadOut, type LabelledShares} from '../../twin/training/dense-read-out.ts';
import {readTrainingDigits, type TrainingDigits} from '../data/training-digits.ts';
import {createOpticsPool, type OpticsPool} from '../optics/optics-pool.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {engineSpecFrom, platesOf} from './classify.ts';
import {openDesign, saveDesign, savedLayersOf} from '../designs/design-folder.ts';

/** What a training of a read-out is asked, besides its settings. */
export interface ReadOutRequest {
  /** Design whose plates are read. */
  readonly designFolder: string;
  /** Folder of the design with the new read-out; may be the same. */
  readonly folder: string;
  readonly settings: ReadOutTraining;
  readonly command: string;
  readonly workerCount?: number | undefined;
}

export interface ReadOutOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (done: number, total: number, unit: 'images' | 'epochs') => void;
}

const batchSize = 64;
/** Augmentation of the images that a read-out learns from: small, for the plates know the rest. */
const augmentation = {
  shiftPixels: 0.4,
  rotationDeg: 4,
  scaleRatio: 0.04,
  shearRatio: 0.04,
  elasticPixels: 0.2,
  thresholdChange: 0.06,
};

/**
 * Measures the training images through a design's plates as a bench would (light, square pixels, probe, scan, plates out
 * of place), trains a dense read-out on the shares of the regions, and writes the design with it. Throws `plan/invalid`
 * for classes that the design does not have; nothing is written before the training has ended.
 */
export async function trainReadOut(request: ReadOutRequest, options: ReadOutOptions): Promise<ReadOutResult> {
  const {designFolder, folder, settings} = request;
  const {signal, onNote, onProgress} = options;
  const began = performance.now();
  const design = await openDesign(designFolder, signal);
  assertTellsClasses(design.file, 'Nothing was computed.');
  const labels = labelsOf(design, settings.classCount);
  const digits = await readTrainingDigits(settings);
  assertShown(design, digits.images);
  const backend = await useTensorBackend();
  onNote?.(`read-out on TensorFlow.js (${backend.name}: ${backend.reason})`);
  const {seen, kept} = await measureAll(design, digits, request, options);
  const layers = await trainDenseReadOut(
    seen,
    {...settings, classCount: labels.length},
    {
      signal,
      breathe: () => setImmediate(),
      onEpoch: (epoch) => onProgress?.(epoch, settings.epochs, 'epochs'),
    },
  );
  const {detector} = design.file;
  const readOut = {kind: 'dense' as const, labels: [...labels], layers};
  const accuracy = accuracyOf(kept, createReadOut({...detector, readOut}));
  await saveWith(design, readOut, {...request, dataText: digits.dataText, accuracy});
  return {
    designFolder: folder,
    count: kept.labels.length,
    accuracy,
    accuracyBefore: accuracyOf(kept, createReadOut(detector)),
    seconds: (performance.now() - began) / 1000,
  };
}

/** Shares of the training images, each measured as often as the settings say, and of those that are kept. */
async function measureAll(
  design: Design,
  digits: TrainingDigits,
  {settings, workerCount}: ReadOutRequest,
  {signal, onProgress}: ReadOutOptions,
): Promise<{readonly seen: LabelledShares; readonly kept: LabelledShares}> {
  await using pool = createOpticsPool(specOf(design, digits, settings), {
    maximumBatch: batchSize,
    ...(workerCount === undefined ? {} : {workerCount}),
  });
  pool.setHeights(platesOf(design));
  const {trainingIndices, validationIndices} = digits;
  const {copies, trainingCount} = settings;
  const chosen = trainingCount > 0 ? trainingIndices.slice(0, trainingCount) : trainingIndices;
  const total = copies * chosen.length + validationIndices.length;
  let done = 0;
  const measure = (indices: readonly number[], jobOf: Measuring['jobOf']): Promise<LabelledShares> =>
    measureShares(pool, digits, indices, {
      planeCount: planeCountOf(design.file.detector),
      jobOf,
      onPart: (count) => onProgress?.((done += count), total, 'images'),
      signal,
    });
  const errors = createErrors(design, settings);
  const seen: LabelledShares[] = [];
  for (let copy = 0; copy < copies; copy++) seen.push(await measure(chosen, errors));
  const kept = await measure(validationIndices, (part) => plainJob(part, design.file.illumination));
  return {seen: joined(seen), kept};
}

/** Writes a design with another read-out; the plates stay what they are. */
async function saveWith(
  design: Design,
  readOut: ReadOutSettings,
  {
    folder,
    settings,
    command,
    dataText,
    accuracy,
  }: ReadOutRequest & {readonly dataText: string; readonly accuracy: number},
): Promise<void> {
  const {file} = design;
  const {format, version, name, frequencyHz, grid, illumination, object, detector, plateOptics} = file;
  const {contentHash: readFrom} = file;
  // Files by their names and hashes alone, which `dataText` has.
  const record = {command, readFrom, settings: {...settings, data: null}, data: dataText};
  await saveDesign(
    folder,
    {
      ...{format, version, name, frequencyHz, grid, illumination, object},
      ...(plateOptics && {plateOptics}),
      detector: {...detector, readOut},
      training: {...file.training, readOut: {...record, validationAccuracy: accuracy}},
    },
    savedLayersOf(design),
  );
}

/** Labels of the classes: the design's own, or numbers where the images have other classes than its regions. */
function labelsOf({file}: Design, classCount: number): readonly string[] {
  const own = classLabels(file.detector);
  return own.length === classCount ? own : Array.from({length: classCount}, (_, k) => String(k));
}

/** Throws `plan/invalid` for images of another size than a design shows. */
export function assertShown(
  {file}: Pick<Design, 'file'>,
  images: Pick<TrainingDigits['images'], 'rows' | 'columns'>,
): void {
  if (images.rows !== file.object.imageCount)
    throw new BenchError(
      'plan/invalid',
      `The images have ${images.rows} x ${images.columns} pixels; the design ${file.name} shows images of ${file.object.imageCount} x ${file.object.imageCount}. Nothing was computed.`,
    );
}

const specOf = (design: Design, {images}: TrainingDigits, {probe}: ReadOutTraining): EngineSpec => {
  const spec = engineSpecFrom(design, images, false, 1);
  return {...spec, network: {...spec.network, pixel: 'square', probe}};
};

/** Jobs with errors drawn for each batch, as a training of plates draws them. */
function createErrors(
  {file, layers}: Design,
  settings: ReadOutTraining,
): (part: readonly number[]) => BatchJob {
  const random = createRandom(`${settings.seed}/read-out`);
  return (part) => ({
    indices: part,
    seeds: part.map(() => random.integer(2 ** 31)),
    augmentation,
    plateErrors: drawPlateErrors(settings, layers.length, random),
    illumination: file.illumination,
    scan: drawScan(settings.scanStepMm, random),
  });
}

interface Measuring {
  readonly planeCount: number;
  readonly jobOf: (part: readonly number[]) => BatchJob;
  readonly onPart: (count: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Shares of the regions for each image; one that leaves no light in them is left out. */
async function measureShares(
  pool: OpticsPool,
  {images}: TrainingDigits,
  indices: readonly number[],
  {planeCount, jobOf, onPart, signal}: Measuring,
): Promise<LabelledShares> {
  const {regionCount} = pool;
  const shares = new Float32Array(indices.length * regionCount);
  const labels = new Uint8Array(indices.length);
  let count = 0;
  for (let first = 0; first < indices.length; first += batchSize) {
    signal?.throwIfAborted();
    const part = indices.slice(first, first + batchSize);
    const {energies} = pool.forward(jobOf(part));
    part.forEach((index, i) => {
      const own = energiesAt(energies, i, regionCount);
      if (!isLit({planeCount}, own)) return;
      shares.set(denseInputs(own, planeCount), count * regionCount);
      labels[count++] = images.labels[index];
    });
    onPart(part.length);
    await setImmediate();
  }
  return {shares: shares.subarray(0, count * regionCount), labels: labels.subarray(0, count), regionCount};
}

function joined(parts: readonly LabelledShares[]): LabelledShares {
  const [{regionCount}] = parts;
  const count = parts.reduce((sum, {labels}) => sum + labels.length, 0);
  const shares = new Float32Array(count * regionCount);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    shares.set(part.shares, at * regionCount);
    labels.set(part.labels, at);
    at += part.labels.length;
  }
  return {shares, labels, regionCount};
}

function accuracyOf({shares, labels, regionCount}: LabelledShares, {scoresOf}: ReadOut): number {
  let right = 0;
  labels.forEach((label, i) => {
    if (findWinner(scoresOf(energiesAt(shares, i, regionCount))) === label) right++;
  });
  return right / labels.length;
}
