import type {DesignFile} from '../../contract/design-file.ts';
import {measurementModelSchema, type MeasurementModel} from '../../contract/measurement.ts';
import {thickPlates, type PlateOptics} from '../../contract/plate-optics.ts';
import {readBenchFile} from '../bench/bench-file.ts';

/** What a bench is that is measured at. */
export interface MeasuringBench {
  readonly benchPath: string | undefined;
  /** What is measured. */
  readonly design: Pick<DesignFile, 'plateOptics' | 'illumination'>;
  /** How its plates act on light, whatever file and design say. */
  readonly plateOptics?: PlateOptics | undefined;
}

/**
 * How a bench measures: by its file, whose light is the design's own where it names none, or the default scene of the
 * virtual bench where there is no file. Printed plates are thick: where the file does not say how they act on light and the
 * design takes them as thin, they have the default number of slices.
 */
export async function measurementModelOf(
  {benchPath, design, plateOptics: asked}: MeasuringBench,
  signal?: AbortSignal,
): Promise<MeasurementModel> {
  const plateOptics = asked ?? (design.plateOptics?.kind === 'thick' ? undefined : thickPlates);
  const assumed = {...measurementModelSchema.parse({}), ...(plateOptics && {plateOptics})};
  if (benchPath === undefined) return assumed;
  const {illumination, probe, measurement} = await readBenchFile(benchPath, signal);
  return {
    ...assumed,
    ...measurement,
    ...(asked && {plateOptics: asked}),
    illumination: illumination ?? design.illumination,
    probe,
  };
}
