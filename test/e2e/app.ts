import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {_electron as electron, type ElectronApplication} from 'playwright-core';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface AppOptions {
  /** Options of `npm start`, after `--no-open --browser`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Uses this one and leaves it there. */
  readonly dataFolder?: string;
}

/** The program as a user starts it, without a window of its own. */
export interface RunningApp extends AsyncDisposable {
  /** Link with the token of the scope `admin`, as printed. */
  readonly url: string;
  readonly dataFolder: string;
  /** Everything it said so far. */
  readonly output: () => string;
  /** Process of the host that answers now. */
  readonly hostPid: () => Promise<number>;
  readonly process: ChildProcess;
  /** Ends it as Ctrl-C would. */
  readonly stop: () => Promise<void>;
}

/** How long a test waits for what does not come, ms. */
export const patienceMs = 240_000;
/** Instruments of virtual benches get this many times their time: the browser beside them needs the machine, too. */
const timeoutScale = 10;

/** Electron's program, when the suite is run in it (`npm run test:electron`). */
export const electronProgram = process.env['D2NN_BENCH_E2E_ELECTRON'];

/** Shells whose own window no test has asked for yet, by the printed link. */
export const shellWindows = new Map<string, ElectronApplication>();

/** Runs `npm start` with a data folder of its own and waits until it can be opened. */
export async function startApp(options: AppOptions = {}): Promise<RunningApp> {
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'd2nn-bench-window-'));
  const start = electronProgram === undefined ? startForBrowser : startElectron;
  const {url, output, process: child, stop} = await start(folder, options);
  return {
    url,
    dataFolder: folder,
    output,
    process: child,
    hostPid: async () => (await askHost<{hostPid: number}>(url, '/info')).hostPid,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (options.dataFolder === undefined) rmSync(folder, {recursive: true, force: true});
    },
  };
}

type Started = Pick<RunningApp, 'url' | 'output' | 'process' | 'stop'>;

async function startForBrowser(folder: string, {args = [], env = {}}: AppOptions): Promise<Started> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'src/cli/start.ts'),
      '--no-open',
      '--browser',
      '--timeout-scale',
      String(timeoutScale),
      '--data',
      folder,
      ...args,
    ],
    {cwd: root, env: {...process.env, NODE_ENV: 'production', ...env}, stdio: ['ignore', 'pipe', 'pipe']},
  );
  let said = '';
  const link = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({input: stream}).on('line', (line) => {
      said += `${line}\n`;
      const match = /http:\/\/\S+#token=\S+/.exec(line);
      if (match) link.resolve(match[0]);
    });
  child.once('exit', (code) => link.reject(new Error(`npm start ended with ${code}:\n${said}`)));
  const url = await link.promise;
  return {url, output: () => said, process: child, stop: () => endOf(child)};
}

/** The shell, serving browsers beside its window so that tests can ask its host too. */
async function startElectron(folder: string, {args = [], env = {}}: AppOptions): Promise<Started> {
  const tokens = {
    admin: 'e2e-admin-token-0001',
    operate: 'e2e-operate-token-01',
    read: 'e2e-read-token-00001',
  };
  const port = await freePort();
  const app = await electron.launch({
    executablePath: electronProgram ?? '',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      root,
      '--http-port',
      String(port),
      '--timeout-scale',
      String(timeoutScale),
      `--user-data-dir=${join(folder, 'shell')}`,
      ...args,
    ],
    env: {
      ...(process.env as Record<string, string>),
      ...env,
      D2NN_BENCH_DATA: folder,
      D2NN_BENCH_TOKENS: JSON.stringify(tokens),
    },
  });
  let said = '';
  for (const stream of [app.process().stdout, app.process().stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = `http://127.0.0.1:${port}/#token=${tokens.admin}`;
  shellWindows.set(url, app);
  return {url, output: () => said, process: app.process(), stop: () => endOf(app.process())};
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks the host over HTTP, as another program would: GET without input, else POST. */
export async function askHost<Answer>(link: string, path: string, input?: unknown): Promise<Answer> {
  const {origin, token} = addressOf(link);
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method: input === undefined ? 'GET' : 'POST',
    headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
    ...(input === undefined ? {} : {body: JSON.stringify(input)}),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** Origin and token of a printed link. */
export function addressOf(link: string): {readonly origin: string; readonly token: string} {
  const url = new URL(link);
  return {origin: url.origin, token: new URLSearchParams(url.hash.slice(1)).get('token') ?? ''};
}
