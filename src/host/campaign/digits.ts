import {countOf} from '../../base/count-text.ts';
import {createRandom} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {classLabels} from '../../contract/read-out.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {createObject} from '../../twin/field/object.ts';
import {imageAt} from '../../twin/training/batch.ts';
import {readMnistDigits, type MnistDigits} from '../data/mnist.ts';

const allLabels: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

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
  return chooseOfClasses({count, seed, labels: allLabels}, design, digits);
}

/** One digit of each of some classes in turn; throws `plan/invalid` when there are not so many. */
function chooseOfClasses(
  {count, seed, labels}: {readonly count: number; readonly seed: number; readonly labels: readonly number[]},
  design: DesignFile,
  digits: MnistDigits,
): TestDigit[] {
  const {labels: labelOf} = digits.images;
  const most = digits.validationIndices.filter((index) => labels.includes(labelOf[index])).length;
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new BenchError(
      'plan/invalid',
      `${countOf(count, 'digit')} cannot be shown: give a whole number from 1 to ${most}. Nothing was started.`,
    );
  }
  const classes = Array.from({length: 10}, (_, digit) => {
    const random = createRandom(`${seed}/test digits/${digit}`);
    const own = digits.validationIndices.filter((index) => digits.images.labels[index] === digit);
    return {own, random};
  });
  return Array.from({length: count}, (_, i) => {
    // Round and round through the classes; a class that has run out is passed over.
    let at = i % labels.length;
    while (classes[labels[at]].own.length === 0) at = (at + 1) % labels.length;
    const {own, random} = classes[labels[at]];
    const [index] = own.splice(random.integer(own.length), 1);
    return testDigitOf(digits, index, design);
  });
}

/**
 * As `chooseTestDigits`, of the classes that the design tells: a campaign judges each digit by them. Throws
 * `plan/invalid` for a design that tells no digits.
 */
export function chooseCampaignDigits(
  count: number,
  seed: number,
  design: DesignFile,
  digits: MnistDigits = readMnistDigits(),
): TestDigit[] {
  const classes = new Set(classLabels(design.detector));
  const told = allLabels.filter((label) => classes.has(String(label)));
  if (told.length === 0)
    throw new BenchError(
      'plan/invalid',
      `${design.name} tells ${[...classes].join(', ')}, and a campaign shows digits. Nothing was moved; choose a design that tells digits.`,
    );
  return chooseOfClasses({count, seed, labels: told}, design, digits);
}

/** Throws `plan/invalid` for a digit that is no class of the design: its plane could not be judged at the end. */
export function assertDigitsAreClasses(digits: readonly TestDigit[], design: DesignFile): void {
  const labels = classLabels(design.detector);
  const other = digits.find(({label}) => !labels.includes(label));
  if (other)
    throw new BenchError(
      'plan/invalid',
      `The ${other.sample} is no class of ${design.name}, which tells ${labels.join(', ')}. Nothing was moved; choose digits of these classes.`,
    );
}

/** A digit to choose from. */
export interface ListedDigit {
  readonly id: string;
  readonly label: string;
  readonly sample: string;
  /** Grey picture of 28 x 28, row 0 at the top. */
  readonly picture: Uint8Array<ArrayBuffer>;
}

/** Name of a digit of the set: `mnist:7:9042`. */
export const digitIdOf = ({label, index}: Pick<TestDigit, 'label' | 'index'>): string =>
  `mnist:${label}:${index}`;

/** The digits that no training saw, class by class; one class where a label is given. */
export function listTestDigits(
  {
    label,
    offset,
    limit,
  }: {readonly label?: string | undefined; readonly offset: number; readonly limit: number},
  digits: MnistDigits = readMnistDigits(),
): {readonly total: number; readonly digits: ListedDigit[]} {
  const {labels} = digits.images;
  const all = [...digits.validationIndices]
    .filter((index) => label === undefined || String(labels[index]) === label)
    .sort((a, b) => labels[a] - labels[b] || a - b);
  return {
    total: all.length,
    digits: all.slice(offset, offset + limit).map((index) => listedDigitOf(digits, index)),
  };
}

/** Digits by their ids, in that order. Throws `plan/invalid` for ids that the set does not have or training saw. */
export function testDigitsById(
  ids: readonly string[],
  design: DesignFile,
  digits: MnistDigits = readMnistDigits(),
): TestDigit[] {
  const allowed = new Set(digits.validationIndices);
  return ids.map((id) => {
    const [, label, number] = /^mnist:(\d):(\d{1,6})$/.exec(id) ?? [];
    const index = Number(number);
    if (label === undefined || !allowed.has(index) || String(digits.images.labels[index]) !== label)
      throw new BenchError(
        'plan/invalid',
        `There is no test digit "${id}" (digits that a training saw are none). Nothing was started; choose from the list of digits.`,
      );
    return testDigitOf(digits, index, design);
  });
}

/** Picture of an image of the set, 28 x 28, row 0 at the top; null for a number that the set does not have. */
export function digitPictureOf(
  index: number,
  digits: MnistDigits = readMnistDigits(),
): Uint8Array<ArrayBuffer> | null {
  return index >= 0 && index < digits.images.labels.length
    ? Uint8Array.from(imageAt(digits.images, index).bytes)
    : null;
}

const sampleOf = (label: string, index: number): string => `digit ${label} (image ${index})`;

function testDigitOf(digits: MnistDigits, index: number, design: DesignFile): TestDigit {
  const label = String(digits.images.labels[index]);
  return {
    label,
    index,
    sample: sampleOf(label, index),
    object: createObject(imageAt(digits.images, index), design.grid, design.object),
  };
}

function listedDigitOf(digits: MnistDigits, index: number): ListedDigit {
  const label = String(digits.images.labels[index]);
  return {
    id: digitIdOf({label, index}),
    label,
    sample: sampleOf(label, index),
    picture: Uint8Array.from(imageAt(digits.images, index).bytes),
  };
}
