import type {ComplexPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {propagate, type PropagationOptions} from '../../twin/propagation/propagator.ts';
import {openDesign} from '../designs/design-folder.ts';
import {assertWritable} from '../files/assert-writable.ts';
import {readField, readObject, writePlane} from './plane-file.ts';
import {createDesignSystem, intensityOfScan, readPlacement} from './predict.ts';

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

/** Intensity of the output plane of a design for an object on the design's grid (refined by `oversample`). */
export async function predictPlane(
  job: PredictJob,
): Promise<{count: number; pitchMm: number; designHash: string}> {
  await assertWritable(job.outPath, '--out', 'Nothing was computed');
  const design = await openDesign(job.designFolder);
  const object = await readObject(job.objectPath, design.file.grid, job.fullScale);
  const bench = job.placementPath === undefined ? {} : await readPlacement(job.placementPath);
  const {method, pad, oversample = 1, signal} = job;
  const system = createDesignSystem(design, bench, {
    method,
    oversample,
    signal,
    ...(pad === undefined ? {} : {pad}),
  });
  const field = system.propagate(object);
  const intensity = intensityOfScan(field, wavelengthMmFromHz(design.file.frequencyHz), bench.placement);
  await writePlane(job.outPath, {count: field.grid.count, re: intensity});
  return {count: field.grid.count, pitchMm: field.grid.pitchMm, designHash: design.file.contentHash};
}

const power = ({re, im}: ComplexPlane): number => {
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2;
  return sum;
};
