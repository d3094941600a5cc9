import {createRandom} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import {augmentedObject} from '../training/augment.ts';
import {
  imageAt,
  type BatchEnergies,
  type BatchJob,
  type EngineSpec,
  type LabelledImages,
} from '../training/batch.ts';
import {energyCountOf} from '../training/region-reading.ts';
import {createStretches, lineIllumination, lineSpecs} from '../training/spectral-network.ts';
import {createGpuNetwork, networkProblem, type GpuNetwork} from './gpu-network.ts';

/** The optics of batches on a GPU: what an `EnergyEngine` is on processors, answered later. */
export interface GpuEngine {
  setHeights(layers: readonly Float32Array[]): void;
  /** `job.indices` count the images that are given. */
  forward(job: BatchJob, images: LabelledImages): Promise<BatchEnergies>;
  /** Gradient over what each layer is made of for the batch of the last forward. */
  backward(energyGradients: Float32Array): Promise<Float32Array[]>;
  destroy(): void;
}

/**
 * An engine of a spec on a device, at all of its wavelengths. Throws `twin/invalid` where the device is too small for it,
 * and when the device refuses what it is given.
 */
export async function createGpuEngine(
  device: GPUDevice,
  {network: spec, object}: Pick<EngineSpec, 'network' | 'object'>,
): Promise<GpuEngine> {
  const problem = networkProblem(spec, device.limits);
  if (problem !== undefined)
    throw new BenchError('twin/invalid', `This GPU cannot compute the network: ${problem}.`);
  const lines = lineSpecs(spec);
  const checked = createChecks(device);
  const networks = await checked(() => Promise.all(lines.map((line) => createGpuNetwork(device, line))));
  const stretchesOf = createStretches(spec);
  const energyCount = energyCountOf(spec);

  const forward = async (job: BatchJob, images: LabelledImages): Promise<BatchEnergies> => {
    const objects = job.indices.map((index, i) => {
      const amplitude = new Float32Array(spec.grid.count ** 2);
      augmentedObject(
        imageAt(images, index),
        {grid: spec.grid, object},
        {change: job.augmentation, random: createRandom(job.seeds[i])},
        amplitude,
      );
      return amplitude;
    });
    const energies = new Float32Array(objects.length * energyCount);
    const inputPower = new Float32Array(objects.length);
    for (const [line, network] of networks.entries()) {
      const illumination = lineIllumination(job.illumination, spec, lines[line]);
      const out = await network.forward(objects, {...job, illumination});
      objects.forEach((_, i) => {
        inputPower[i] += out.inputPower[i];
        for (const {all, own, count} of stretchesOf(line)) {
          const from = i * network.energyCount + own;
          energies.set(out.energies.subarray(from, from + count), i * energyCount + all);
        }
      });
    }
    return {energies, inputPower};
  };
  const backward = async (energyGradients: Float32Array): Promise<Float32Array[]> => {
    const imageCount = energyGradients.length / energyCount;
    let sums: Float32Array[] | undefined;
    for (const [line, network] of networks.entries()) {
      const own = new Float32Array(imageCount * network.energyCount);
      for (let i = 0; i < imageCount; i++)
        for (const {all, own: to, count} of stretchesOf(line)) {
          const from = i * energyCount + all;
          own.set(energyGradients.subarray(from, from + count), i * network.energyCount + to);
        }
      sums = addTo(sums, await network.backward(own));
    }
    return sums ?? [];
  };
  return {
    setHeights: (layers) => networks.forEach((network: GpuNetwork) => network.setHeights(layers)),
    forward: (job, images) => checked(() => forward(job, images)),
    backward: (energyGradients) => checked(() => backward(energyGradients)),
    destroy: () => networks.forEach((network) => network.destroy()),
  };
}

function addTo(sums: Float32Array[] | undefined, more: Float32Array[]): Float32Array[] {
  if (sums === undefined) return more;
  sums.forEach((sum, layer) => more[layer].forEach((value, i) => (sum[i] += value)));
  return sums;
}

/** Does things on a device and throws what it objects to: else it would answer with zeros. */
const createChecks =
  (device: GPUDevice) =>
  async <Value>(work: () => Promise<Value>): Promise<Value> => {
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    const [done] = await Promise.allSettled([work()]);
    const found = [await device.popErrorScope(), await device.popErrorScope()];
    const error = found.find((one) => one !== null);
    if (error) throw new BenchError('twin/invalid', `The GPU refused the computation: ${error.message}`);
    if (done.status === 'rejected') throw done.reason;
    return done.value;
  };
