import {benchErrorFrom} from '../../contract/errors.ts';
import type {ReadJobs} from '../threads/read-apart.ts';
import {HandedOver, serveJobs} from '../threads/serve-jobs.ts';
import {loadDesignFolder, type ReadDesign} from './design-folder.ts';

// Entry of the thread that reads designs for `openDesigns`. The plates may be hundreds of megabytes: they are handed
// over. None of them is shared memory.
serveJobs<ReadJobs<{readonly folders: readonly string[]}, ReadDesign[]>>({
  async read({folders}) {
    const read: ReadDesign[] = [];
    for (const folder of folders) read.push(await readOne(folder));
    return new HandedOver(read, [
      ...new Set(
        read.flatMap((one) =>
          'design' in one ? one.design.layers.map(({values}) => values.buffer as ArrayBuffer) : [],
        ),
      ),
    ]);
  },
});

async function readOne(folder: string): Promise<ReadDesign> {
  try {
    return {design: await loadDesignFolder(folder)};
  } catch (error) {
    return {error: benchErrorFrom(error).toJSON()};
  }
}
