import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseBoundedJson} from '../../base/bounded-json.ts';
import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import {trainingStateRecord, type RunningEpoch} from '../../contract/stored/file-records.ts';
import {
  trainingSettingsSchema,
  type TrainingCurvePoint,
  type TrainingSettingsData,
} from '../../contract/training.ts';
import type {TrainingCheckpoint, VariablesState} from '../../twin/training/training-settings.ts';
import {readTextIfThere} from '../files/read-if-there.ts';
import {writeWhole} from '../files/write-whole.ts';
import {settingsInEffect} from './settings-in-effect.ts';
import {trainedSizesOf} from './trained-read-out.ts';

/** Where a training stands, with what its curve is made of. */
export interface StoredTraining {
  readonly checkpoint: TrainingCheckpoint;
  readonly curve: readonly TrainingCurvePoint[];
  readonly sinceEpoch: RunningEpoch;
}

/** What `state.json` of a checkpoint says, without the arrays that it names. */
export interface CheckpointState {
  readonly step: number;
  readonly curve: readonly TrainingCurvePoint[];
  readonly sinceEpoch: RunningEpoch;
  readonly generation: 0 | 1;
  /** What it was made with; null where that cannot be read. */
  readonly settings: TrainingSettingsData | null;
}

/** Longest text of settings that is looked at; the defaults have 1.5 kB. */
const settingsLimitBytes = 64 * 1024;

/**
 * The state of the checkpoint in a folder (`checkpoint` of a design's); undefined where there is none. Throws
 * `file/invalid` for one that cannot be used.
 */
export async function readCheckpointState(folder: string): Promise<CheckpointState | undefined> {
  const path = join(folder, 'state.json');
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const {value: state, problem} = trainingStateRecord.readText(text);
  if (state === undefined)
    throw new BenchError(
      'file/invalid',
      `The checkpoint ${path} cannot be used: ${problem}. Nothing was overwritten; restore the file, or delete that folder to begin anew.`,
    );
  return {...state, settings: settingsFrom(state.key)};
}

/** Settings that a checkpoint was made with; those that its time did not know have their defaults. */
function settingsFrom(key: string): TrainingSettingsData | null {
  try {
    return trainingSettingsSchema.safeParse(parseBoundedJson(key, settingsLimitBytes)).data ?? null;
  } catch {
    // A key of another kind fits no settings: the reader gets it as that.
    return null;
  }
}

const begunName = 'begun.json';
const begunText = (settings: TrainingSettingsData): string =>
  `${JSON.stringify(settingsInEffect(settings))}\n`;

/**
 * Whether a training with these settings has begun in the folder of a design: one that was cut off in its first epoch may
 * have left a design and no checkpoint yet.
 */
export const hasBegun = async (designFolder: string, settings: TrainingSettingsData): Promise<boolean> =>
  (await readTextIfThere(join(designFolder, 'checkpoint', begunName))) === begunText(settings);

const parts = ['parameters', 'averages', 'firstMoments', 'secondMoments'] as const;
/** The same of a dense read-out that is trained with the plates, a row each. */
const readOutPart = 'readOut';

/** Checkpoints of a training, whole or not at all, and only for the settings in effect that they were made with. */
export function createCheckpointStore(folder: string, settings?: TrainingSettingsData) {
  const path = join(folder, 'state.json');
  let generation: 0 | 1 = 0;
  const arrayPath = (part: string, of: 0 | 1): string => join(folder, `${part}-${of}.npy`);
  return {
    async read(): Promise<StoredTraining | undefined> {
      const state = await readCheckpointState(folder);
      if (!state) return undefined;
      if (settings !== undefined) assertSameSettings(folder, state.settings, settings);
      generation = state.generation;
      const [parameters, averages, firstMoments, secondMoments] = await Promise.all(
        parts.map((part) => readLayers(arrayPath(part, state.generation))),
      );
      const plates = {parameters, averages, firstMoments, secondMoments};
      const hasReadOut = state.settings !== null && trainedSizesOf(state.settings) !== undefined;
      const readOut = hasReadOut ? await readReadOut(arrayPath(readOutPart, state.generation)) : undefined;
      return {
        checkpoint: {step: state.step, ...plates, ...(readOut && {readOut})},
        curve: state.curve,
        sinceEpoch: state.sinceEpoch,
      };
    },
    /** Notes, before anything else is written, with which settings a training begins. */
    async noteBegun(): Promise<void> {
      if (settings === undefined) return;
      await mkdir(folder, {recursive: true});
      await writeWhole(join(folder, begunName), begunText(settings));
    },
    /** Throws `store/full` where the disk has no room; the checkpoint before is whole then. */
    async write({checkpoint, curve, sinceEpoch}: StoredTraining): Promise<void> {
      await mkdir(folder, {recursive: true});
      // Two generations in turn: state.json, renamed into place last, names the one that is whole.
      const next = generation === 0 ? 1 : 0;
      for (const part of parts) await writeLayers(arrayPath(part, next), checkpoint[part]);
      const {readOut} = checkpoint;
      if (readOut)
        await writeLayers(
          arrayPath(readOutPart, next),
          parts.map((part) => readOut[part][0]),
        );
      // @position training.arrays-written
      await writeWhole(
        path,
        trainingStateRecord.write({
          key: settings ? JSON.stringify(settings) : '',
          step: checkpoint.step,
          curve: [...curve],
          generation: next,
          sinceEpoch,
        }),
      );
      generation = next;
    },
  };
}

/**
 * Throws `file/invalid` when the folder of a design holds the checkpoint of a training with other settings, or one that
 * cannot be used.
 */
export async function assertOwnCheckpoint(
  designFolder: string,
  settings: TrainingSettingsData,
): Promise<void> {
  const folder = join(designFolder, 'checkpoint');
  const state = await readCheckpointState(folder);
  if (state) assertSameSettings(folder, state.settings, settings);
}

/** Throws `file/invalid` with the names of the settings that differ; those without an effect may, as defaults did. */
function assertSameSettings(
  folder: string,
  storedSettings: TrainingSettingsData | null,
  givenSettings: TrainingSettingsData,
): void {
  const textOf = (value: unknown): string => JSON.stringify(value);
  const stored = storedSettings && settingsInEffect(storedSettings);
  const given = settingsInEffect(givenSettings);
  if (stored !== null && textOf(stored) === textOf(given)) return;
  const names = Object.keys(given) as (keyof TrainingSettingsData)[];
  const different =
    stored === null ? [] : names.filter((name) => textOf(stored[name]) !== textOf(given[name]));
  throw new BenchError(
    'file/invalid',
    `${folder} holds the checkpoint of a training with other settings${different.length > 0 ? ` (${different.slice(0, 6).join(', ')}${different.length > 6 ? ', ...' : ''})` : ''}. Nothing was overwritten; ` +
      'give the same settings to go on, or the new design another name or folder, or delete that folder.',
  );
}

/** Layers of one array, a row each. */
async function readLayers(path: string): Promise<Float32Array[]> {
  try {
    const {re, shape} = decodeNpy(new Uint8Array(await readFile(path)));
    const size = re.length / shape[0];
    return Array.from({length: shape[0]}, (_, i) => Float32Array.from(re.subarray(i * size, (i + 1) * size)));
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `The checkpoint's file ${path} cannot be used (${(error as Error).message}). Nothing was overwritten; restore it, or delete the checkpoint's folder to begin anew.`,
      {details: {path}, cause: error},
    );
  }
}

async function readReadOut(path: string): Promise<VariablesState> {
  const [parameters, averages, firstMoments, secondMoments] = (await readLayers(path)).map((row) => [row]);
  return {parameters, averages, firstMoments, secondMoments};
}

async function writeLayers(path: string, layers: readonly Float32Array[]): Promise<void> {
  const values = new Float32Array(layers.length * layers[0].length);
  layers.forEach((layer, i) => values.set(layer, i * layer.length));
  await writeWhole(path, encodeNpy({shape: [layers.length, layers[0].length], dtype: '<f4', re: values}));
}
