import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {chromium, type Browser, type BrowserContext, type Page} from 'playwright-core';
import {requireBrowser} from '../../tools/find-browser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface AppOptions {
  /** Options of `npm start`, after `--no-open --browser`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Keeps an earlier data folder. */
  readonly dataFolder?: string;
}

/** The program as a user starts it, without a window of its own. */
export interface RunningApp extends AsyncDisposable {
  /** Link with the token of the scope `admin`, as printed. */
  readonly url: string;
  readonly dataFolder: string;
  /** Everything it said so far. */
  readonly output: () => string;
  /** Process ids of the hosts, oldest first, as the launcher tells them. */
  readonly hostPid: () => Promise<number>;
  readonly process: ChildProcess;
  /** Ends it as Ctrl-C would. */
  stop(): Promise<void>;
}

/** Runs `npm start -- --no-open` with a data folder of its own and waits for the printed link. */
export async function startApp({args = [], env = {}, dataFolder}: AppOptions = {}): Promise<RunningApp> {
  const folder = dataFolder ?? mkdtempSync(join(tmpdir(), 'd2nn-bench-window-'));
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'src/cli/start.ts'),
      '--no-open',
      '--browser',
      '--data',
      folder,
      ...args,
    ],
    {cwd: root, env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']},
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
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return {
    url,
    dataFolder: folder,
    output: () => said,
    process: child,
    hostPid: async () => {
      const {origin, token} = addressOf(url);
      const answer = await fetch(`${origin}/api/v1/info`, {headers: {authorization: `Bearer ${token}`}});
      const {hostPid} = (await answer.json()) as {hostPid: number};
      return hostPid;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (dataFolder === undefined) rmSync(folder, {recursive: true, force: true});
    },
  };
}

/** Origin and token of a printed link. */
export function addressOf(link: string): {readonly origin: string; readonly token: string} {
  const url = new URL(link);
  return {origin: url.origin, token: new URLSearchParams(url.hash.slice(1)).get('token') ?? ''};
}

let browser: Browser | undefined;

/** One browser for all tests of a file. */
export async function openBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: requireBrowser(),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** A window on the program. What its console said beyond notes, and every failed script, is gathered in `complaints`. */
export interface OpenWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
}

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colourScheme?: 'dark' | 'light';
  readonly deviceScaleFactor?: number;
}

/** Opens the printed link in a fresh profile. */
export async function openWindow(
  url: string,
  {width = 1280, height = 800, colourScheme = 'dark', deviceScaleFactor = 1}: WindowOptions = {},
): Promise<OpenWindow> {
  const opened = await openBrowser();
  const context = await opened.newContext({
    viewport: {width, height},
    colorScheme: colourScheme,
    deviceScaleFactor,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  await page.goto(url);
  return {page, context, complaints};
}
