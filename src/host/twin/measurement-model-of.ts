import {measurementModelSchema, type MeasurementModel} from '../../contract/measurement.ts';
import {thickPlates} from '../../contract/plate-optics.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {openDesign} from '../designs/design-folder.ts';

/**
 * How a bench measures: by its file, whose light is the design's own where it names none, or the default scene of the
 * virtual bench where there is no file. Printed plates are thick: where the file does not say how they act on light and the
 * design takes them as thin, they have the default number of slices.
 */
export async function measurementModelOf(
  benchPath: string | undefined,
  designFolder: string,
  signal?: AbortSignal,
): Promise<MeasurementModel> {
  const {file: design} = await openDesign(designFolder, signal);
  const plateOptics = design.plateOptics?.kind === 'thick' ? {} : {plateOptics: thickPlates};
  if (benchPath === undefined) return {...measurementModelSchema.parse({}), ...plateOptics};
  const {illumination, probe, measurement} = await readBenchFile(benchPath, signal);
  return {
    ...plateOptics,
    ...(measurement ?? measurementModelSchema.parse({})),
    illumination: illumination ?? design.illumination,
    probe,
  };
}
