import {expect, it} from 'vitest';
import {thickPlates} from '../../../src/contract/plate-optics.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../../src/contract/training.ts';
import {networkProblem} from '../../../src/twin/gpu/gpu-network.ts';
import {neuronModelOf, trainedOptics} from '../../../src/twin/training/trained-optics.ts';

/** As WebGPU grants them unless more is asked for. */
const limits = {maxComputeWorkgroupStorageSize: 16_384, maxStorageBufferBindingSize: 134_217_728};

const problemOf = (settings: Partial<TrainingSettingsData>): string | undefined => {
  const all = trainingSettingsSchema.parse(settings);
  return networkProblem(trainedOptics(all, neuronModelOf(all), 28).network, limits);
};

it('says before anything is computed why a device cannot carry a network: thickness, sides, images', () => {
  expect(problemOf({})).toBeUndefined();
  expect(problemOf({plateOptics: thickPlates})).toMatch(/plates are thick/);
  // Masks alone are foils, whatever was asked for.
  expect(problemOf({plateOptics: thickPlates, neurons: 'amplitude'})).toBeUndefined();
  expect(problemOf({count: 600})).toMatch(/transforms of 1200 points/);
  expect(problemOf({batchSize: 200, count: 256})).toMatch(/200 images a step/);
});
