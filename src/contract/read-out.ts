import {z} from 'zod';
import {BenchError} from './errors.ts';
import {count, quantity} from './quantity.ts';

/**
 * How a design's classes are read from the energies of its detector regions. Of a design that is read at several
 * frequencies the energies of all planes stand one after the other: region r at frequency f has the index f * (number of
 * regions) + r. They are shares of their own plane then, because nobody knows the source's power at one frequency against
 * that at another.
 */

const label = z.string().min(1).max(200);
const regionIndex = z.number().int().min(0).max(255);
const weight = quantity(-1e6, 1e6, '');

/** Energies that a dense read-out can have as inputs. */
export const largestDenseInput = 1024;

/** A dense layer: output j is bias[j] + sum over i of weights[j][i] times input i. */
const denseLayerSchema = z
  .object({
    weights: z.array(z.array(weight).min(1).max(largestDenseInput)).min(1).max(1024),
    bias: z.array(weight).min(1).max(1024),
  })
  .strict();

/** Units of each hidden layer of a dense read-out that is trained; none makes it linear. */
export const hiddenCountsSchema = z.array(count(1, 256)).max(4);

/** How energies of regions become classes, where a region is not a class by itself. */
export const readOutSchema = z.discriminatedUnion('kind', [
  /**
   * Two regions a class, or one region at two frequencies, whose energies e+ and e- give the score (e+ - e-) / (e+ + e-), in -1..1 (Li et al. 2019,
   * Advanced Photonics 1, 046001); the largest score wins.
   */
  z
    .object({
      kind: z.literal('differential'),
      /** By index of the energies: of the design's regions, plane after plane. */
      classes: z
        .array(z.object({label, positive: regionIndex, negative: regionIndex}).strict())
        .min(2)
        .max(128),
    })
    .strict(),
  /**
   * A small network behind the regions: inputs are shares of the regions' energy, between layers stands max(0, x), and
   * the largest output of the last layer wins. It does not depend on the power of the source.
   */
  z
    .object({
      kind: z.literal('dense'),
      labels: z.array(label).min(2).max(256),
      layers: z.array(denseLayerSchema).min(1).max(8),
    })
    .strict(),
]);

export type ReadOutSettings = z.infer<typeof readOutSchema>;

/** Why a read-out does not fit a design with so many regions in all its planes; undefined where it does. */
export function readOutProblem(readOut: ReadOutSettings, regionCount: number): string | undefined {
  if (readOut.kind === 'differential') {
    const used = readOut.classes.flatMap(({positive, negative}) => [positive, negative]);
    const beyond = used.find((index) => index >= regionCount);
    if (beyond !== undefined)
      return `field detector.readOut.classes: region ${beyond} is named and there are ${regionCount}`;
    if (new Set(used).size < used.length)
      return 'field detector.readOut.classes: a region is named more than once; every class has two of its own';
    return repeatedLabel(readOut.classes.map((one) => one.label));
  }
  const sizes = readOut.layers.map(({weights, bias}) => ({
    outputCount: weights.length,
    inputCount: weights[0].length,
    isWhole: bias.length === weights.length && weights.every((row) => row.length === weights[0].length),
  }));
  let inputCount = regionCount;
  for (const [i, size] of sizes.entries()) {
    if (!size.isWhole || size.inputCount !== inputCount)
      return `field detector.readOut.layers.${i}: it has to have ${inputCount} inputs in every row and one bias a row`;
    inputCount = size.outputCount;
  }
  if (inputCount !== readOut.labels.length)
    return `field detector.readOut: ${readOut.labels.length} labels and ${inputCount} outputs`;
  return repeatedLabel(readOut.labels);
}

function repeatedLabel(labels: readonly string[]): string | undefined {
  const repeated = labels.find((one, i) => labels.indexOf(one) < i);
  return repeated === undefined
    ? undefined
    : `field detector.readOut: the label "${repeated}" is given to two classes`;
}

/** What of a detector decides its classes. */
export interface DetectorClasses {
  readonly regions: readonly {readonly label: string}[];
  /** Absent: a class a region, and the most energy wins. */
  readonly readOut?: ReadOutSettings | undefined;
  /** Where the regions are read at several frequencies. */
  readonly frequenciesHz?: readonly number[] | undefined;
}

/** How many planes of regions decide a class: one at each frequency. */
export const planeCountOf = ({frequenciesHz}: Pick<DetectorClasses, 'frequenciesHz'>): number =>
  frequenciesHz?.length ?? 1;

/** Labels of the classes that a detector tells apart, in the order of their scores. */
export function classLabels({regions, readOut}: DetectorClasses): readonly string[] {
  if (readOut === undefined) return regions.map(({label: own}) => own);
  return readOut.kind === 'dense' ? readOut.labels : readOut.classes.map(({label: own}) => own);
}

/** A detector as its plane at one frequency alone is read: the class of a region, of several planes of each by itself. */
export const onePlaneOf = <Detector extends DetectorClasses>(
  detector: Detector,
): Detector | {readonly regions: Detector['regions']} =>
  detector.frequenciesHz === undefined ? detector : {regions: detector.regions};

/**
 * Throws `plan/invalid` for a design that images its objects: it has no regions and tells no classes. `meaning` is what
 * that has for a consequence, a sentence: 'Nothing was moved.'
 */
export function assertTellsClasses(
  {name, detector}: {readonly name: string; readonly detector: DetectorClasses},
  meaning: string,
): void {
  if (detector.regions.length > 0) return;
  throw new BenchError(
    'plan/invalid',
    `The design ${name} images its objects: it has no detector regions and tells no classes. ${meaning} Take a design that tells classes, or twin image, twin predict and scans of a grid for this one.`,
    {details: {name}},
  );
}
