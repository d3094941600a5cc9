import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {createReadOut} from '../../twin/metrics/index.ts';
import {joinPicked, type LabelledImages} from '../../twin/training/batch.ts';
import {readMnistDigits} from '../data/mnist.ts';

/** Objects of a design: those to teach with first, behind them those that judge and that no training of the program saw. */
export interface DrawnObjects {
  /** Labelled by the classes of the design. */
  readonly images: LabelledImages;
  readonly taught: readonly number[];
  readonly judged: readonly number[];
}

/**
 * Digits of the classes that a design tells, labelled by them; `taughtCount` 0 takes all that no demo shows. Throws
 * `plan/invalid` for a design that tells fewer than two digits apart, or anything else, and where there are too few.
 */
export function drawnObjects(
  {name, detector}: Pick<DesignFile, 'name' | 'detector'>,
  {taughtCount, judgedCount}: {readonly taughtCount: number; readonly judgedCount: number},
): DrawnObjects {
  const {labels} = createReadOut(detector);
  const {images, trainingIndices, validationIndices} = readMnistDigits();
  const classOf = (index: number): number => labels.indexOf(String(images.labels[index]));
  if (labels.length < 2 || !labels.every((label) => /^\d$/.test(label)))
    throw new BenchError(
      'plan/invalid',
      `${name} tells other classes than digits (${labels.slice(0, 4).join(', ')}, ...), and only digits can be drawn as objects. Nothing was computed.`,
    );
  const own = (indices: readonly number[]): number[] => indices.filter((index) => classOf(index) >= 0);
  const all = own(trainingIndices);
  const taught = taughtCount > 0 ? all.slice(0, taughtCount) : all;
  // The last of the kept ones: demos and campaigns take theirs at random.
  const judged = judgedCount === 0 ? [] : own(validationIndices).slice(-judgedCount);
  if (judged.length < judgedCount)
    throw new BenchError(
      'plan/invalid',
      `${name} is to be judged by ${judgedCount} digits, and ${judgedCount - judged.length} of its classes are missing among those that no training saw. Nothing was computed; judge by fewer.`,
    );
  const picked = joinPicked([
    {images, indices: taught},
    {images, indices: judged},
  ]);
  const classes = Uint8Array.from([...taught, ...judged], classOf);
  return {
    images: {...picked, labels: classes},
    taught: taught.map((_, i) => i),
    judged: judged.map((_, i) => taught.length + i),
  };
}
