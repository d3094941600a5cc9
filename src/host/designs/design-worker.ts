import {serveOnce} from '../threads/serve-once.ts';
import {loadDesignFolder} from './design-folder.ts';

// Entry of the thread that reads one design for `openDesign`. The plates may be hundreds of megabytes: they are handed
// over. None of them is shared memory.
await serveOnce(
  ({folder}: {readonly folder: string}) => loadDesignFolder(folder),
  ({layers}) => [...new Set(layers.map(({values}) => values.buffer as ArrayBuffer))],
);
