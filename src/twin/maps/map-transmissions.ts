import {digitsText} from '../../base/number-format.ts';
import {meantValues, type MapNumbers, type NumberAnswers} from './meant-values.ts';

/** Rounding of single precision. */
const rounding = 1e-6;

/**
 * Amplitude transmissions, 0 (closed) to 1 (open), of the numbers of a map, in their order: amplitudes as they are, of
 * intensities the square root. NaN stays NaN. Throws Error with a sentence for numbers beyond 0 to 1 and as
 * `meantValues`.
 */
export function mapTransmissions(numbers: MapNumbers, answers: NumberAnswers): Float64Array {
  const {kind} = answers.quantity;
  if (kind !== 'amplitude' && kind !== 'intensity')
    throw new Error(`it holds ${kind}s, which no mask is made of`);
  return meantValues(numbers, answers).map((value) => {
    if (value < -rounding || value > 1 + rounding)
      throw new Error(
        `its value ${digitsText(value, 6)} is no ${kind} transmission: those are 0 (closed) to 1 (open); where other numbers stand for closed and open (0 to 255, 0 to 100 %), say so as raw values, and of a network that keeps parameters before a sigmoid export what comes behind it`,
      );
    const part = Math.min(1, Math.max(0, value));
    return kind === 'intensity' ? Math.sqrt(part) : part;
  });
}

/** Transmissions rounded to `count` equal steps from 0 to 1. */
export const roundTransmissions = (transmissions: Float64Array, count: number): Float64Array =>
  transmissions.map((value) => Math.round(value * (count - 1)) / (count - 1));
