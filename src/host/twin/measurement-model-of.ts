import {measurementModelSchema, type MeasurementModel} from '../../contract/measurement.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {openDesign} from '../designs/design-folder.ts';

/**
 * How a bench measures: by its file, whose light is the design's own where it names none, or the default scene of the
 * virtual bench where there is no file.
 */
export async function measurementModelOf(
  benchPath: string | undefined,
  designFolder: string,
  signal?: AbortSignal,
): Promise<MeasurementModel> {
  if (benchPath === undefined) return measurementModelSchema.parse({});
  const {illumination, probe, measurement} = await readBenchFile(benchPath, signal);
  return {
    ...(measurement ?? measurementModelSchema.parse({})),
    illumination: illumination ?? (await openDesign(designFolder, signal)).file.illumination,
    probe,
  };
}
