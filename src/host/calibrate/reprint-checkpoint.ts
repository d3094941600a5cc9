import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import type {InPlaceLineage, InPlaceOrder, ReprintLineage} from '../../contract/reprint.ts';
import {reprintStateRecord} from '../../contract/stored/file-records.ts';
import type {PlateCheckpoint} from '../../twin/calibration/plate-training.ts';
import {readTextIfThere} from '../files/read-if-there.ts';
import {writeWhole} from '../files/write-whole.ts';

/** A plate that is being designed again, as far as it is. */
export interface StoredReprint {
  readonly plate: number;
  readonly tried: ReprintLineage['tried'];
  readonly before: Pick<ReprintLineage, 'before' | 'confusionBefore'>;
  /** Of a plate that is learnt on a bench. */
  readonly inPlace?: Pick<InPlaceLineage, 'sessionUid' | 'objectCount' | 'pointCount' | 'curve'>;
  /** Of such a plate: how it was asked for. */
  readonly order?: InPlaceOrder;
  readonly checkpoint: PlateCheckpoint;
  /** Computing so far. */
  readonly seconds: number;
}

const parts = ['phases', 'firstMoments', 'secondMoments'] as const;

/**
 * The checkpoint of a plate in the folder of the design that it will be part of: whole or not at all, and only for what it
 * was begun with (`key`).
 */
export function createReprintCheckpoint(designFolder: string, key: string) {
  const folder = join(designFolder, 'checkpoint');
  const path = join(folder, 'reprint.json');
  let generation: 0 | 1 = 0;
  const arrayPath = (of: 0 | 1): string => join(folder, `reprint-${of}.npy`);
  const refuse = (what: string, cause?: unknown): BenchError =>
    new BenchError(
      'file/invalid',
      `${path} ${what}. Nothing was overwritten; give the same settings to go on, or another folder, or delete that one.`,
      {details: {path}, cause},
    );
  return {
    /** Undefined where there is none. Throws `file/invalid` for one of something else, and for one that is damaged. */
    async read(): Promise<StoredReprint | undefined> {
      const text = await readTextIfThere(path);
      if (text === undefined) return undefined;
      const {value: state, problem} = reprintStateRecord.readText(text);
      if (state === undefined) throw refuse(`cannot be used: ${problem}`);
      if (state.key !== key) throw refuse('holds the checkpoint of another plate or of other settings');
      ({generation} = state);
      const {re, shape} = decodeNpy(new Uint8Array(await readFile(arrayPath(generation))));
      const row = (i: number): Float32Array =>
        Float32Array.from(re.subarray(i * shape[1], (i + 1) * shape[1]));
      const [phases, firstMoments, secondMoments] = parts.map((_, i) => row(i));
      const {step, plate, tried, before, seconds, inPlace} = state;
      const checkpoint = {step, phases, firstMoments, secondMoments};
      return {plate, tried, before, seconds, checkpoint, ...(inPlace && {inPlace})};
    },
    /** Throws `store/full` where the disk has no room; the checkpoint before is whole then. */
    async write({checkpoint, ...rest}: StoredReprint): Promise<void> {
      await mkdir(folder, {recursive: true});
      const next = generation === 0 ? 1 : 0;
      const size = checkpoint.phases.length;
      const values = new Float32Array(parts.length * size);
      parts.forEach((part, i) => values.set(checkpoint[part], i * size));
      await writeWhole(arrayPath(next), encodeNpy({shape: [parts.length, size], dtype: '<f4', re: values}));
      await writeWhole(
        path,
        reprintStateRecord.write({...rest, key, step: checkpoint.step, generation: next}),
      );
      generation = next;
    },
  };
}
