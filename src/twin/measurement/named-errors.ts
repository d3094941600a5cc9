import {BenchError} from '../../contract/errors.ts';
import {measurementModelSchema, type MeasurementModel} from '../../contract/measurement.ts';
import type {ErrorDistribution, MeasurementErrorName} from '../../contract/measurement-errors.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';

/** What is different from a bench's own errors. */
export interface NamedErrors {
  readonly sizes: Readonly<Partial<Record<MeasurementErrorName, number>>>;
  /** Errors of placement and print that are not named are 0; scan and noise, without which nothing is read, stay. */
  readonly areOnlyOnes: boolean;
  readonly distribution?: ErrorDistribution | undefined;
}

/** A model with other sizes of errors. Throws `plan/invalid` naming the one that cannot be. */
export function withNamedErrors(
  model: MeasurementModel,
  {sizes, areOnlyOnes, distribution}: NamedErrors,
): MeasurementModel {
  const own = areOnlyOnes ? withoutPlacementAndPrint(model) : model;
  const {plates, heightNoise} = own;
  const parsed = measurementModelSchema.safeParse({
    ...own,
    ...(distribution && {distribution}),
    plates: {
      lateralMm: sizes['plates.lateralMm'] ?? plates.lateralMm,
      axialMm: sizes['plates.axialMm'] ?? plates.axialMm,
      rotationDeg: sizes['plates.rotationDeg'] ?? plates.rotationDeg,
    },
    heightNoise: {...heightNoise, rmsMm: sizes['heightNoise.rmsMm'] ?? heightNoise.rmsMm},
    objectLateralMm: sizes.objectLateralMm ?? own.objectLateralMm,
    lightOffCenterMm: sizes.lightOffCenterMm ?? own.lightOffCenterMm,
    indexError: sizes.indexError ?? own.indexError,
    scanStepMm: sizes.scanStepMm ?? own.scanStepMm,
    noiseRatio: sizes.noiseRatio ?? own.noiseRatio,
  });
  if (!parsed.success)
    throw new BenchError(
      'plan/invalid',
      `The errors cannot be drawn: ${firstIssueText(parsed.error)}. Nothing was computed.`,
    );
  return parsed.data;
}

const withoutPlacementAndPrint = (model: MeasurementModel): MeasurementModel => ({
  ...model,
  plates: {lateralMm: 0, axialMm: 0, rotationDeg: 0},
  heightNoise: {...model.heightNoise, rmsMm: 0},
  objectLateralMm: 0,
  lightOffCenterMm: 0,
  indexError: 0,
});
