import type {BatchJob, EngineSpec} from '../../twin/training/batch.ts';

/**
 * How the optics pool talks with its threads: a message for each job, numbers in shared arrays, a counter to wait on.
 * Synchronous on both sides, because a TensorFlow.js gradient must be.
 */
export interface PoolLayout {
  readonly spec: EngineSpec;
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly layerCount: number;
  readonly regionCount: number;
  readonly maximumBatch: number;
  readonly shared: SharedArrays;
}

export interface SharedArrays {
  /** [0] job number, [1 + worker] last job that the worker has finished. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** (layer, value): what each layer is made of. */
  readonly heights: Float32Array<SharedArrayBuffer>;
  /** (image, region). */
  readonly energies: Float32Array<SharedArrayBuffer>;
  readonly inputPower: Float32Array<SharedArrayBuffer>;
  readonly energyGradients: Float32Array<SharedArrayBuffer>;
  /** (worker, layer, value). */
  readonly heightGradients: Float32Array<SharedArrayBuffer>;
}

export type PoolJob =
  | {readonly kind: 'heights'}
  | {readonly kind: 'forward'; readonly job: BatchJob}
  | {readonly kind: 'backward'; readonly count: number}
  | {readonly kind: 'stop'};

/** The images of a batch that belong to one worker: neighbours, so that each has its own stretch of the arrays. */
export function shareOf(count: number, worker: number, workerCount: number): {first: number; end: number} {
  return {
    first: Math.floor((count * worker) / workerCount),
    end: Math.floor((count * (worker + 1)) / workerCount),
  };
}

export interface NetworkSize {
  readonly layerCount: number;
  readonly regionCount: number;
  /** Values of a layer. */
  readonly sampleCount: number;
}

export function createSharedArrays(
  workerCount: number,
  {layerCount, regionCount, sampleCount}: NetworkSize,
  maximumBatch: number,
): SharedArrays {
  const floats = (count: number): Float32Array<SharedArrayBuffer> =>
    new Float32Array(new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT));
  return {
    control: new Int32Array(new SharedArrayBuffer((1 + workerCount) * 4)),
    heights: floats(layerCount * sampleCount),
    energies: floats(maximumBatch * regionCount),
    inputPower: floats(maximumBatch),
    energyGradients: floats(maximumBatch * regionCount),
    heightGradients: floats(workerCount * layerCount * sampleCount),
  };
}
