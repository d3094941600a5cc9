import {join} from 'node:path';
import {regionsPerClassOf} from '../../contract/class-regions.ts';
import {BenchError} from '../../contract/errors.ts';
import {frequenciesOf} from '../../contract/spectrum.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../contract/training.ts';
import type {Design} from '../../twin/design/load.ts';
import {plateFrom, splitPlate, type NeuronModel} from '../../twin/training/neurons.ts';
import {createCheckpointStore} from './checkpoint-store.ts';
import {readTraining} from './design-cache.ts';

/** A design and the folder that holds it. */
export interface DesignInFolder {
  readonly folder: string;
  readonly design: Design;
}

/**
 * Settings that a design was trained with, from its `training.json`; those that its time did not know have their
 * defaults. Throws `file/invalid` for a design that keeps no such record, or that of another network.
 */
export async function trainingOf({folder, design}: DesignInFolder): Promise<TrainingSettingsData> {
  const {name} = design.file;
  const record = await readTraining(folder, design);
  const settings = trainingSettingsSchema.safeParse(record?.['settings']).data;
  if (settings === undefined)
    throw new BenchError(
      'file/invalid',
      `The design ${name} in ${folder} keeps no record of a training (training.json with its settings), so that it cannot be trained on. Nothing was computed; choose a design that was trained here.`,
    );
  const differences = differencesFrom(design, settings);
  if (differences.length > 0)
    throw new BenchError(
      'file/invalid',
      `training.json in ${folder} is of another network than the design ${name}: ${differences.join(', ')}. Nothing was computed; give the design the record of its own training.`,
    );
  return settings;
}

/** Where plates of a design differ from those of a training, in words. */
function differencesFrom({file}: Design, settings: TrainingSettingsData): string[] {
  const pairs: readonly (readonly [what: string, recorded: number, own: number])[] = [
    ['plates', settings.layerCount, file.layers.length],
    ['samples along a side', settings.count, file.grid.count],
    ['pitch in mm', settings.pitchMm, file.grid.pitchMm],
    ['frequency in Hz', settings.frequencyHz, file.frequencyHz],
    ['frequencies', 1 + settings.furtherFrequenciesHz.length, frequenciesOf(file).length],
    ['detector regions', settings.classCount * regionsPerClassOf(settings), file.detector.regions.length],
  ];
  return pairs
    .filter(([, recorded, own]) => recorded !== own)
    .map(([what, recorded, own]) => `${what} ${recorded} instead of ${own}`);
}

/**
 * Parameters (rad) whose plates are those of a design: those of its checkpoint, which are not rounded to levels, where it
 * has one of the same plates, else the phases of its heights. Throws `file/invalid` for masks without a checkpoint.
 */
export async function parametersOf(
  {folder, design}: DesignInFolder,
  model: NeuronModel,
): Promise<readonly Float32Array[]> {
  const stored = await createCheckpointStore(join(folder, 'checkpoint')).read();
  const averages = stored?.checkpoint.averages;
  if (averages && isSame(averages, design, model)) return averages;
  if (model.neurons !== undefined)
    throw new BenchError(
      'file/invalid',
      `${folder} holds no checkpoint of the plates of ${design.file.name}, and their masks alone cannot be trained on: open and closed pixels have no gradient. Nothing was computed; restore the folder checkpoint of its training.`,
    );
  return design.layers.map(({values}) => Float32Array.from(values, (heightMm) => heightMm / model.mmPerRad));
}

/** Whether parameters make the plates of a design: a training that went on after its best epoch has others. */
function isSame(parameters: readonly Float32Array[], {layers, masks}: Design, model: NeuronModel): boolean {
  if (parameters.length !== layers.length) return false;
  return layers.every(({values}, k) => {
    const {heightsMm, transmission} = splitPlate(model.neurons, plateFrom(model, parameters[k]));
    return isEqual(heightsMm, values) && isEqual(transmission ?? [], masks?.[k]?.values ?? []);
  });
}

const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => value === b[i]);
