import {createRandom} from '../../base/random.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {measurementCauses, type MeasurementCause, type MeasurementModel} from '../../contract/measurement.ts';
import {
  toleranceErrorLabels,
  toleranceErrors,
  toleranceScales,
  type ToleranceError,
} from '../../contract/tolerance.ts';
import {predictedCauses} from './losses.ts';

/** Sizes of the errors of a bench, each in its own unit. */
export type ErrorSizes = Readonly<Record<ToleranceError, number>>;

/** The cause of a measurement model through which an error acts. */
const causeOf: Readonly<Record<ToleranceError, MeasurementCause>> = {
  plateLateral: 'placement',
  plateAxial: 'placement',
  plateRotation: 'placement',
  objectLateral: 'placement',
  lightOffCenter: 'placement',
  heightNoise: 'print',
  indexError: 'print',
  scanStep: 'scan',
  noise: 'noise',
};

/** Errors that change how a plane is read and not the plane. */
export const readingErrors: readonly ToleranceError[] = ['scanStep', 'noise'];

/** No error has any size. */
export const noErrors: ErrorSizes = {
  plateLateral: 0,
  plateAxial: 0,
  plateRotation: 0,
  objectLateral: 0,
  lightOffCenter: 0,
  heightNoise: 0,
  indexError: 0,
  scanStep: 0,
  noise: 0,
};

/** How large the errors of a bench are. */
export function errorSizesOf(model: MeasurementModel): ErrorSizes {
  return {
    plateLateral: model.plates.lateralMm,
    plateAxial: model.plates.axialMm,
    plateRotation: model.plates.rotationDeg,
    objectLateral: model.objectLateralMm,
    lightOffCenter: model.illumination.kind === 'gaussian-beam' ? model.lightOffCenterMm : 0,
    heightNoise: model.heightNoise.rmsMm,
    indexError: Math.abs(model.indexError),
    scanStep: model.scanStepMm,
    noise: model.noiseRatio,
  };
}

/** A bench to draw: its model and which of its causes act. */
export interface SizedBench {
  readonly model: MeasurementModel;
  readonly causes: readonly MeasurementCause[];
  readonly seed: string;
}

/**
 * A bench with errors of given sizes; an error of size 0 is absent. What is drawn depends on the seed alone, so that
 * benches of one seed and other sizes are off in the same directions. The index is off by its size, up or down as drawn:
 * a printer's material may come out either way.
 */
export function benchWith(model: MeasurementModel, sizes: ErrorSizes, seed: string): SizedBench {
  const acting = new Set(toleranceErrors.filter((error) => sizes[error] > 0).map((error) => causeOf[error]));
  const sign = createRandom(seed).fork('index').uniform() < 0.5 ? -1 : 1;
  return {
    model: {
      ...model,
      plates: {
        lateralMm: sizes.plateLateral,
        axialMm: sizes.plateAxial,
        rotationDeg: sizes.plateRotation,
      },
      objectLateralMm: sizes.objectLateral,
      lightOffCenterMm: sizes.lightOffCenter,
      heightNoise: {...model.heightNoise, rmsMm: sizes.heightNoise},
      indexError: sign * sizes.indexError,
      scanStepMm: sizes.scanStep > 0 ? sizes.scanStep : model.scanStepMm,
      noiseRatio: sizes.noise,
    },
    causes: measurementCauses.filter((cause) => predictedCauses.includes(cause) || acting.has(cause)),
    seed,
  };
}

/** Errors that a bench has, with the multiples of their size that can be tried on a design. */
export interface StudiedError {
  readonly error: ToleranceError;
  readonly size: number;
  readonly scales: readonly number[];
}

/**
 * What can be studied of a bench. Multiples that make no sense on the design are left out: scan steps wider than its
 * smallest region, axial errors by which plates would meet. Throws `plan/invalid` when an error is so large as it is.
 */
export function studiedErrors(model: MeasurementModel, design: DesignFile): readonly StudiedError[] {
  const sizes = errorSizesOf(model);
  const limits = largestSizes(design);
  return toleranceErrors
    .filter((error) => sizes[error] > 0)
    .map((error) => {
      const size = sizes[error];
      const limit = limits[error] ?? Infinity;
      const {label, unit} = toleranceErrorLabels[error];
      if (size > limit)
        throw new BenchError(
          'plan/invalid',
          `The error "${label}" of the bench is ${size} ${unit}, more than the ${Number(limit.toPrecision(3))} ${unit} ` +
            'that can be drawn on this design. Nothing was computed; correct the measurement of the bench file.',
        );
      return {error, size, scales: toleranceScales.filter((scale) => scale * size <= limit)};
    });
}

/** Sizes beyond which a drawn bench could not be computed or read. */
function largestSizes({layers, detector}: DesignFile): Partial<Record<ToleranceError, number>> {
  const places = [0, ...layers.map(({zMm}) => zMm), detector.zMm];
  const smallestGapMm = Math.min(...places.slice(1).map((zMm, i) => zMm - places[i]));
  const indexRoom = Math.min(...layers.map(({refractiveIndex}) => refractiveIndex - 1));
  return {
    // The distance of two plates is off by sqrt 2 of it; at more than four standard deviations they would meet.
    plateAxial: smallestGapMm / 6,
    indexError: indexRoom / 2,
    scanStep: Math.min(...detector.regions.flatMap(({widthMm, heightMm}) => [widthMm, heightMm])),
    noise: 1,
  };
}
