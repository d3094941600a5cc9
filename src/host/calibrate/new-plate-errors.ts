import {measurementModelSchema} from '../../contract/measurement.ts';
import type {NewPlateErrors} from '../../twin/calibration/plate-training.ts';
import type {AsBuiltPlate} from '../../contract/as-built.ts';
import {readBenchFile} from '../bench/bench-file.ts';

/** How far a new plate may be off: as far as a bench file, or without one the default scene, allows every plate. */
export async function newPlateErrorsOf(
  benchPath: string | undefined,
  signal?: AbortSignal,
): Promise<NewPlateErrors> {
  const file = benchPath === undefined ? undefined : await readBenchFile(benchPath, signal);
  const {plates, heightNoise} = file?.measurement ?? measurementModelSchema.parse({});
  return {...plates, print: heightNoise};
}

/** RMS of what is not known of the heights of a network's plates, mm; 0 where nobody has found out how well they are known. */
export function unknownHeightMm({plates}: {readonly plates: readonly AsBuiltPlate[]}): number {
  const squares = plates.map(({heights: {errorMm}}) => (errorMm ?? 0) ** 2);
  return Math.sqrt(squares.reduce((sum, own) => sum + own, 0) / Math.max(1, squares.length));
}
