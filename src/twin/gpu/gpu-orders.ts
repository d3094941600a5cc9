import type {GpuNetworkName, GpuOrder} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {EngineSpec} from '../training/batch.ts';
import {reversedSpec} from '../training/reversed-engine.ts';
import {neuronModelOf, trainedOptics} from '../training/trained-optics.ts';
import type {GpuEngine} from './gpu-engine.ts';

/** Carries out the orders of a training, one after the other. */
export interface OrderTaker {
  /** The numbers that answer an order (`gpuOrderSchema`). Throws `plan/invalid` for one out of turn. */
  carryOut(order: GpuOrder): Promise<Float32Array>;
  destroy(): void;
}

/** `createEngine` makes an engine of a network when it is ordered; its images come with each step. */
export function createOrderTaker(createEngine: (spec: EngineSpec) => Promise<GpuEngine>): OrderTaker {
  const networks = new Map<GpuNetworkName, {readonly spec: EngineSpec; readonly engine: GpuEngine}>();
  const get = (name: GpuNetworkName) => {
    const network = networks.get(name);
    if (network) return network;
    throw new BenchError('plan/invalid', `The ${name} network was not opened. Nothing was computed.`);
  };
  const step = async (order: Extract<GpuOrder, {kind: 'step'}>): Promise<Float32Array> => {
    const {spec, engine} = get(order.network);
    const layerCount = spec.network.gapsMm.length - 1;
    const count = order.plates.length / layerCount;
    engine.setHeights(
      Array.from({length: layerCount}, (_, i) => order.plates.slice(i * count, (i + 1) * count)),
    );
    const indices = order.job.seeds.map((_, i) => i);
    const images = {...spec.images, bytes: order.images};
    const {energies, inputPower} = await engine.forward({...order.job, indices}, images);
    return joined([energies, inputPower]);
  };
  return {
    async carryOut(order) {
      switch (order.kind) {
        case 'open': {
          const spec = specOf(order);
          networks.get(order.network)?.engine.destroy();
          networks.set(order.network, {spec, engine: await createEngine(spec)});
          return new Float32Array(0);
        }
        case 'step':
          return await step(order);
        case 'gradients':
          return joined(await get(order.network).engine.backward(order.energyGradients));
      }
    },
    destroy: () => networks.forEach(({engine}) => engine.destroy()),
  };
}

function specOf({settings, rows, columns, network}: Extract<GpuOrder, {kind: 'open'}>): EngineSpec {
  const images = {rows, columns, bytes: new Uint8Array(0), labels: new Uint8Array(0)};
  const spec = {...trainedOptics(settings, neuronModelOf(settings), rows), images};
  return network === 'reversed' ? reversedSpec(spec) : spec;
}

function joined(lists: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(lists.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
