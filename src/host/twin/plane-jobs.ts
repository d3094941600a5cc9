import {BenchError} from '../../contract/errors.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {assertField, assertSquare} from '../../twin/field/array-values.ts';
import {propagate, transformLength, type PropagationOptions} from '../../twin/propagation/propagator.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {readObject} from './plane-file.ts';
import {createDesignSystem, intensityOfScan, readPlacement, type FoundBench} from './predict.ts';

export interface PropagateRequest extends PropagationOptions {
  /** Samples along a side. */
  readonly count: number;
  readonly pitchMm: number;
  readonly wavelengthMm: number;
  readonly distanceMm: number;
  /** Row by row, row 0 at the smallest y. */
  readonly re: Float64Array;
  /** 0 everywhere unless given. */
  readonly im?: Float64Array | undefined;
}

/** A field, row by row, row 0 at the smallest y. */
export interface PropagatedField {
  /** Samples along a side. */
  readonly count: number;
  /** Power behind the distance over the power before. */
  readonly powerRatio: number;
  readonly re: Float64Array<ArrayBuffer>;
  readonly im: Float64Array<ArrayBuffer>;
}

/**
 * Carries a field over a distance of free space, in double precision. Throws `twin/invalid` for arrays of another size,
 * values that are no numbers and a field without light, and what `propagate` refuses.
 */
export function propagateField({count, pitchMm, re, im, ...options}: PropagateRequest): PropagatedField {
  try {
    assertSquare({shape: [Math.sqrt(re.length), Math.sqrt(re.length)]}, count);
    if (im && im.length !== re.length) throw new RangeError('its real and imaginary parts differ in size');
    assertField({shape: [count, count], re, ...(im && {im})});
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new BenchError('twin/invalid', `The field cannot be used: ${what}. Nothing was computed.`, {
      cause: error,
    });
  }
  const field = {grid: {count, pitchMm}, re, im: im ?? new Float64Array(re.length)};
  const far = propagate(field, options, options);
  return {
    count: far.grid.count,
    powerRatio: power(far) / power(field),
    re: Float64Array.from(far.re),
    im: Float64Array.from(far.im),
  };
}

/** What is shown to a design: a plane on its grid, or the file that holds it. */
export type ShownObject =
  | {readonly kind: 'plane'; readonly plane: ComplexPlane}
  | {readonly kind: 'file'; readonly path: string; readonly fullScale: number};

export interface PredictRequest extends PropagationOptions {
  readonly designFolder: string;
  readonly object: ShownObject;
  /** How the bench differs from the design: as it is, or the file that says so; as designed without either. */
  readonly bench?: FoundBench | undefined;
  readonly benchPath?: string | undefined;
  readonly oversample?: number | undefined;
}

/** Intensity at the output plane, row by row, row 0 at the smallest y. */
export interface PredictedIntensity {
  /** Samples along a side. */
  readonly count: number;
  readonly pitchMm: number;
  readonly designHash: string;
  readonly intensity: Float64Array<ArrayBuffer>;
}

/** Side of a transform beyond which a prediction is refused: two arrays of 1 GB. */
const largestTransform = 8192;

/**
 * Intensity of the output plane of a design for an object on the design's grid (refined by `oversample`). Throws what
 * reading design, object and placement throws, and `twin/invalid` for what is too fine to be computed.
 */
export async function predictIntensity(
  request: PredictRequest,
  signal?: AbortSignal,
): Promise<PredictedIntensity> {
  const {method, pad, oversample = 1, benchPath} = request;
  const design = await loadDesignFolder(request.designFolder);
  const {grid} = design.file;
  const length = transformLength(grid.count * oversample, request);
  if (length > largestTransform)
    throw new BenchError(
      'twin/invalid',
      `The prediction would need transforms of ${length} samples a side, more than ${largestTransform}. Nothing was computed; take a smaller oversampling or padding.`,
    );
  const shown = request.object;
  const object = shown.kind === 'plane' ? shown.plane : await readObject(shown.path, grid, shown.fullScale);
  const bench = benchPath === undefined ? (request.bench ?? {}) : await readPlacement(benchPath);
  const system = createDesignSystem(design, bench, {
    method,
    oversample,
    signal,
    ...(pad === undefined ? {} : {pad}),
  });
  const field = system.propagate(object);
  const intensity = Float64Array.from(
    intensityOfScan(field, wavelengthMmFromHz(design.file.frequencyHz), bench.placement),
  );
  const {count, pitchMm} = field.grid;
  return {count, pitchMm, designHash: design.file.contentHash, intensity};
}

const power = ({re, im}: ComplexPlane): number => {
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2;
  return sum;
};
