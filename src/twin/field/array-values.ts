import {digitsText} from '../../base/number-format.ts';
import type {NpyArray} from '../../base/npy.ts';

/**
 * Judges whether the numbers of a file can be what they are taken for. Each function throws Error with a sentence that
 * begins behind the file's name: what was found and what is expected.
 */

/** What is judged of an array; how its file held it does not matter. */
type Numbers = Pick<NpyArray, 'shape' | 're' | 'im'>;

/** Rounding of single precision and of the program that wrote the file. */
const rounding = 1e-5;

/** Where the first value stands that is no number; undefined where all are. */
function placeOfNoNumber({shape, re, im}: Numbers): string | undefined {
  const at = re.findIndex((value, i) => !Number.isFinite(value) || !Number.isFinite(im?.[i] ?? 0));
  if (at < 0) return undefined;
  const columns = shape.at(-1) ?? 1;
  return `its value at row ${Math.floor(at / columns)}, column ${at % columns} is ${re[at]}${im ? ` + ${im[at]} i` : ''}, not a finite number`;
}

function rangeOf(values: ArrayLike<number>): [smallest: number, largest: number] {
  let [smallest, largest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < smallest) smallest = values[i];
    if (values[i] > largest) largest = values[i];
  }
  return [smallest, largest];
}

/** Refuses a square array of another side, or one that is not square; any side where none is asked for. */
export function assertSquare({shape}: Pick<NpyArray, 'shape'>, side?: number): void {
  const [rows, columns] = shape;
  const isSquare = shape.length === 2 && rows === columns && rows >= 2;
  if (isSquare && (side === undefined || rows === side)) return;
  throw new Error(
    `its shape is ${shape.join(' x ') || 'a single number'}; ` +
      (side === undefined ? 'a square plane is needed' : `${side} x ${side} is needed`),
  );
}

/** The numbers of a field: finite, and not all zero, for nothing could be seen of such a field. */
export function assertField(array: Numbers): void {
  const bad = placeOfNoNumber(array);
  if (bad !== undefined) throw new Error(bad);
  const isDark = array.re.every((value, i) => value === 0 && (array.im?.[i] ?? 0) === 0);
  if (isDark) throw new Error('all its values are 0, so there is no light in it');
}

/**
 * The transmission that an array stands for: amplitudes from 0 to `fullScale` (1 unless given), or complex numbers of
 * at most that size, divided by it. Refuses grey values of 0 to 255, phases and powers that are taken for amplitudes.
 */
export function transmissionFrom(
  array: NpyArray,
  fullScale = 1,
  howToSay = '',
): {readonly re: Float64Array; readonly im: Float64Array} {
  assertField(array);
  const re = Float64Array.from(array.re);
  const im = array.im ? Float64Array.from(array.im) : new Float64Array(re.length);
  const [smallest] = rangeOf(re);
  if (!array.im && smallest < 0)
    throw new Error(
      `its smallest value is ${smallest}: real numbers are amplitudes, which are not below 0; write what turns the phase as complex numbers`,
    );
  const [, largest] = array.im ? rangeOf(re.map((value, i) => Math.hypot(value, im[i]))) : rangeOf(re);
  if (largest > fullScale * (1 + rounding))
    throw new Error(
      `its largest ${array.im ? 'amplitude' : 'value'} is ${digitsText(largest, 6)}: amplitudes of a mask are 0 to ${fullScale}` +
        (howToSay === '' ? '' : `; where another number stands for full transmission, say so: ${howToSay}`),
    );
  if (fullScale !== 1)
    for (let i = 0; i < re.length; i++) {
      re[i] /= fullScale;
      im[i] /= fullScale;
    }
  return {re, im};
}

/**
 * Amplitude transmissions of a plate's mask: real, 0 to 1, on the steps that the design names, and not closed everywhere.
 */
export function assertTransmissions(array: NpyArray, levels: number | null): void {
  if (array.kind !== 'real')
    throw new Error(
      `its values are ${array.kind} (${array.dtype}); transmissions are real numbers from 0 to 1`,
    );
  assertField(array);
  const [smallest, largest] = rangeOf(array.re);
  if (smallest < 0 || largest > 1 + rounding)
    throw new Error(
      `its values run from ${digitsText(smallest, 6)} to ${digitsText(largest, 6)}; transmissions are amplitudes from 0 (closed) to 1 (open)`,
    );
  if (levels === null) return;
  const steps = levels - 1;
  const off = array.re.findIndex((value) => Math.abs(value * steps - Math.round(value * steps)) > 1e-3);
  if (off >= 0)
    throw new Error(
      `its value ${digitsText(array.re[off], 6)} is on none of the ${levels} levels that design.json names for it`,
    );
}

/** Smallest turn of phase that a relief is made for, of one; heights in metres stay far below. */
const smallestTurn = 0.002;

/**
 * Heights of a plate, mm: real, from 0 to `largestMm` (the design's own word for it), and of any use at a wavelength.
 * Refuses level numbers, micrometres and metres.
 */
export function assertHeights(
  array: NpyArray,
  limits: {
    readonly largestMm: number;
    /** What says so. */
    readonly largestText: string;
    readonly wavelengthMm: number;
    readonly refractiveIndex: number;
  },
): void {
  if (array.kind !== 'real')
    throw new Error(`its values are ${array.kind} (${array.dtype}); heights are real numbers in mm`);
  const bad = placeOfNoNumber(array);
  if (bad !== undefined) throw new Error(bad);
  const [smallest, largest] = rangeOf(array.re);
  const {largestMm, largestText, wavelengthMm, refractiveIndex} = limits;
  if (smallest < 0) throw new Error(`its smallest value is ${smallest} mm; heights are not below 0 mm`);
  if (largest > largestMm * (1 + 1e-4))
    throw new Error(
      `its largest value is ${digitsText(largest, 6)}; heights are at most ${digitsText(largestMm, 6)} mm (${largestText}): are they in another unit?`,
    );
  const turn = (Math.abs(refractiveIndex - 1) * largest) / wavelengthMm;
  if (largest > 0 && turn < smallestTurn)
    throw new Error(
      `its largest value is ${digitsText(largest, 3)} mm, which turns the phase by ${digitsText(turn, 2)} of one turn: are its heights in metres?`,
    );
}
