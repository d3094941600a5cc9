// Programs that a test starts (virtual benches, hosts, the command line) and their threads share what Node has made of
// the source files: without it each of them reads some hundred TypeScript files anew, for half a second or more.
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** For the environment of tests; Node itself tells stale entries by the content of the source. */
export const compileCache = {
  NODE_COMPILE_CACHE: join(
    dirname(fileURLToPath(import.meta.url)),
    '..',
    'node_modules',
    '.cache',
    'd2nn-bench-node',
  ),
};
