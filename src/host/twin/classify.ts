import {setImmediate} from 'node:timers/promises';
import {BenchError} from '../../contract/errors.ts';
import type {Classification} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';
import {plainJob, winnerOf, type EngineSpec, type LabelledImages} from '../../twin/training/batch.ts';
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
      layer.baseMm === first.baseMm &&
      layer.pitchMm === file.grid.pitchMm,
  );
  if (!isUniform || file.grid.count % 4 !== 0) {
    throw new BenchError(
      'twin/invalid',
      `${file.name}: classifying whole data sets needs plates of one material on the design's own pitch, with a side ` +
        'divisible by 4. Nothing was computed; use twin predict for single objects.',
    );
  }
  const planesMm = [0, ...file.layers.map((layer) => layer.zMm), file.detector.zMm];
  return {
    network: {
      wavelengthMm: wavelengthMmFromHz(file.frequencyHz),
      grid: file.grid,
      gapsMm: planesMm.slice(1).map((z, i) => z - planesMm[i]),
      refractiveIndex: first.refractiveIndex,
      extinction: isIdeal ? 0 : first.extinction,
      baseMm: first.baseMm,
      regions: file.detector.regions,
      heightStepMm: null,
      pixel: 'point',
      probe: {kind: 'point'},
      pad: 2,
      slotCount,
    },
    object:
      isIdeal && file.object.kind === 'binary-mask' ? {...file.object, kind: 'grey-amplitude'} : file.object,
    images,
  };
}

/** Runs a design over a data set on all cores; winners are the regions with the largest energy. */
export async function classify(
  design: Design,
  images: LabelledImages,
  {isIdeal, limit, workerCount, signal, onProgress}: ClassifyOptions,
): Promise<Classification> {
  const total = Math.min(limit ?? images.labels.length, images.labels.length);
  if (total === 0)
    throw new BenchError('file/invalid', 'There are no images to classify. Nothing was computed.');
  const regionCount = design.file.detector.regions.length;
  const largest = images.labels.subarray(0, total).reduce((max, label) => Math.max(max, label), 0);
  if (largest >= regionCount) {
    throw new BenchError(
      'file/invalid',
      `A label of ${largest} has no region: the design has ${regionCount}. Nothing was computed.`,
    );
  }
  const batchSize = 64;
  await using pool = createOpticsPool(engineSpecFrom(design, images, isIdeal, 1), {
    maximumBatch: batchSize,
    ...(workerCount === undefined ? {} : {workerCount}),
  });
  pool.setHeights(design.layers.map((layer) => Float32Array.from(layer.values)));
  const confusion = Array.from({length: regionCount}, () => new Array<number>(regionCount).fill(0));
  let [right, marginSum, efficiencySum] = [0, 0, 0];
  for (let start = 0; start < total; start += batchSize) {
    signal?.throwIfAborted();
    const indices = Array.from({length: Math.min(batchSize, total - start)}, (_, i) => start + i);
    const {energies, inputPower} = pool.forward(plainJob(indices, design.file.illumination));
    indices.forEach((index, i) => {
      const label = images.labels[index];
      const own = energies.subarray(i * regionCount, (i + 1) * regionCount);
      const sum = own.reduce((a, b) => a + b, 0);
      const winner = winnerOf(energies, i, regionCount);
      confusion[label][winner] += 1;
      if (winner === label) right += 1;
      let rival = 0;
      own.forEach((energy, k) => {
        if (k !== label) rival = Math.max(rival, energy);
      });
      if (sum > 0) marginSum += (own[label] - rival) / sum;
      if (inputPower[i] > 0) efficiencySum += sum / inputPower[i];
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
