import {parentPort, receiveMessageOnPort, workerData} from 'node:worker_threads';
import {BenchError} from '../../contract/errors.ts';
import {createEnergyEngine} from '../../twin/training/batch.ts';
import {createSpectralNetwork} from '../../twin/training/spectral-network.ts';
import {plateValueCount} from '../../twin/training/transmissions.ts';
import {shareOf, type PoolJob, type PoolLayout} from './optics-protocol.ts';

// Entry of an optics thread. It blocks on the shared counter between jobs and never returns to an event loop.
const layout = workerData as PoolLayout;
const {spec, workerIndex, workerCount, layerCount, regionCount, shared} = layout;
const network = createSpectralNetwork(spec.network);
const engine = createEnergyEngine(spec, network);
const samples = plateValueCount(spec.network);
const {control, heights, energies, inputPower, energyGradients, heightGradients} = shared;

function perform(job: PoolJob): boolean {
  switch (job.kind) {
    case 'stop':
      return false;
    case 'heights':
      engine.setHeights(
        Array.from({length: layerCount}, (_, layer) =>
          heights.subarray(layer * samples, (layer + 1) * samples),
        ),
      );
      return true;
    case 'forward': {
      const {first, end} = shareOf(job.job.indices.length, workerIndex, workerCount);
      const out = engine.forward({
        ...job.job,
        indices: job.job.indices.slice(first, end),
        seeds: job.job.seeds.slice(first, end),
      });
      energies.set(out.energies, first * regionCount);
      inputPower.set(out.inputPower, first);
      return true;
    }
    case 'backward': {
      const {first, end} = shareOf(job.count, workerIndex, workerCount);
      const gradients = engine.backward(energyGradients.subarray(first * regionCount, end * regionCount));
      gradients.forEach((gradient, layer) =>
        heightGradients.set(gradient, (workerIndex * layerCount + layer) * samples),
      );
      return true;
    }
  }
}

/** The job that was posted before the counter went up. */
function nextJob(): PoolJob {
  const job: {readonly message: PoolJob} | undefined = parentPort
    ? receiveMessageOnPort(parentPort)
    : undefined;
  if (job === undefined) throw new BenchError('internal', 'An optics thread was asked without a job.');
  return job.message;
}

let done = 0;
for (let goesOn = true; goesOn;) {
  Atomics.wait(control, 0, done);
  done = Atomics.load(control, 0);
  goesOn = perform(nextJob());
  Atomics.store(control, 1 + workerIndex, done);
  Atomics.notify(control, 1 + workerIndex);
}
