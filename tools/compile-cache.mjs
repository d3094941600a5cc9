// Programs that the front door or a test starts (the command line, hosts, virtual benches) and their threads share what
// Node has made of the source files: without it each of them reads some hundred TypeScript files anew, which doubles
// the cost of a short command and takes a host half a second or more.
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** For the environment of a program; Node itself tells stale entries by the content of the source. */
export const compileCache = {
  NODE_COMPILE_CACHE: join(
    dirname(fileURLToPath(import.meta.url)),
    '..',
    'node_modules',
    '.cache',
    'd2nn-bench-node',
  ),
};
