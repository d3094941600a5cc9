import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import {trainingStateRecord, type RunningEpoch} from '../../contract/stored/file-records.ts';
import type {TrainingCurvePoint, TrainingSettingsData} from '../../contract/training.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import {writeWhole} from '../files/write-whole.ts';

/** Where a training stands, with what its curve is made of. */
export interface StoredTraining {
  readonly checkpoint: TrainingCheckpoint;
  readonly curve: readonly TrainingCurvePoint[];
  readonly sinceEpoch: RunningEpoch;
}

/** Checkpoints of a training, whole or not at all, and only for the settings that they were made with. */
export function createCheckpointStore(folder: string, settings?: TrainingSettingsData) {
  const path = join(folder, 'state.json');
  const parts = ['parameters', 'averages', 'firstMoments', 'secondMoments'] as const;
  const key = settings && JSON.stringify(settings);
  let generation: 0 | 1 = 0;
  const arrayPath = (part: string, of: 0 | 1): string => join(folder, `${part}-${of}.npy`);
  return {
    async read(): Promise<StoredTraining | undefined> {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      const {value: state, problem} = trainingStateRecord.readText(text);
      if (state === undefined)
        throw new BenchError(
          'file/invalid',
          `The checkpoint ${path} cannot be used: ${problem}. Nothing was overwritten; restore the file, or delete that folder to begin anew.`,
        );
      if (key !== undefined && state.key !== key) {
        throw new BenchError(
          'file/invalid',
          `${folder} holds the checkpoint of a training with other settings. Nothing was overwritten; ` +
            'give the same settings to go on, or another folder for the design, or delete that folder.',
        );
      }
      generation = state.generation;
      const [parameters, averages, firstMoments, secondMoments] = await Promise.all(
        parts.map((part) => readLayers(arrayPath(part, state.generation))),
      );
      return {
        checkpoint: {step: state.step, parameters, averages, firstMoments, secondMoments},
        curve: state.curve,
        sinceEpoch: state.sinceEpoch,
      };
    },
    async write({checkpoint, curve, sinceEpoch}: StoredTraining): Promise<void> {
      await mkdir(folder, {recursive: true});
      // Two generations in turn: state.json, renamed into place last, names the one that is whole.
      generation = generation === 0 ? 1 : 0;
      for (const part of parts) await writeLayers(arrayPath(part, generation), checkpoint[part]);
      await writeWhole(
        path,
        trainingStateRecord.write({
          key: key ?? '',
          step: checkpoint.step,
          curve: [...curve],
          generation,
          sinceEpoch,
        }),
      );
    },
  };
}

/** Layers of one array, a row each. */
async function readLayers(path: string): Promise<Float32Array[]> {
  const {re, shape} = decodeNpy(new Uint8Array(await readFile(path)));
  const size = re.length / shape[0];
  return Array.from({length: shape[0]}, (_, i) => Float32Array.from(re.subarray(i * size, (i + 1) * size)));
}

async function writeLayers(path: string, layers: readonly Float32Array[]): Promise<void> {
  const values = new Float32Array(layers.length * layers[0].length);
  layers.forEach((layer, i) => values.set(layer, i * layer.length));
  await writeFile(path, encodeNpy({shape: [layers.length, layers[0].length], dtype: '<f4', re: values}));
}
