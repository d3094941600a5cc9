/** The command line as a process of its own: its streams, its signals, its exit code. */
import {BenchError} from '../contract/errors.ts';
import {exitCodes} from './output/exit-code.ts';
import {runProgram} from './program.ts';

// The first Ctrl-C ends the work with its clean-up; the third ends the process at once, after a warning.
const abort = new AbortController();
let interruptCount = 0;
const onInterrupt = (name: string): void => {
  interruptCount += 1;
  if (interruptCount === 1)
    abort.abort(
      new BenchError('plan/aborted', `Stopped by ${name}.`, {details: {reason: `stopped by ${name}`}}),
    );
  else if (interruptCount === 2)
    process.stderr.write(
      'Still making the bench safe (source off, stages stopped). Once more gives up waiting.\n',
    );
  else process.exit(exitCodes.interrupted);
};
process.on('SIGINT', () => onInterrupt('Ctrl-C'));
process.on('SIGTERM', () => onInterrupt('SIGTERM'));
process.on('SIGHUP', () => onInterrupt('SIGHUP'));

const {stdout, stderr, stdin, env} = process;
process.exitCode = await runProgram(process.argv.slice(2), {
  stdout,
  stderr,
  stdin,
  env,
  signal: abort.signal,
});
