import {readFileSync, writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import {createRandom} from '../../src/base/random.ts';
import {transformLength} from '../../src/twin/propagation/propagator.ts';
import type {TrainingSettingsData} from '../../src/contract/training.ts';
import {wavelengthMmFromHz} from '../../src/contract/units.ts';
import {goalOf} from '../../src/host/designs/train-design.ts';
import type {TrainedDesign} from '../../src/host/designs/write-trained.ts';
import {createIllumination} from '../../src/twin/field/illumination.ts';
import {augmentedObject} from '../../src/twin/training/augment.ts';
import {imageAt, type BatchJob, type EnergyEngine} from '../../src/twin/training/batch.ts';
import {createSpectra, gapErrorsOf} from '../../src/twin/training/gap-spectra.ts';
import {plateFrom, toParameters} from '../../src/twin/training/neurons.ts';
import {readRegions} from '../../src/twin/training/region-reading.ts';
import type {TorchFiles} from './torch-process.ts';

/** Phases (rad) of plates to begin with: drawn, each on a step of the table of transmissions, as training looks them up. */
export function startPhases({count, layerCount}: TrainingSettingsData): Float32Array[] {
  const random = createRandom('training bench');
  return Array.from({length: layerCount}, () =>
    Float32Array.from({length: count ** 2}, () => (2 * Math.PI * random.integer(4096)) / 4096),
  );
}

/** Loss of a batch and its gradient by every phase, as a step of training computes them. */
export function firstStep(
  engine: EnergyEngine,
  design: TrainedDesign,
  job: BatchJob,
  phases: readonly Float32Array[],
): {readonly loss: number; readonly gradients: readonly Float32Array[]; readonly inputPower: Float32Array} {
  engine.setHeights(phases.map((own) => plateFrom(design.model, own, false)));
  const {energies, inputPower} = engine.forward(job);
  const shape: [number, number] = [job.indices.length, engine.regionCount];
  const goal = goalOf(design);
  const {value, grad} = tf.valueAndGrad((e) =>
    goal.loss(job, {energies: tf.reshape(e, shape), inputPower: tf.tensor1d(inputPower)}),
  )(tf.tensor2d(energies, shape));
  const gradients = engine.backward(Float32Array.from(grad.dataSync<'float32'>()));
  gradients.forEach((own, layer) => toParameters(design.model, phases[layer], own));
  return {loss: value.dataSync()[0], gradients, inputPower};
}

/** Writes the batch of a job, transfer functions, regions and phases for torch_steps.py. */
export function writeProblem(
  files: TorchFiles,
  {settings, spec, model}: TrainedDesign,
  {
    job,
    phases,
    inputPower,
  }: {
    readonly job: BatchJob;
    readonly phases: readonly Float32Array[];
    readonly inputPower: Float32Array;
  },
): void {
  const {network, images, object} = spec;
  const {grid} = network;
  const length = transformLength(grid.count, {method: 'asm', pad: network.pad});
  const arrays: Record<string, {readonly first: number; readonly count: number}> = {};
  const parts: Float32Array[] = [];
  let first = 0;
  const add = (name: string, rows: readonly ArrayLike<number>[]): void => {
    const count = rows.reduce((sum, row) => sum + row.length, 0);
    arrays[name] = {first, count};
    first += count;
    parts.push(...rows.map((row) => Float32Array.from(row)));
  };
  const light = createIllumination(job.illumination, grid, network.wavelengthMm);
  const shown = job.indices.map((index, i) => {
    const amplitude = new Float32Array(grid.count ** 2);
    const change = {change: job.augmentation, random: createRandom(job.seeds[i])};
    augmentedObject(imageAt(images, index), {grid, object}, change, amplitude);
    return amplitude;
  });
  add(
    'objectRe',
    shown.map((own) => own.map((value, i) => value * light.re[i])),
  );
  add(
    'objectIm',
    shown.map((own) => own.map((value, i) => value * light.im[i])),
  );
  const errors = gapErrorsOf(job.plateErrors, settings.layerCount);
  const spectrumOf = createSpectra(network, length);
  const gaps = errors.map(({dzMm}, gap) => spectrumOf(gap, dzMm));
  add(
    'transferRe',
    gaps.map(({re}) => re),
  );
  add(
    'transferIm',
    gaps.map(({im}) => im),
  );
  add(
    'shift',
    errors.map(({dxMm, dyMm}) => [dxMm / grid.pitchMm, dyMm / grid.pitchMm]),
  );
  add(
    'regions',
    readRegions(network.regions, grid, job.scan).map(({index, areaMm2}) => {
      const row = new Float32Array(grid.count ** 2);
      index.forEach((sample, i) => (row[sample] += areaMm2[i]));
      return row;
    }),
  );
  add('labels', [job.indices.map((index) => images.labels[index])]);
  add('power', [inputPower]);
  add('phases', phases);
  const file = `${files.problem}.f32`;
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part.buffer, 0, part.byteLength))));
  const wavelengthMm = wavelengthMmFromHz(settings.frequencyHz);
  writeFileSync(
    files.problem,
    JSON.stringify({
      file,
      arrays,
      count: grid.count,
      length,
      layers: settings.layerCount,
      batch: job.indices.length,
      baseMm: network.baseMm,
      mmPerRad: model.mmPerRad,
      phasePerMm: (2 * Math.PI * (network.refractiveIndex - 1)) / wavelengthMm,
      lossPerMm: (2 * Math.PI * network.extinction) / wavelengthMm,
      rate: settings.learningRate,
      logitScale: settings.loss.logitScale,
      efficiencyWeight: settings.loss.efficiencyWeight,
      referenceEfficiency: settings.loss.referenceEfficiency,
    }),
  );
}

/** The gradient that torch has written, a row a plate. */
export function readGradient(
  {gradient}: TorchFiles,
  {count, layerCount}: TrainingSettingsData,
): Float32Array[] {
  const bytes = new Uint8Array(readFileSync(gradient));
  const all = new Float32Array(bytes.buffer);
  return Array.from({length: layerCount}, (_, layer) =>
    all.subarray(layer * count ** 2, (layer + 1) * count ** 2),
  );
}
