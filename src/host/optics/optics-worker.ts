import {workerData} from 'node:worker_threads';
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

const decoder = new TextDecoder();
let done = 0;
for (let goesOn = true; goesOn;) {
  Atomics.wait(control, 0, done);
  done = Atomics.load(control, 0);
  const text = decoder.decode(shared.text.slice(0, Atomics.load(control, 1)));
  // Of the pool in this process, a moment ago: nothing that was stored.
  // oxlint-disable-next-line house/no-cast-of-parsed-json
  goesOn = perform(JSON.parse(text) as PoolJob);
  Atomics.store(control, 2 + workerIndex, done);
  Atomics.notify(control, 2 + workerIndex);
}
