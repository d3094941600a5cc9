import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {ReadingMessage, ReadingRequest} from './reading-protocol.ts';

// Entry of the thread that reads one file that somebody has chosen, and ends. Each reader is loaded when it is wanted:
// a bench file needs no optics.
const request = workerData as ReadingRequest;
const tell = (message: ReadingMessage, arrays: readonly ArrayBufferLike[] = []): void =>
  // Handed over, not copied: the plates of a design may be hundreds of megabytes. None of them is shared memory.
  parentPort?.postMessage(message, arrays as ArrayBuffer[]);

async function read(): Promise<void> {
  switch (request.kind) {
    case 'benchFile': {
      const {loadBenchFile} = await import('../bench/parse-bench-file.ts');
      return tell({kind: 'done', output: await loadBenchFile(request.input.path)});
    }
    case 'plan': {
      const {loadPlanContent} = await import('../scan/plan-content.ts');
      return tell({kind: 'done', output: await loadPlanContent(request.input)});
    }
    case 'design': {
      const {loadDesignFolder} = await import('../designs/design-folder.ts');
      const design = await loadDesignFolder(request.input.folder);
      const arrays = new Set(design.layers.map(({values}) => values.buffer));
      return tell({kind: 'done', output: design}, [...arrays]);
    }
  }
}

try {
  await read();
} catch (error) {
  tell({kind: 'failed', error: benchErrorFrom(error).toJSON()});
}
