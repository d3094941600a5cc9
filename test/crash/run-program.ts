import {fork, spawn, type ChildProcess} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {hostEnvironment, readFromHost} from '../../src/contract/host-process.ts';

const preload = new URL('kill-at.mjs', import.meta.url).href;
const commandLine = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const hostFile = new URL('../../src/host/index.ts', import.meta.url);
const quiet = '--disable-warning=ExperimentalWarning';
const token = 'admin-token-of-the-crash-matrix';

/** Where a program ends, and how (kill-at.mjs). */
export interface Death {
  readonly at: string;
  readonly count: number;
  readonly how: 'kill' | 'thread';
  /** Gets a line `NAME PID` for each position that is passed. */
  readonly log: string;
}

export interface Place {
  readonly dataFolder: string;
  readonly lockFolder: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function environmentOf({dataFolder, lockFolder}: Place, death?: Death): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: '',
    D2NN_BENCH_DATA: dataFolder,
    D2NN_BENCH_LOCKS: lockFolder,
    NO_COLOR: '1',
    ...(death && {
      NODE_OPTIONS: `--import ${preload}`,
      CRASH_AT: `${death.at}:${death.count}`,
      CRASH_HOW: death.how,
      CRASH_LOG: death.log,
    }),
  };
}

function endOf(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({code, signal, stdout, stderr}));
  });
}

/** Runs a module of ours, the command line unless given, as a process of its own. */
export const runProgram = (
  args: readonly string[],
  place: Place,
  {
    death,
    module = commandLine,
  }: {readonly death?: Death | undefined; readonly module?: string | undefined} = {},
): Promise<Ended> =>
  endOf(
    spawn(process.execPath, [quiet, module, ...args], {
      env: environmentOf(place, death),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );

export interface RunningHost {
  /** Options with which a command uses it. */
  readonly options: readonly string[];
  readonly ended: Promise<Ended>;
  end(): Promise<Ended>;
}

/** Starts a host as the launcher does; resolves when it serves, or with how it ended before. */
export async function startHost(place: Place, death?: Death): Promise<RunningHost | Ended> {
  const child = fork(hostFile, ['--http-port', '0'], {
    execArgv: [quiet],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...environmentOf(place, death),
      [hostEnvironment.data]: place.dataFolder,
      [hostEnvironment.tokens]: JSON.stringify({admin: token, operate: `${token}-o`, read: `${token}-r`}),
    },
  });
  const ended = endOf(child);
  const port = await new Promise<number | undefined>((resolve) => {
    child.on('message', (message) => {
      const known = readFromHost(message);
      if (known?.type === 'ready') resolve(known.port ?? undefined);
    });
    void ended.then(() => resolve(undefined));
  });
  if (port === undefined) return await ended;
  return {
    options: ['--host', `http://127.0.0.1:${port}`, '--token', token],
    ended,
    async end() {
      if (child.connected) child.send({type: 'shut-down', reason: 'the crash matrix is done with it'});
      return await ended;
    },
  };
}

/** How often each position was passed, and by which processes. */
export function readPassed(log: string): {
  readonly counts: ReadonlyMap<string, number>;
  readonly pids: ReadonlySet<number>;
} {
  const counts = new Map<string, number>();
  const pids = new Set<number>();
  for (const line of readFileSync(log, {encoding: 'utf8', flag: 'a+'}).split('\n')) {
    const [name, pid] = line.split(' ');
    if (!name) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    pids.add(Number(pid));
  }
  return {counts, pids};
}

/** Whether a process with this number is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
