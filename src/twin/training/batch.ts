import {createRandom} from '../../base/random.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import type {ReadOutSettings} from '../../contract/read-out.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {Image} from '../field/object.ts';
import {createReadOut, isLit, marginOfClass, type ReadOut} from '../metrics/read-out.ts';
import {findWinner} from '../metrics/regions.ts';
import {augmentedObject, noAugmentation, type Augmentation} from './augment.ts';
import type {PlateErrors} from './gap-spectra.ts';
import type {TrainingNetwork} from './network.ts';
import type {NetworkSpec} from './network-spec.ts';
import type {ScanGrid} from './region-reading.ts';
import {plateValueCount} from './transmissions.ts';

/** Images with labels; image i is bytes[i * rows * columns ..]. */
export interface LabelledImages {
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
  readonly labels: Uint8Array;
}

/** Image `index`, a view of the same bytes: row-major, top row first, 0..255. */
export const imageAt = ({rows, columns, bytes}: LabelledImages, index: number): Image => ({
  rows,
  columns,
  bytes: bytes.subarray(index * rows * columns, (index + 1) * rows * columns),
});

/** Some images of a set with their labels, in the order given, as a set of their own. */
export const pickImages = (images: LabelledImages, indices: readonly number[]): LabelledImages =>
  joinPicked([{images, indices}]);

/** Some images of each set with their labels, one set after the other, as one. The sets' images are of one size. */
export function joinPicked(parts: readonly [Picked, ...Picked[]]): LabelledImages {
  const {rows, columns} = parts[0].images;
  const count = parts.reduce((sum, {indices}) => sum + indices.length, 0);
  const bytes = new Uint8Array(count * rows * columns);
  const labels = new Uint8Array(count);
  let next = 0;
  for (const {images, indices} of parts)
    for (const index of indices) {
      bytes.set(imageAt(images, index).bytes, next * rows * columns);
      labels[next] = images.labels[index];
      next += 1;
    }
  return {rows, columns, bytes, labels};
}

/** Images that are taken from a set, by their indices. */
export interface Picked {
  readonly images: LabelledImages;
  readonly indices: readonly number[];
}

/** Everything that decides what a batch sees, besides the heights. */
export interface BatchJob {
  readonly indices: readonly number[];
  /** Seed of each image's augmentation. */
  readonly seeds: readonly number[];
  readonly augmentation: Augmentation;
  readonly plateErrors: PlateErrors | null;
  readonly illumination: Illumination;
  /** The points at which the regions are read; null reads every sample. */
  readonly scan: ScanGrid | null;
}

/** What the values of an object's kind are in a network for training. */
export const objectValueOf = (kind: DesignFile['object']['kind']): 'amplitude' | 'phase-turns' =>
  kind === 'phase' ? 'phase-turns' : 'amplitude';

/** Energies of a batch and, per image, the power that entered; both in amplitude squared times mm^2. */
export interface BatchEnergies {
  /** (image, region), row-major. */
  readonly energies: Float32Array;
  readonly inputPower: Float32Array;
}

/** What the training loop asks of whoever computes the optics: here one thread, in the host several. */
export interface EnergyEngine {
  readonly regionCount: number;
  readonly layerCount: number;
  /** What each plate is made of: of phase neurons its heights, mm; see neurons.ts. */
  setHeights(layers: readonly Float32Array[]): void;
  forward(job: BatchJob): BatchEnergies;
  /** Gradient over what each layer is made of for the batch of the last forward. */
  backward(energyGradients: Float32Array): Float32Array[];
}

/** What an energy engine computes: the network, how images become objects, and the images. */
export interface EngineSpec {
  readonly network: NetworkSpec;
  readonly object: DesignFile['object'];
  readonly images: LabelledImages;
  /** How classes are read from the network's regions; absent where each is a class. */
  readonly readOut?: ReadOutSettings | undefined;
  /** Where the network is read at several frequencies: those of its wavelengths, in their order. */
  readonly frequenciesHz?: readonly number[] | undefined;
}

/** How the classes of a spec are read. */
export const readOutOf = ({network: {regions}, readOut, frequenciesHz}: EngineSpec): ReadOut =>
  createReadOut({regions, readOut, frequenciesHz});

/** The optics of a batch on this thread; `images` from `first` on belong to slots 0, 1, ... */
export function createEnergyEngine(spec: EngineSpec, network: TrainingNetwork): EnergyEngine {
  const {grid} = spec.network;
  const amplitude = new Float32Array(grid.count * grid.count);
  let lastCount = 0;
  let lastErrors: string | undefined;
  let lastIllumination: string | undefined;
  let lastScan = 'null';
  return {
    regionCount: network.regionCount,
    layerCount: network.layerCount,
    setHeights: (layers) => network.setHeights(layers),
    forward({indices, seeds, augmentation, plateErrors, illumination, scan}) {
      const errorsKey = JSON.stringify(plateErrors);
      if (errorsKey !== lastErrors) network.setPlateErrors(plateErrors);
      lastErrors = errorsKey;
      const illuminationKey = JSON.stringify(illumination);
      if (illuminationKey !== lastIllumination) network.setIllumination(illumination);
      lastIllumination = illuminationKey;
      const scanKey = JSON.stringify(scan);
      if (scanKey !== lastScan) network.setScan(scan);
      lastScan = scanKey;
      const energies = new Float32Array(indices.length * network.regionCount);
      const inputPower = new Float32Array(indices.length);
      indices.forEach((index, i) => {
        const image = imageAt(spec.images, index);
        augmentedObject(
          image,
          {grid, object: spec.object},
          {change: augmentation, random: createRandom(seeds[i])},
          amplitude,
        );
        const into = energies.subarray(i * network.regionCount, (i + 1) * network.regionCount);
        inputPower[i] = network.forward(i % spec.network.slotCount, amplitude, into);
      });
      lastCount = indices.length;
      return {energies, inputPower};
    },
    backward(energyGradients) {
      if (lastCount > spec.network.slotCount)
        throw new RangeError('The batch does not fit the slots of the network.');
      network.clearGradients();
      for (let i = 0; i < lastCount; i++) {
        network.backward(i, energyGradients.subarray(i * network.regionCount, (i + 1) * network.regionCount));
      }
      return Array.from({length: network.layerCount}, (_, layer) => {
        const gradient = new Float32Array(plateValueCount(spec.network));
        network.readHeightGradient(layer, gradient);
        return gradient;
      });
    },
  };
}

/** Energies of one image of a batch, a view of the same numbers. */
export const energiesAt = (energies: Float32Array, image: number, regionCount: number): Float32Array =>
  energies.subarray(image * regionCount, (image + 1) * regionCount);

/** Winner of an image and the score of its class minus the largest other one: what a batch is judged by. */
export interface Judgement {
  readonly winner: number;
  readonly margin: number;
}

/** Judges the energies of an image by its class; without any light no class wins and the margin is 0. */
export function judge(readOut: ReadOut, energies: ArrayLike<number>, label: number): Judgement {
  if (!isLit(readOut, energies)) return {winner: -1, margin: 0};
  const scores = readOut.scoresOf(energies);
  return {winner: findWinner(scores), margin: marginOfClass(scores, label)};
}

/** The job that looks at images as they are, through perfect plates. */
export const plainJob = (indices: readonly number[], illumination: Illumination): BatchJob => ({
  indices,
  seeds: indices.map(() => 0),
  augmentation: noAugmentation,
  plateErrors: null,
  illumination,
  scan: null,
});
