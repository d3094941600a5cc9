/** The launcher with a stand-in host: `node start-with-stand-in.ts ROOT [options]`. */
import {fileURLToPath} from 'node:url';
import {runStart} from '../../src/cli/start/run-start.ts';

const [root = '', ...argv] = process.argv.slice(2);
process.exitCode = await runStart(argv, {
  root,
  hostEntry: fileURLToPath(new URL('./stand-in-host.ts', import.meta.url)),
  env: process.env,
  shutDownLimitMs: 500,
});
