import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import {moduleUrl} from '../../base/module-url.ts';
import {BenchError} from '../../contract/errors.ts';
import type {EnergyEngine, EngineSpec} from '../../twin/training/batch.ts';
import {energyCountOf} from '../../twin/training/region-reading.ts';
import {plateValueCount} from '../../twin/training/transmissions.ts';
import {createSharedArrays, type PoolJob, type PoolLayout} from './optics-protocol.ts';

/** An energy engine on several threads. */
export interface OpticsPool extends EnergyEngine, AsyncDisposable {
  readonly workerCount: number;
  readonly maximumBatch: number;
}

/**
 * Starts `workerCount` threads (all cores by default), each with its own kernel, that share the images of a batch.
 * Calls block this thread until all have answered.
 */
export function createOpticsPool(
  spec: EngineSpec,
  {maximumBatch, workerCount = availableParallelism()}: {maximumBatch: number; workerCount?: number},
): OpticsPool {
  const layerCount = spec.network.gapsMm.length - 1;
  const regionCount = energyCountOf(spec.network);
  const samples = plateValueCount(spec.network);
  const shared = createSharedArrays(
    workerCount,
    {layerCount, regionCount, sampleCount: samples},
    maximumBatch,
  );
  const {perform, end} = startWorkers({
    // Shared once, instead of a copy for each thread.
    spec: {...spec, images: shareImages(spec.images)},
    workerCount,
    layerCount,
    regionCount,
    maximumBatch,
    shared,
  });

  return {
    workerCount,
    maximumBatch,
    layerCount,
    regionCount,
    setHeights(layers) {
      layers.forEach((layer, i) => shared.heights.set(layer, i * samples));
      perform({kind: 'heights'});
    },
    forward(job) {
      const count = job.indices.length;
      if (count > maximumBatch)
        throw new BenchError('internal', `A batch of ${count} is more than ${maximumBatch}.`);
      perform({kind: 'forward', job});
      return {
        energies: shared.energies.slice(0, count * regionCount),
        inputPower: shared.inputPower.slice(0, count),
      };
    },
    backward(energyGradients) {
      shared.energyGradients.set(energyGradients);
      perform({kind: 'backward', count: energyGradients.length / regionCount});
      return Array.from({length: layerCount}, (_, layer) => {
        const sum = new Float32Array(samples);
        for (let worker = 0; worker < workerCount; worker++) {
          const from = (worker * layerCount + layer) * samples;
          for (let i = 0; i < samples; i++) sum[i] += shared.heightGradients[from + i];
        }
        return sum;
      });
    },
    [Symbol.asyncDispose]: end,
  };
}

/** Far beyond any batch. */
const answerMs = 60_000;
/** Threads that work take more of a processor than this in that time, however little a busy machine leaves them. */
const idleCpuMs = 10;

/** CPU time of the program and all of its threads. */
function cpuMsOf(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

/** The threads of a pool: `perform` has all of them do a job and blocks until they have answered. */
function startWorkers(layout: Omit<PoolLayout, 'workerIndex'>): {
  readonly perform: (job: PoolJob) => void;
  readonly end: () => Promise<void>;
} {
  const {shared, workerCount} = layout;
  let failure: unknown;
  let isOpen = true;
  const workers = Array.from({length: workerCount}, (_, workerIndex) => {
    const workerData: PoolLayout = {...layout, workerIndex};
    const worker = new Worker(moduleUrl('./optics-worker.ts', import.meta.url), {workerData});
    worker.on('error', (error: unknown) => {
      failure = error;
    });
    worker.unref();
    return worker;
  });

  const post = (job: PoolJob): void => {
    for (const worker of workers) worker.postMessage(job);
    Atomics.add(shared.control, 0, 1);
    Atomics.notify(shared.control, 0);
  };
  const awaitWorker = (worker: number, number: number): void => {
    for (let timeOuts = 0; ;) {
      const done = Atomics.load(shared.control, 1 + worker);
      if (done === number) return;
      const before = cpuMsOf();
      if (Atomics.wait(shared.control, 1 + worker, done, answerMs) !== 'timed-out') continue;
      // A thread that died must not hang the program for good. One that other programs leave hardly any time for still
      // computes, and a training of hours must outlive that. The clock also goes on while a computer sleeps, after which
      // the thread needs time of its own: one time-out says nothing.
      timeOuts = cpuMsOf() - before < idleCpuMs ? timeOuts + 1 : 0;
      if (timeOuts === 2)
        throw new BenchError('internal', 'An optics thread does not answer; the training stops here.', {
          cause: failure,
        });
    }
  };

  return {
    perform(job) {
      if (!isOpen) throw new BenchError('internal', 'The optics threads have been stopped already.');
      post(job);
      const number = Atomics.load(shared.control, 0);
      for (let worker = 0; worker < workerCount; worker++) awaitWorker(worker, number);
    },
    async end() {
      if (!isOpen) return;
      post({kind: 'stop'});
      isOpen = false;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

const shareImages = (images: EngineSpec['images']): EngineSpec['images'] => ({
  ...images,
  bytes: shareBytes(images.bytes),
  labels: shareBytes(images.labels),
});

function shareBytes(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
