import {measurementModelSchema} from '../../contract/measurement.ts';
import type {NewPlateErrors} from '../../twin/calibration/plate-training.ts';
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
