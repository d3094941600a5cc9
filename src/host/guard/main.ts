/** The guard process: makes instruments safe when the host that started it is gone. */
import {runGuard} from './run-guard.ts';

process.title = 'd2nn-bench guard';
// Whoever ends the host by a signal to a group, or closes its terminal, must not end this one with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTSTP'] as const) process.on(signal, () => undefined);
// A terminal that is gone takes no words; the report in the data folder has them.
process.stderr.on('error', () => undefined);

await runGuard({
  onMessage: (listener) => process.on('message', listener),
  onGone: (listener) => process.once('disconnect', listener),
});
process.exit();
