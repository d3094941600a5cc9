import {benchErrorFrom} from '../../contract/errors.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {loadDesignFolder, type ReadDesign} from './design-folder.ts';

// Entry of the thread that reads designs for `openDesigns`. The plates may be hundreds of megabytes: they are handed
// over. None of them is shared memory.
await serveOnce(
  async ({folders}: {readonly folders: readonly string[]}) => {
    const read: ReadDesign[] = [];
    for (const folder of folders) read.push(await readOne(folder));
    return read;
  },
  (read) => [
    ...new Set(
      read.flatMap((one) =>
        'design' in one ? one.design.layers.map(({values}) => values.buffer as ArrayBuffer) : [],
      ),
    ),
  ],
);

async function readOne(folder: string): Promise<ReadDesign> {
  try {
    return {design: await loadDesignFolder(folder)};
  } catch (error) {
    return {error: benchErrorFrom(error).toJSON()};
  }
}
