import {randomUUID} from 'node:crypto';
import {mkdir, open, readdir, rename, rm, rmdir} from 'node:fs/promises';
import {join} from 'node:path';
import {BenchError, isDiskFull} from '../../contract/errors.ts';

/** Files of one folder that appear together or not at all. */
export interface FileSet extends AsyncDisposable {
  /** Keeps a file under a draft's name. Throws `store/full` where the disk has no room. */
  add(name: string, content: string | Uint8Array): Promise<void>;
  /** Gives all files their names; files of the same names are replaced. */
  commit(): Promise<readonly {readonly name: string; readonly bytes: number}[]>;
}

/**
 * Begins a set of files in `folder`, which is made when it is missing. Disposed of before `commit`, it takes its drafts
 * away again, and the folder with them when it was made here.
 */
export async function createFileSet(folder: string): Promise<FileSet> {
  const made = await mkdir(folder, {recursive: true});
  const drafts = new Map<string, {readonly path: string; readonly bytes: number}>();
  return {
    async add(name, content) {
      const path = join(folder, `.${name}.${randomUUID().slice(0, 8)}.new`);
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      drafts.set(name, {path, bytes: bytes.length});
      try {
        const file = await open(path, 'wx', 0o666);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (error) {
        throw isDiskFull(error) ? noRoom(join(folder, name), error) : error;
      }
    },
    async commit() {
      const written: {name: string; bytes: number}[] = [];
      for (const [name, {path, bytes}] of drafts) {
        await rename(path, join(folder, name));
        drafts.delete(name);
        written.push({name, bytes});
      }
      return written;
    },
    async [Symbol.asyncDispose]() {
      for (const {path} of drafts.values()) await rm(path, {force: true});
      if (made !== undefined && (await readdir(folder)).length === 0) await rmdir(folder);
    },
  };
}

const noRoom = (path: string, cause: unknown): BenchError =>
  new BenchError(
    'store/full',
    `The disk that holds ${path} is full, so none of these files was written. What was there before is untouched. Make room and try again.`,
    {details: {path}, cause},
  );
