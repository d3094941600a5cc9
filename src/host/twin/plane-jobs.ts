import {BenchError} from '../../contract/errors.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {propagate, transformLength, type PropagationOptions} from '../../twin/propagation/propagator.ts';
import {openDesign} from '../designs/design-folder.ts';
import {assertWritable} from '../files/assert-writable.ts';
import {readField, readObject, writePlane} from './plane-file.ts';
import {createDesignSystem, intensityOfScan, readPlacement, type FoundBench} from './predict.ts';

export interface PropagateJob extends PropagationOptions {
  readonly inPath: string;
  readonly outPath: string;
  readonly pitchMm: number;
  readonly wavelengthMm: number;
  readonly distanceMm: number;
}

/** Carries the field of one .npy file over a distance into another; complex in, complex out, double precision. */
export async function propagatePlane(job: PropagateJob): Promise<{count: number; powerRatio: number}> {
  await assertWritable(job.outPath, '--out', 'Nothing was computed');
  const field = await readField(job.inPath, job.pitchMm);
  const far = propagate(field, job, job);
  await writePlane(job.outPath, {count: far.grid.count, re: far.re, im: far.im});
  return {count: far.grid.count, powerRatio: power(far) / power(field)};
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
  const design = await openDesign(request.designFolder, signal);
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

export interface PredictJob extends PropagationOptions {
  readonly designFolder: string;
  readonly objectPath: string;
  /** Value of the object's file that stands for full transmission; 1 unless given. */
  readonly fullScale?: number | undefined;
  readonly placementPath?: string | undefined;
  readonly outPath: string;
  readonly oversample?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As `predictIntensity`, from files into a file. */
export async function predictPlane({
  objectPath,
  fullScale = 1,
  placementPath,
  outPath,
  signal,
  ...job
}: PredictJob): Promise<Omit<PredictedIntensity, 'intensity'>> {
  await assertWritable(outPath, '--out', 'Nothing was computed');
  const object = {kind: 'file', path: objectPath, fullScale} as const;
  const {intensity, ...done} = await predictIntensity({...job, object, benchPath: placementPath}, signal);
  await writePlane(outPath, {count: done.count, re: intensity});
  return done;
}

const power = ({re, im}: ComplexPlane): number => {
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2;
  return sum;
};
