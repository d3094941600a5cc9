import {otherFace} from '../layers/relief.ts';
import type {BatchJob, EnergyEngine, EngineSpec} from './batch.ts';
import type {NetworkSpec} from './network-spec.ts';

/** The network of a spec as light from behind meets it: from the output plane through the last plate first. */
export const reversedSpec = (spec: EngineSpec): EngineSpec => ({
  ...spec,
  network: reversedNetwork(spec.network),
});

/** The same of the network alone: light from behind also meets thick plates from behind. */
export const reversedNetwork = (network: NetworkSpec): NetworkSpec => ({
  ...network,
  gapsMm: network.gapsMm.toReversed(),
  ...(network.thick && {
    thick: {
      ...network.thick,
      reliefFaces: otherFace(network.thick.reliefFaces),
      extents: network.thick.extents.toReversed(),
    },
  }),
});

/**
 * An engine of a reversed spec that takes heights and gives gradients in the order of the plates of the spec itself, and
 * whose plates are off by the same errors: what stands farther from the object is nearer to the light from behind.
 */
export const reversedEngine = (engine: EnergyEngine): EnergyEngine => ({
  regionCount: engine.regionCount,
  layerCount: engine.layerCount,
  setHeights: (layers) => engine.setHeights(layers.toReversed()),
  forward: (job) => engine.forward({...job, plateErrors: reversedErrors(job.plateErrors)}),
  backward: (energyGradients) => engine.backward(energyGradients).toReversed(),
});

function reversedErrors(errors: BatchJob['plateErrors']): BatchJob['plateErrors'] {
  if (errors === null) return null;
  const reversed = (values: ArrayLike<number>): number[] => Array.from(values).toReversed();
  return {
    dxMm: reversed(errors.dxMm),
    dyMm: reversed(errors.dyMm),
    dzMm: reversed(errors.dzMm).map((dz) => -dz),
  };
}
