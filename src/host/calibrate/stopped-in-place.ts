import {readdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {StoppedInPlace} from '../../contract/api/index.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {reprintStateRecord} from '../../contract/stored/file-records.ts';
import {fileExists} from '../files/file-exists.ts';
import {readTextIfThere} from '../files/read-if-there.ts';

/** Learnings of a plate whose checkpoints lie in folders of `place`, and that no design has come of yet. */
export async function stoppedInPlace(place: string): Promise<StoppedInPlace[]> {
  const found: StoppedInPlace[] = [];
  for (const name of (await namesIn(place)).sort()) {
    const folder = resolve(place, name);
    if (await fileExists(join(folder, 'design.json'))) continue;
    try {
      found.push(await readStoppedInPlace(folder));
    } catch (error) {
      // Folders of other things, and checkpoints that cannot be used: going on with one of these says why.
      if (!hasCode(error, 'file/not-found', 'file/invalid')) throw error;
    }
  }
  return found;
}

/**
 * The learning whose checkpoint lies in a design's folder. Throws `file/not-found` without one, and `file/invalid` for one
 * that is damaged, of a plate that was designed by the twin, or of a version that did not keep what was asked for.
 */
export async function readStoppedInPlace(folder: string): Promise<StoppedInPlace> {
  const path = join(folder, 'checkpoint', 'reprint.json');
  const text = await readTextIfThere(path);
  if (text === undefined)
    throw new BenchError(
      'file/not-found',
      `${folder} holds no checkpoint of a plate that is learnt in place. Nothing was moved.`,
    );
  const {value: state, problem} = reprintStateRecord.readText(text);
  if (state === undefined)
    throw new BenchError('file/invalid', `${path} cannot be used: ${problem}. Nothing was moved.`);
  const {order, inPlace, step, before} = state;
  if (order === undefined || inPlace === undefined)
    throw new BenchError(
      'file/invalid',
      `${path} does not say how its plate was to be learnt. Nothing was moved; give the same command again, which goes on from it.`,
    );
  return {
    ...{folder, order, step, curve: inPlace.curve},
    before: before.before.count === 0 ? null : before.before,
  };
}

async function namesIn(place: string): Promise<string[]> {
  try {
    const entries = await readdir(place, {withFileTypes: true});
    return entries.filter((entry) => entry.isDirectory()).map(({name}) => name);
  } catch {
    // A place that is not there holds none.
    return [];
  }
}
