import type {ReadJobs} from '../threads/read-apart.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import {loadBenchFile, type NamedBenchFile} from './parse-bench-file.ts';

// Entry of the thread that reads bench files for `readBenchFile`.
serveJobs<ReadJobs<{readonly path: string}, NamedBenchFile>>({read: ({path}) => loadBenchFile(path)});
