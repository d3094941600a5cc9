import {setImmediate} from 'node:timers/promises';
import {BenchError} from '../../contract/errors.ts';
import {assertTellsClasses, classLabels} from '../../contract/read-out.ts';
import {frequenciesOf, type Material} from '../../contract/spectrum.ts';
import type {Classification} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {reliefExtentOf} from '../../twin/layers/relief.ts';
import {
  energiesAt,
  judge,
  objectValueOf,
  plainJob,
  readOutOf,
  type EngineSpec,
  type LabelledImages,
} from '../../twin/training/batch.ts';
import {sumOf} from '../../twin/metrics/regions.ts';
import type {NetworkSpec} from '../../twin/training/network-spec.ts';
import {joinPlate} from '../../twin/training/neurons.ts';
import {spectralLines} from '../../twin/training/spectral-network.ts';
import {createOpticsPool} from '../optics/optics-pool.ts';

export interface ClassifyOptions {
  /** Grey objects and plates that do not absorb, instead of the print: see `isIdeal`. */
  readonly isIdeal: boolean;
  readonly limit?: number | undefined;
  readonly workerCount?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the engine needs to run a design on images; throws `twin/invalid` for designs that it does not cover. */
export function engineSpecFrom(
  design: Design,
  images: LabelledImages,
  isIdeal: boolean,
  slotCount: number,
): EngineSpec {
  const {file} = design;
  const [first] = file.layers;
  const isUniform = file.layers.every(
    (layer) =>
      layer.refractiveIndex === first.refractiveIndex &&
      layer.extinction === first.extinction &&
      JSON.stringify(layer.dispersion) === JSON.stringify(first.dispersion) &&
      layer.baseMm === first.baseMm &&
      layer.reliefFaces === first.reliefFaces &&
      layer.pitchMm === file.grid.pitchMm,
  );
  if (!isUniform || file.grid.count % 4 !== 0) {
    throw new BenchError(
      'twin/invalid',
      `${file.name}: classifying whole data sets needs plates of one material on the design's own pitch, with a side ` +
        'divisible by 4. Nothing was computed; use twin predict for single objects.',
    );
  }
  const frequenciesHz = frequenciesOf(file);
  const material = isIdeal ? withoutLoss(first) : first;
  const planesMm = [0, ...file.layers.map((layer) => layer.zMm), file.detector.zMm];
  return {
    network: {
      wavelengthMm: wavelengthMmFromHz(file.frequencyHz),
      grid: file.grid,
      gapsMm: planesMm.slice(1).map((z, i) => z - planesMm[i]),
      refractiveIndex: first.refractiveIndex,
      extinction: material.extinction,
      further: spectralLines(material, file.frequencyHz, frequenciesHz.slice(1)),
      baseMm: first.baseMm,
      regions: file.detector.regions,
      ...(!isIdeal && thickLayersOf(design)),
      heightStepMm: null,
      // Plates of any kind are those of complex neurons with flat reliefs or open masks.
      ...(design.masks && {neurons: 'complex' as const}),
      pixel: isIdeal ? 'point' : 'square',
      probe: {kind: 'point'},
      objectValue: objectValueOf(file.object.kind),
      pad: 2,
      slotCount,
    },
    object:
      isIdeal && file.object.kind === 'binary-mask' ? {...file.object, kind: 'grey-amplitude'} : file.object,
    images,
    ...(file.detector.readOut && {readOut: file.detector.readOut}),
    ...(file.detector.frequenciesHz && {frequenciesHz}),
  };
}

/** Thickness of the plates of a design that takes them as thick. */
function thickLayersOf(design: Design): Pick<NetworkSpec, 'thick'> {
  const {plateOptics, layers} = design.file;
  if (plateOptics?.kind !== 'thick') return {};
  const extents = modelFrom(design).plates.map(reliefExtentOf);
  return {thick: {sliceCount: plateOptics.sliceCount, reliefFaces: layers[0].reliefFaces, extents}};
}

/** What the plates of a design are made of, for an engine of `engineSpecFrom`. */
export const platesOf = ({layers, masks}: Design): Float32Array[] =>
  layers.map(({values}, i) => (masks ? joinPlate(values, masks[i]?.values) : Float32Array.from(values)));

const withoutLoss = ({refractiveIndex, dispersion}: Material): Material => ({
  refractiveIndex,
  extinction: 0,
  dispersion: dispersion?.map((point) => ({...point, extinction: 0})),
});

/** Runs a design over a data set on all cores; classes are read as the design says. */
export async function classify(
  design: Design,
  images: LabelledImages,
  {isIdeal, limit, workerCount, signal, onProgress}: ClassifyOptions,
): Promise<Classification> {
  const total = Math.min(limit ?? images.labels.length, images.labels.length);
  if (total === 0)
    throw new BenchError('file/invalid', 'There are no images to classify. Nothing was computed.');
  assertTellsClasses(design.file, 'Nothing was computed.');
  const classCount = classLabels(design.file.detector).length;
  const largest = images.labels.subarray(0, total).reduce((max, label) => Math.max(max, label), 0);
  if (largest >= classCount) {
    throw new BenchError(
      'file/invalid',
      `A label of ${largest} is no class of the design, which tells ${classCount}. Nothing was computed.`,
    );
  }
  const batchSize = 64;
  const spec = engineSpecFrom(design, images, isIdeal, 1);
  const readOut = readOutOf(spec);
  await using pool = createOpticsPool(spec, {
    maximumBatch: batchSize,
    ...(workerCount === undefined ? {} : {workerCount}),
  });
  pool.setHeights(platesOf(design));
  const confusion = Array.from({length: classCount}, () => new Array<number>(classCount).fill(0));
  let [right, marginSum, efficiencySum] = [0, 0, 0];
  for (let start = 0; start < total; start += batchSize) {
    signal?.throwIfAborted();
    const indices = Array.from({length: Math.min(batchSize, total - start)}, (_, i) => start + i);
    const {energies, inputPower} = pool.forward(plainJob(indices, design.file.illumination));
    indices.forEach((index, i) => {
      const label = images.labels[index];
      const own = energiesAt(energies, i, pool.regionCount);
      const {winner, margin} = judge(readOut, own, label);
      if (winner >= 0) confusion[label][winner] += 1;
      if (winner === label) right += 1;
      marginSum += margin;
      if (inputPower[i] > 0) efficiencySum += sumOf(own) / inputPower[i];
    });
    onProgress?.(start + indices.length, total);
    await setImmediate();
  }
  return {
    accuracy: right / total,
    count: total,
    confusion,
    meanMargin: marginSum / total,
    efficiency: efficiencySum / total,
  };
}
