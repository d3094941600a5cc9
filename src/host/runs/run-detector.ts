import {type DetectorColumns, impliedColumns} from '../../contract/detector.ts';
import type {StoredDetector} from '../../contract/run-records.ts';
import type {SignalColumns} from '../../twin/metrics/index.ts';
import type {StoredPoints, StoredRun} from '../store/run-reading.ts';

/**
 * What the detector of a run has declared of its columns, by their stored names. A run that says nothing of it was
 * measured with a lock-in amplifier, as all were before.
 */
export function detectorOfRun({descriptors}: Pick<StoredRun, 'descriptors'>): DetectorColumns {
  const [stored] = descriptors.flatMap(({detectors}) => Object.values(detectors ?? {}));
  return stored ? declared(stored) : impliedColumns;
}

function declared({columns, signal}: StoredDetector): DetectorColumns {
  const {column, imaginary, magnitude, phase, proportional_to: proportionalTo} = signal;
  const complex =
    imaginary !== undefined && magnitude !== undefined && phase !== undefined
      ? {imaginary, magnitude, phase}
      : undefined;
  return {columns, signal: {column, ...(complex && {complex}), proportionalTo}};
}

/** The signal among the columns of stored points. */
export const signalOf = (
  data: StoredPoints['data'],
  {signal}: DetectorColumns,
): SignalColumns & {
  readonly real: Float64Array;
  readonly imaginary?: Float64Array;
} => ({
  real: data[signal.column],
  ...(signal.complex && {imaginary: data[signal.complex.imaginary]}),
});
