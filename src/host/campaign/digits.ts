import {createRandom} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {createObject} from '../../twin/field/object.ts';
import {imageAt} from '../../twin/training/batch.ts';
import {readMnistDigits, type MnistDigits} from '../data/mnist.ts';

/** A test digit and the mask that shows it. */
export interface TestDigit {
  readonly label: string;
  /** Number of the image in the package's own order, digit by digit. */
  readonly index: number;
  readonly sample: string;
  readonly object: ComplexPlane;
}

/**
 * Chooses `count` digits that no training saw: one of each class in turn, at random by the seed, whatever the network
 * makes of them. Throws `plan/invalid` when there are not so many.
 */
export function chooseTestDigits(
  count: number,
  seed: number,
  design: DesignFile,
  digits: MnistDigits = readMnistDigits(),
): TestDigit[] {
  if (!Number.isInteger(count) || count < 1 || count > digits.validationIndices.length) {
    throw new BenchError(
      'plan/invalid',
      `${count} digits cannot be shown: give a whole number from 1 to ${digits.validationIndices.length}. Nothing was started.`,
    );
  }
  const classes = Array.from({length: 10}, (_, digit) => {
    const random = createRandom(`${seed}/test digits/${digit}`);
    const own = digits.validationIndices.filter((index) => digits.images.labels[index] === digit);
    return {own, random};
  });
  return Array.from({length: count}, (_, i) => {
    // Round and round through the classes; a class that has run out is passed over.
    let digit = i % 10;
    while (classes[digit].own.length === 0) digit = (digit + 1) % 10;
    const {own, random} = classes[digit];
    const [index] = own.splice(random.integer(own.length), 1);
    return {
      label: String(digit),
      index,
      sample: `digit ${digit} (image ${index})`,
      object: createObject(imageAt(digits.images, index), design.grid, design.object),
    };
  });
}
