import {BenchError} from '../../contract/errors.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {assertField, assertSquare} from '../../twin/field/array-values.ts';
import {
  computePlaneWeights,
  computeRegionEnergies,
  computeShares,
  createReadOut,
  findWinner,
} from '../../twin/metrics/index.ts';
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
  /** Shares of the regions and the class that wins; null where there are none, or the scan stands otherwise than they do. */
  readonly verdict: {readonly shares: readonly number[]; readonly winner: string} | null;
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
  const isInFrame = Object.entries(bench.placement?.output ?? {}).every(
    ([name, value]) => name === 'dzMm' || value === (name === 'scale' ? 1 : 0) || value === false,
  );
  const verdict = isInFrame ? verdictOf(design.file, field.grid, intensity) : null;
  return {count, pitchMm, designHash: design.file.contentHash, intensity, verdict};
}

/** What the regions of a design say of its output plane; null of one that images, or is read at several frequencies. */
function verdictOf(
  {detector}: DesignFile,
  grid: Grid,
  intensity: Float64Array,
): PredictedIntensity['verdict'] {
  if (detector.regions.length === 0 || detector.frequenciesHz !== undefined) return null;
  const energies = computeRegionEnergies(computePlaneWeights(grid, detector.regions), intensity);
  const {labels, scoresOf} = createReadOut(detector);
  return {shares: Array.from(computeShares(energies)), winner: labels[findWinner(scoresOf(energies))]};
}

const power = ({re, im}: ComplexPlane): number => {
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2;
  return sum;
};
