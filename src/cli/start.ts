/** What `npm start` runs. Everything heavy is in the processes that it starts. */
import {fileURLToPath} from 'node:url';
import {runStart, startPlaceAt} from './start/run-start.ts';

process.exitCode = await runStart(
  process.argv.slice(2),
  startPlaceAt(fileURLToPath(new URL('../..', import.meta.url))),
);
