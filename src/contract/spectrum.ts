import {z} from 'zod';
import {quantity} from './quantity.ts';

/** Networks that are read at several frequencies of the source: one set of plates, a plane of regions at each. */

/** Frequency of the light, behind the chain. */
export const frequencyHzSchema = quantity(1e9, 1e15, 'Hz');

/** Complex index n + i k of a material at one frequency. */
export const materialPointSchema = z
  .object({
    frequencyHz: frequencyHzSchema,
    refractiveIndex: quantity(0.1, 20, ''),
    extinction: quantity(0, 20, ''),
  })
  .strict();
export type MaterialPoint = z.infer<typeof materialPointSchema>;

/** A material at the frequency of its design, and how it differs at others. */
export interface Material {
  readonly refractiveIndex: number;
  readonly extinction: number;
  /** Further points of n(f) and k(f) in any order; without any the material is the same at every frequency. */
  readonly dispersion?: readonly MaterialPoint[] | undefined;
}

/**
 * A material at a frequency: straight between the points that are known (its own at `designHz` and those of its
 * dispersion), and beyond the outermost ones as these are.
 */
export function materialAt(
  {refractiveIndex, extinction, dispersion = []}: Material,
  designHz: number,
  frequencyHz: number,
): Pick<Material, 'refractiveIndex' | 'extinction'> {
  const points = [
    {frequencyHz: designHz, refractiveIndex, extinction},
    ...dispersion.filter((point) => point.frequencyHz !== designHz),
  ].sort((a, b) => a.frequencyHz - b.frequencyHz);
  const above = points.findIndex((point) => point.frequencyHz >= frequencyHz);
  if (above <= 0) return valuesOf(above === 0 ? points[0] : points[points.length - 1]);
  const [low, high] = [points[above - 1], points[above]];
  const part = (frequencyHz - low.frequencyHz) / (high.frequencyHz - low.frequencyHz);
  const between = (a: number, b: number): number => a + part * (b - a);
  return {
    refractiveIndex: between(low.refractiveIndex, high.refractiveIndex),
    extinction: between(low.extinction, high.extinction),
  };
}

const valuesOf = ({refractiveIndex, extinction}: MaterialPoint) => ({refractiveIndex, extinction});

/** Frequencies at which a design is read, its own first. */
export const frequenciesOf = ({
  frequencyHz,
  detector,
}: {
  readonly frequencyHz: number;
  readonly detector: {readonly frequenciesHz?: readonly number[] | undefined};
}): readonly number[] => detector.frequenciesHz ?? [frequencyHz];

/** Why a design cannot be read at these frequencies; undefined where it can. */
export function spectrumProblem(
  frequencyHz: number,
  frequenciesHz: readonly number[],
  objectKind: string,
): string | undefined {
  if (frequenciesHz[0] !== frequencyHz)
    return `field detector.frequenciesHz: the first is ${frequenciesHz[0]} Hz and the design's own ${frequencyHz} Hz`;
  const repeated = frequenciesHz.find((one, i) => frequenciesHz.indexOf(one) < i);
  if (repeated !== undefined) return `field detector.frequenciesHz: ${repeated} Hz is named twice`;
  // How much phase an object has at another frequency depends on what it is made of, which no design says.
  if (objectKind === 'phase')
    return 'field detector.frequenciesHz: phase objects are read at one frequency only';
  return undefined;
}
