import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {StoredQueue} from '../../contract/queue.ts';
import {queueRecord} from '../../contract/stored/file-records.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {fileExists} from '../files/file-exists.ts';
import {writeWhole} from '../files/write-whole.ts';

const pathIn = (folder: string): string => join(folder, 'queue.json');

/** The queue of a data folder; undefined where there was none. Throws `file/invalid` for a file that cannot be used. */
export async function readQueue(folder: string): Promise<StoredQueue | undefined> {
  const path = pathIn(folder);
  if (!(await fileExists(path))) return undefined;
  const bytes = await readBounded(path, fileLimitBytes.queue, {
    subject: `The queue ${path}`,
    whenMissing: 'Nothing was begun.',
    whenUnusable: 'Nothing was begun.',
  });
  const {value, problem} = queueRecord.readText(new TextDecoder().decode(bytes));
  if (problem === undefined) return value;
  throw new BenchError(
    'file/invalid',
    `The queue ${path} cannot be used: ${problem}. It was left as it is and nothing was begun; move it away to begin with an empty one.`,
    {details: {path}},
  );
}

/** Writes the queue whole. */
export const writeQueue = (folder: string, queue: StoredQueue): Promise<void> =>
  writeWhole(pathIn(folder), `${queueRecord.write(queue)}\n`, {isPrivate: true});
