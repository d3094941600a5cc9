import {readFileSync} from 'node:fs';
import {Command, CommanderError} from 'commander';
import {programRootUrl} from '../base/module-url.ts';
import {BenchError} from '../contract/errors.ts';
import {addAlignCommand} from './commands/align.ts';
import {addCampaignCommand} from './commands/campaign.ts';
import {addDoctorCommand} from './commands/doctor.ts';
import {addInstrumentCommands} from './commands/instrument.ts';
import {addLockInCommands} from './commands/lockin.ts';
import {addMountCommands} from './commands/mount.ts';
import {addScanCommand} from './commands/scan.ts';
import {addSessionCommands} from './commands/sessions.ts';
import {addStageCommands} from './commands/stage.ts';
import {addTwinCommands} from './commands/twin.ts';
import {addVirtualCommand} from './commands/virtual.ts';
import type {CliContext} from './context.ts';
import {createOutput, exitCodes} from './output/index.ts';

const argv = process.argv.slice(2);
const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  isTty: process.stderr.isTTY === true && process.env.CI === undefined,
  json: argv.includes('--json'),
  isVerbose: argv.includes('--verbose'),
});

// The first Ctrl-C ends the work with its clean-up; whoever insists gets the shell back, with a warning.
const abort = new AbortController();
let interruptCount = 0;
const onInterrupt = (name: string): void => {
  interruptCount += 1;
  if (interruptCount === 1) {
    abort.abort(
      new BenchError('plan/aborted', `Stopped by ${name}.`, {details: {reason: `stopped by ${name}`}}),
    );
  } else if (interruptCount === 2) {
    output.log('Still making the bench safe (source off, stages stopped). Once more gives up waiting.');
  } else process.exit(exitCodes.interrupted);
};
process.on('SIGINT', () => onInterrupt('Ctrl-C'));
process.on('SIGTERM', () => onInterrupt('SIGTERM'));
process.on('SIGHUP', () => onInterrupt('SIGHUP'));

const context: CliContext = {output, signal: abort.signal, argv, env: process.env};
let lastHelp = '';
const program = new Command('d2nn-bench')
  .description('Design, drive, align, compare and log diffractive deep neural networks on a terahertz bench.')
  .version(programVersion())
  .option('--verbose', 'with errors, print where they came from')
  .exitOverride()
  .configureOutput({
    writeOut: (text) => process.stdout.write(text),
    // Usage errors are printed once, in this program's own form; help that a group of commands prints is kept for it.
    writeErr: (text) => (lastHelp += text),
  });
addCampaignCommand(program, context);
addScanCommand(program, context);
addAlignCommand(program, context);
addInstrumentCommands(program, context);
addStageCommands(program, context);
addMountCommands(program, context);
addLockInCommands(program, context);
addVirtualCommand(program, context);
addTwinCommands(program, context);
addSessionCommands(program, context);
addDoctorCommand(program, context);

try {
  for (const command of everyCommand(program)) command.exitOverride();
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) return output.error(error);
  // Help and version are no errors.
  if (error.exitCode === 0) return exitCodes.ok;
  if (error.code === 'commander.help') {
    process.stderr.write(lastHelp);
    return exitCodes.usage;
  }
  const message = error.message.replace(/^error: /, '').replace(/\.$/, '');
  return output.error(
    new BenchError('cli/usage', `${message}. Nothing was started; --help says what there is`),
  );
}

function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* everyCommand(child);
}

function programVersion(): string {
  const manifest = readFileSync(new URL('package.json', programRootUrl(import.meta.url)), 'utf8');
  return (JSON.parse(manifest) as {version: string}).version;
}
