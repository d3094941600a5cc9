import {readFileSync} from 'node:fs';
import {Command, CommanderError} from 'commander';
import {programRootUrl} from '../base/module-url.ts';
import {BenchError} from '../contract/errors.ts';
import {addAlignCommand} from './commands/align.ts';
import {addCalibrateCommand} from './commands/calibrate.ts';
import {addCampaignCommand} from './commands/campaign.ts';
import {addCompareCommand} from './commands/compare.ts';
import {addDataCommands} from './commands/data.ts';
import {addDesignCommands} from './commands/design.ts';
import {addDoctorCommand} from './commands/doctor.ts';
import {addInstrumentCommands} from './commands/instrument.ts';
import {addLedgerCommands} from './commands/ledger.ts';
import {addDetectorCommands} from './commands/detector.ts';
import {addMountCommands} from './commands/mount.ts';
import {addQueueCommands} from './commands/queue.ts';
import {addScanCommand} from './commands/scan.ts';
import {addSessionCommands} from './commands/sessions.ts';
import {addStageCommands} from './commands/stage.ts';
import {addTwinCommands} from './commands/twin.ts';
import {addVirtualCommand} from './commands/virtual.ts';
import type {CliContext, TerminalInput} from './context.ts';
import {hostAddressFrom, type HostCliOptions} from './host-options.ts';
import {createOutput, exitCodes, type ExitCode, type Output} from './output/index.ts';

/** What the program has of the world; a test gives its own. */
export interface ProgramStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & {readonly isTTY?: boolean};
  readonly stdin: TerminalInput;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/**
 * The command line. Resolves with the exit code when everything is safe and stored; never rejects. What a command does
 * is loaded when it runs: only its options are known before (docs/decisions/0017-one-way-in.md).
 */
export async function runProgram(argv: readonly string[], streams: ProgramStreams): Promise<number> {
  const {stdout, stderr, stdin, env, signal} = streams;
  const output = createOutput({
    stdout,
    stderr,
    isTty: stderr.isTTY === true && env.CI === undefined,
    json: argv.includes('--json'),
    isVerbose: argv.includes('--verbose'),
  });
  let code: number = exitCodes.ok;
  let lastHelp = '';
  const program = createProgram().configureOutput({
    writeOut: (text) => stdout.write(text),
    // Usage errors are printed once, in this program's own form; help that a group of commands prints is kept for it.
    writeErr: (text) => (lastHelp += text),
  });
  addCommands(program, {
    output,
    signal,
    argv,
    env,
    stdin,
    stdout,
    stderr,
    host: () => hostAddressFrom(program.opts<HostCliOptions>(), env),
    endWith: (given) => {
      code = given;
    },
  });
  try {
    for (const command of everyCommand(program)) command.exitOverride();
    await program.parseAsync(argv, {from: 'user'});
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.help' && error.exitCode !== 0)
      stderr.write(lastHelp);
    return exitCodeOf(error, output);
  }
}

const createProgram = (): Command =>
  new Command('d2nn-bench')
    .description(
      'Design, drive, align, compare and log diffractive deep neural networks on a terahertz bench.',
    )
    .version(programVersion())
    .option('--verbose', 'with errors, print where they came from')
    .option(
      '--host <url>',
      'use the running program at this address (http://127.0.0.1:PORT) and its open bench; else D2NN_BENCH_HOST',
    )
    .option('--token <token>', 'token of that program (About shows it); else D2NN_BENCH_TOKEN');

function addCommands(program: Command, context: CliContext): void {
  addCampaignCommand(program, context);
  addScanCommand(program, context);
  addQueueCommands(program, context);
  addAlignCommand(program, context);
  addCalibrateCommand(program, context);
  addInstrumentCommands(program, context);
  addStageCommands(program, context);
  addMountCommands(program, context);
  addDetectorCommands(program, context);
  addVirtualCommand(program, context);
  addTwinCommands(program, context);
  addDesignCommands(program, context);
  addSessionCommands(program, context);
  addCompareCommand(program, context);
  addLedgerCommands(program, context);
  addDataCommands(program, context);
  addDoctorCommand(program, context);
}

function exitCodeOf(error: unknown, output: Output): ExitCode {
  if (!(error instanceof CommanderError)) return output.error(error);
  // Help and version are no errors.
  if (error.exitCode === 0) return exitCodes.ok;
  if (error.code === 'commander.help') return exitCodes.usage;
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
