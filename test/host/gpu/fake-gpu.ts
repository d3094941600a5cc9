import type {GpuOrder} from '../../../src/contract/api/index.ts';
import type {GpuEngine} from '../../../src/twin/gpu/gpu-engine.ts';
import {
  createEnergyEngine,
  type BatchEnergies,
  type BatchJob,
  type EngineSpec,
  type LabelledImages,
} from '../../../src/twin/training/batch.ts';
import {createSpectralNetwork} from '../../../src/twin/training/spectral-network.ts';

/** A GPU whose numbers are those of one thread of the processor. */
export function createProcessorGpu(spec: EngineSpec): {
  readonly setHeights: GpuEngine['setHeights'];
  readonly forward: (job: BatchJob, images: LabelledImages) => BatchEnergies;
  readonly backward: (energyGradients: Float32Array) => Float32Array[];
} {
  let given = spec.images;
  const own: EngineSpec = {
    ...spec,
    get images() {
      return given;
    },
  };
  const engine = createEnergyEngine(own, createSpectralNetwork(spec.network));
  return {
    setHeights: (layers) => engine.setHeights(layers),
    forward(job, images) {
      given = images;
      return engine.forward(job);
    },
    backward: (energyGradients) => engine.backward(energyGradients),
  };
}

/** The same, answered later as a device does. */
export function createLaterGpu(spec: EngineSpec): Promise<GpuEngine> {
  const gpu = createProcessorGpu(spec);
  return Promise.resolve({
    setHeights: gpu.setHeights,
    forward: (job, images) => Promise.resolve(gpu.forward(job, images)),
    backward: (energyGradients) => Promise.resolve(gpu.backward(energyGradients)),
    destroy: () => undefined,
  });
}

/** Answers the orders of one network in place. */
export function createAnswers(spec: EngineSpec): (order: GpuOrder) => Float32Array {
  const gpu = createProcessorGpu(spec);
  const layerCount = spec.network.gapsMm.length - 1;
  const joined = (...lists: readonly Float32Array[]): Float32Array =>
    Float32Array.from(lists.flatMap((list) => [...list]));
  return (order) => {
    switch (order.kind) {
      case 'open':
        return new Float32Array(0);
      case 'step': {
        const count = order.plates.length / layerCount;
        gpu.setHeights(
          Array.from({length: layerCount}, (_, i) => order.plates.slice(i * count, (i + 1) * count)),
        );
        const job = {...order.job, indices: order.job.seeds.map((_, i) => i)};
        const {energies, inputPower} = gpu.forward(job, {...spec.images, bytes: order.images});
        return joined(energies, inputPower);
      }
      case 'gradients':
        return joined(...gpu.backward(order.energyGradients));
    }
  };
}
