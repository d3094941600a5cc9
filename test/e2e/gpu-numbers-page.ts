import {createRandom} from '../../src/base/random.ts';
import {createDigitRegions} from '../../src/contract/digit-regions.ts';
import {createGpuEngine} from '../../src/twin/gpu/gpu-engine.ts';
import {createEnergyEngine, type BatchJob, type EngineSpec} from '../../src/twin/training/batch.ts';
import type {NetworkSpec} from '../../src/twin/training/network-spec.ts';
import {createSpectralNetwork} from '../../src/twin/training/spectral-network.ts';
import {plateValueCount} from '../../src/twin/training/transmissions.ts';

/** What a case has besides the network that all of them share. */
export type GpuCase = Pick<NetworkSpec, 'gapsMm' | 'pad'> &
  Partial<NetworkSpec> & {readonly count: number; readonly imageCount: number; readonly isMoved: boolean};

/** Largest difference of each kind of number over the largest number of that kind. */
export interface GpuDifferences {
  readonly energies: number;
  readonly inputPower: number;
  readonly gradients: number;
}

const imageCount = 3;
const random = createRandom('images for a GPU');
const images = {
  rows: 28,
  columns: 28,
  bytes: Uint8Array.from({length: imageCount * 784}, () => random.integer(256)),
  labels: new Uint8Array(imageCount),
};

/** A step of a small network on the browser's GPU and on its processor: fields forth, gradients back. */
async function compare(own: GpuCase): Promise<GpuDifferences> {
  const spec = specOf(own);
  const job = jobOf(own);
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error('This browser has no GPU.');
  const device = await adapter.requestDevice();
  const plates = spec.network.gapsMm
    .slice(1)
    .map(() => Float32Array.from({length: plateValueCount(spec.network)}, () => random.uniform()));
  const processor = createEnergyEngine(spec, createSpectralNetwork(spec.network));
  const gpu = await createGpuEngine(device, spec);
  processor.setHeights(plates);
  gpu.setHeights(plates);
  const [expected, found] = [processor.forward(job), await gpu.forward(job, images)];
  const wanted = Float32Array.from(expected.energies, () => random.uniform() - 0.5);
  const [forward, back] = [processor.backward(wanted), await gpu.backward(wanted)];
  gpu.destroy();
  device.destroy();
  return {
    energies: difference(expected.energies, found.energies),
    inputPower: difference(expected.inputPower, found.inputPower),
    gradients: Math.max(...forward.map((layer, i) => difference(layer, back[i]))),
  };
}

const specOf = ({count, imageCount: slotCount, ...own}: GpuCase): EngineSpec => ({
  network: {
    wavelengthMm: 0.749481145,
    grid: {count, pitchMm: 0.4},
    refractiveIndex: 1.7227,
    extinction: 0.031,
    baseMm: 0.5,
    regions: createDigitRegions(count * 0.4, count * 0.04),
    heightStepMm: null,
    pixel: 'square',
    probe: {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28},
    slotCount,
    ...own,
  },
  object: {
    kind: own.objectValue === 'phase-turns' ? 'phase' : 'grey-amplitude',
    imageCount: 28,
    sideMm: count * 0.3,
    interpolation: 'bilinear',
    threshold: 0.5,
  },
  images,
});

const jobOf = ({imageCount: count, isMoved, gapsMm}: GpuCase): BatchJob => {
  const indices = Array.from({length: count}, (_, i) => i);
  const errors = gapsMm.slice(1).map((_, i) => 0.17 * (i + 1) * (-1) ** i);
  return {
    indices,
    seeds: indices.map((i) => i + 5),
    augmentation: {
      shiftPixels: 1.5,
      rotationDeg: 10,
      scaleRatio: 0.1,
      shearRatio: 0.1,
      elasticPixels: 0.35,
      thresholdChange: 0.1,
    },
    plateErrors: isMoved ? {dxMm: errors, dyMm: errors.toReversed(), dzMm: errors} : null,
    illumination: {
      kind: 'gaussian-beam',
      radiusMm: 12,
      centerXMm: 0.7,
      centerYMm: -0.4,
      curvatureRadiusMm: 600,
      tiltXDeg: 0,
      tiltYDeg: 0,
    },
    scan: isMoved ? {stepMm: 1, offsetXMm: 0.3, offsetYMm: 0.8} : null,
  };
};

function difference(expected: Float32Array, found: Float32Array): number {
  const largest = Math.max(...expected.map(Math.abs));
  if (found.length !== expected.length || !(largest > 0)) return Number.POSITIVE_INFINITY;
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]))) / largest;
}

declare global {
  interface Window {
    compareWithGpu: typeof compare;
  }
}
window.compareWithGpu = compare;
