import {spawn, type ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {runProgram} from '../../src/cli/program.ts';
import type {BenchFile} from '../../src/contract/bench-file.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {virtualBenchFile} from '../../src/host/bench/open-bench.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import type {RunSummary} from '../../src/host/store/run-reading.ts';
import type {VirtualBench} from '../../src/virtual/spawn.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'src/cli/main.ts');

/** What a child process has said and how it ended. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly finished: Promise<CliResult>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** A folder of its own for the data of one test file. */
export interface TestFolder extends Disposable {
  readonly path: string;
  file(name: string, content?: string | Uint8Array): string;
}

export function createTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'd2nn-cli-'));
  return {
    path,
    file(name, content) {
      const file = join(path, name);
      if (content !== undefined) writeFileSync(file, content);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, {recursive: true, force: true}),
  };
}

/** A command that runs in this process, on streams of its own. */
export interface RunningHere {
  readonly finished: Promise<CliResult>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  press(keys: string): void;
  /** As Ctrl-C and SIGTERM do to the process. */
  interrupt(name?: 'Ctrl-C' | 'SIGTERM'): void;
}

/** Runs the command line in this process; `press` sends keys, which a command takes where it has a terminal. */
export function startHere(
  args: readonly string[],
  dataFolder: string,
  env: NodeJS.ProcessEnv = {},
  {isTTY = false}: {readonly isTTY?: boolean} = {},
): RunningHere {
  const abort = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = Object.assign(new PassThrough(), isTTY ? {isTTY} : {});
  let [out, err] = ['', ''];
  stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const finished = runProgram(args, {
    stdout,
    stderr,
    stdin,
    env: {...process.env, D2NN_BENCH_DATA: dataFolder, NO_COLOR: '1', ...env},
    signal: abort.signal,
  }).then((code) => ({code, signal: null, stdout: out, stderr: err}));
  return {
    finished,
    stdout: () => out,
    stderr: () => err,
    press: (keys) => void stdin.write(keys),
    interrupt: (name = 'Ctrl-C') =>
      abort.abort(
        new BenchError('plan/aborted', `Stopped by ${name}.`, {details: {reason: `stopped by ${name}`}}),
      ),
  };
}

/**
 * Starts the real command line as a process of its own, without a terminal: for signals, for a death without warning,
 * and for what only another process can be. Everything else is checked in this process (`runCli`, `startHere`).
 */
export function startCli(
  args: readonly string[],
  dataFolder: string,
  {isGroupLeader = false} = {},
): RunningCli {
  const child = spawn(process.execPath, [program, ...args], {
    // A group of its own can be signalled whole, as a terminal does at Ctrl-C.
    detached: isGroupLeader,
    env: {...process.env, D2NN_BENCH_DATA: dataFolder, NO_COLOR: '1'},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({code, signal, stdout, stderr}));
  });
  return {child, finished, stdout: () => stdout, stderr: () => stderr};
}

/** Runs a command to its end, in this process. */
export const runCli = (args: readonly string[], dataFolder: string): Promise<CliResult> =>
  startHere(args, dataFolder).finished;

/** The JSON object on the last line of stdout; with the whole output when there is none. */
export function jsonOf({code, stdout, stderr}: CliResult): unknown {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last);
  } catch (error) {
    throw new Error(`No JSON on the last line (exit code ${code}).\n${stdout}\n${stderr}`, {cause: error});
  }
}

/** The error of a command: its one line on stderr without the code, and the code. */
export function errorOf({code, stderr}: CliResult): {readonly message: string; readonly code: string} {
  const lines = stderr.split('\n').filter((line) => line.startsWith('error: '));
  const match = /^error: (.*) \(([\w/-]+)\)$/.exec(lines[0] ?? '');
  if (lines.length !== 1 || !match || code === 0)
    throw new Error(`Not one line of error (exit code ${code}):\n${stderr}`);
  return {message: match[1], code: match[2]};
}

/** Options that name an instrument of a virtual bench. */
export function targetOf(bench: VirtualBench, role: 'stage' | 'lockin' | 'source'): string[] {
  const entry = bench.instruments.find((instrument) => instrument.role === role);
  if (!entry) throw new Error(`The virtual bench has no ${role}.`);
  const driver = {stage: 'grbl', lockin: 'sr830', source: 'scpi-source'}[role];
  return ['--driver', driver, '--port', entry.path ?? `${entry.host}:${entry.port}`];
}

/** The bench file of a virtual bench, with a filter that settles at once for a clock in real time. */
export function benchFileOf(bench: VirtualBench, changes: Partial<BenchFile> = {}): string {
  const file = virtualBenchFile(bench.instruments);
  const settings = {...file.detector.settings, timeConstantS: 0.001};
  return JSON.stringify({...file, detector: {...file.detector, settings}, ...changes});
}

/** Runs that are stored in a data folder; none before there is a database. */
export function storedRuns(dataFolder: string): RunSummary[] {
  let store: ReturnType<typeof openStore>;
  try {
    store = openStore(join(dataFolder, 'bench.sqlite'), {readOnly: true});
  } catch {
    return []; // not made yet
  }
  using opened = store;
  return opened.listSessions().flatMap((session) => opened.listRuns(session.uid));
}
