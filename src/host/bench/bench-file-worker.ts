import {serveOnce} from '../threads/serve-once.ts';
import {loadBenchFile} from './parse-bench-file.ts';

// Entry of the thread that reads one bench file for `readBenchFile`.
await serveOnce(({path}: {readonly path: string}) => loadBenchFile(path));
