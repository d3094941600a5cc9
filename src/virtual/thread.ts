/** Entry of a virtual bench that runs in a thread: the worker's data are the program's arguments. */
import {parentPort, workerData} from 'node:worker_threads';
import {runVirtual} from './main.ts';
import {threadOwner} from './owner.ts';

if (!parentPort) throw new Error('This file is the entry of a thread; start src/virtual/main.ts instead.');
process.exitCode = await runVirtual(workerData as readonly string[], {
  stdout: process.stdout,
  stderr: process.stderr,
  owner: threadOwner(parentPort),
});
// Ends this thread, not the process. Streams of dead clients must not keep it.
process.exit();
