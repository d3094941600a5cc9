import {readdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {StoredTrainingState} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {isTrained} from '../../contract/training-checks.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {readCheckpointState} from './checkpoint-store.ts';

/** Trainings whose checkpoints lie in folders of `place`, by name of the folder. */
export async function storedTrainings(place: string): Promise<StoredTrainingState[]> {
  let names: string[];
  try {
    names = await readdir(place);
  } catch {
    // A place that is not there holds no trainings.
    return [];
  }
  const found = await Promise.all(names.sort().map((name) => storedTraining(resolve(place, name))));
  return found.filter((training) => training !== undefined);
}

async function storedTraining(folder: string): Promise<StoredTrainingState | undefined> {
  const unusable = (problem: string): StoredTrainingState => ({
    folder,
    name: '',
    step: 0,
    curve: [],
    settings: null,
    isDone: false,
    problem,
  });
  try {
    const state = await readCheckpointState(join(folder, 'checkpoint'));
    if (!state) return undefined;
    const {settings, step, curve} = state;
    if (!settings) return unusable(unreadable(folder));
    const isDone = isTrained(curve, settings);
    return {folder, name: settings.name, step, curve: [...curve], settings, isDone, problem: ''};
  } catch (error) {
    // What lies beside the folders is none of ours.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    return unusable(benchErrorFrom(error).message);
  }
}

/**
 * Settings that the checkpoint of a design's folder was made with. Throws `file/not-found` without a checkpoint and
 * `file/invalid` for one that cannot be used.
 */
export async function settingsOfTraining(folder: string): Promise<TrainingSettingsData> {
  const state = await readCheckpointState(join(folder, 'checkpoint'));
  if (!state)
    throw new BenchError(
      'file/not-found',
      `${folder} holds no checkpoint of a training to go on from. Nothing was started.`,
    );
  if (state.settings) return state.settings;
  throw new BenchError('file/invalid', `${unreadable(folder)} Nothing was started.`);
}

const unreadable = (folder: string): string =>
  `The checkpoint in ${folder} does not say with which settings it was made.`;
