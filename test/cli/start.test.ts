import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, onTestFinished, test, vi} from 'vitest';
import {findElectron, reasonFrom} from '../../src/cli/start/electron-program.ts';
import {openDoorTo, openInBrowser} from '../../src/cli/start/open-browser.ts';
import {ensurePage} from '../../src/cli/start/page-build.ts';
import {runStart} from '../../src/cli/start/run-start.ts';
import {parseStartOptions} from '../../src/cli/start/start-options.ts';
import {createTestFolder, root as realRoot, type TestFolder} from './run-cli.ts';

const program = fileURLToPath(new URL('./start-with-stand-in.ts', import.meta.url));
let folder: TestFolder;
/** A copy of the program's tree with the smallest page, so that no test depends on the real page. */
let root: string;

beforeAll(async () => {
  folder = createTestFolder();
  root = folder.path;
  for (const path of ['src/renderer', 'src/contract', 'src/base'])
    mkdirSync(join(root, path), {recursive: true});
  writeFileSync(
    join(root, 'src/renderer/index.html'),
    '<!doctype html><title>page</title><script type="module" src="./page.js"></script>',
  );
  writeFileSync(join(root, 'src/renderer/page.js'), 'document.title = `made for ${process.env.NODE_ENV}`;');
  cpSync(join(realRoot, 'vite.config.ts'), join(root, 'vite.config.ts'));
  writeFileSync(join(root, 'package.json'), '{"type": "module"}');
  symlinkSync(join(realRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  expect(await ensurePage(root, () => undefined)).toEqual({isBuilt: true, problem: ''});
});
afterAll(() => folder[Symbol.dispose]());

interface Launcher {
  readonly signal: (name: NodeJS.Signals) => void;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves when the text has been said, with what matched; fails with all that was said when it never is. */
  readonly said: (pattern: RegExp, from?: 'out' | 'err') => Promise<RegExpExecArray>;
  readonly code: Promise<number | null>;
}

function launch(args: readonly string[], manner = '', env: NodeJS.ProcessEnv = {}): Launcher {
  const child = spawn(process.execPath, [program, root, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, STAND_IN: manner, ...env},
  });
  const text = {out: '', err: ''};
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text.out += more));
  child.stderr.setEncoding('utf8').on('data', (more: string) => (text.err += more));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await code;
  });
  const said = async (pattern: RegExp, from: 'out' | 'err' = 'err'): Promise<RegExpExecArray> => {
    for (let tries = 0; tries < 400; tries++) {
      const match = pattern.exec(text[from]);
      if (match) return match;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`${pattern} was never said:\n${text.out}\n${text.err}`);
  };
  return {signal: (name) => child.kill(name), out: () => text.out, err: () => text.err, said, code};
}

/** A start that ends before it starts anything, in this process: its exit code and what it said. */
async function refusedStart(
  args: readonly string[],
): Promise<{readonly code: number; readonly text: string}> {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const hostEntry = fileURLToPath(new URL('./stand-in-host.ts', import.meta.url));
  const code = await runStart(args, {root, hostEntry, env: process.env});
  return {code, text: written.mock.calls.map(([text]) => String(text)).join('')};
}

test('prints the address on stdout, hands the options to the host and ends it safely', async () => {
  const start = launch(['--no-open', '--virtual', '--seed', '7', '--data', '/some/data'], '', {
    D2NN_BENCH_TOKEN: 'mine',
  });
  await start.said(/d2nn-bench is at http:\/\/127\.0\.0\.1:41000\/#token=mine\n/, 'out');
  await start.said(/args=--http-port,0,--virtual,--seed,7 data=\/some\/data/);
  start.signal('SIGTERM');
  expect(await start.code).toBe(0);
  expect(start.out().trim().split('\n')).toHaveLength(1);
  expect(start.err()).toContain('host told to end: SIGTERM');
});

test('builds the page for use, also where the environment is one of tests', () => {
  const assets = join(root, 'dist/renderer/assets');
  const texts = readdirSync(assets).map((name) => readFileSync(join(assets, name), 'utf8'));
  expect(process.env['NODE_ENV']).toBe('test');
  expect(texts.join('')).toMatch(/made for (production|\$\{.production.\})/);
});

test('makes new secrets for every start', async () => {
  const tokens = await Promise.all(
    [0, 1].map(async () => (await launch(['--no-open']).said(/#token=(\S+)/, 'out'))[1]),
  );
  expect(tokens[0]).toMatch(/^[\w-]{32}$/);
  expect(tokens[1]).not.toBe(tokens[0]);
});

test('starts a dead host again on the same port, and gives up when it keeps dying', async () => {
  const start = launch(['--no-open']);
  const seen = new Set<string>();
  for (let death = 1; death <= 4; death++) {
    const pattern = new RegExp(`(?:host pid=\\d+[^]*){${death - 1}}host pid=(\\d+) args=([^ ]*)`);
    const [, pid = '', args] = await start.said(pattern);
    expect(args).toBe(death === 1 ? '--http-port,0' : '--http-port,41000');
    seen.add(pid);
    await start.said(death === 1 ? /d2nn-bench is at/ : /the host is back/, death === 1 ? 'out' : 'err');
    process.kill(Number(pid), 'SIGKILL');
    await start.said(new RegExp(`(?:died \\(SIGKILL\\)[^]*){${death}}`));
  }
  expect(await start.code).toBe(1);
  expect(seen.size).toBe(4);
  expect(start.err()).toContain('restarted 3 times in 60 s and is not started again');
});

test('asks at the first Ctrl-C of a live run and stops it at the second', async () => {
  const start = launch(['--no-open'], 'live');
  await start.said(/is at/, 'out');
  start.signal('SIGINT');
  await start.said(/A run is live \(run 0147, 1,204 points so far\)\. Press Ctrl-C again within 5 s/);
  expect(start.err()).not.toContain('told to end');
  start.signal('SIGINT');
  expect(await start.code).toBe(0);
  expect(start.err()).toContain('host told to end: Ctrl-C');
});

test('ends at the first Ctrl-C when no run is live', async () => {
  const start = launch(['--no-open']);
  await start.said(/is at/, 'out');
  start.signal('SIGINT');
  expect(await start.code).toBe(0);
});

test('kills a host that does not end in time, says so and fails', async () => {
  const start = launch(['--no-open'], 'stuck');
  await start.said(/is at/, 'out');
  start.signal('SIGTERM');
  expect(await start.code).toBe(1);
  expect(start.err()).toContain('did not end within 0.5 s and was killed');
});

test('passes on what could not be made safe, and fails', async () => {
  const start = launch(['--no-open'], 'problem');
  await start.said(/is at/, 'out');
  start.signal('SIGTERM');
  expect(await start.code).toBe(1);
  expect(start.err()).toContain('The source did not answer: switch it off by hand.');
});

test('does not start a host again that cannot start', async () => {
  const dying = launch(['--no-open'], 'dies');
  expect(await dying.code).toBe(1);
  expect(dying.err()).toContain('could not start (exit code 3)');
  const fatal = launch(['--no-open'], 'fatal');
  expect(await fatal.code).toBe(1);
  expect(fatal.err()).toContain('The database is newer than this program.');
  expect(fatal.out()).toBe('');
});

test('says that a port is in use and what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const {port} = server.address() as {port: number};
  const {code, text} = await refusedStart(['--no-open', '--port', String(port)]);
  expect(code).toBe(1);
  expect(text).toMatch(new RegExp(`port ${port} is in use .* another --port`));
  expect(text).not.toContain('host pid');
});

test('refuses a wrong command line with code 2 and starts nothing', async () => {
  for (const args of [['--port', '70000'], ['--wrong'], ['--bench', 'a', '--virtual'], ['--speed', 'fast']]) {
    vi.restoreAllMocks();
    const {code, text} = await refusedStart(args);
    expect(code).toBe(2);
    expect(text).toContain('Nothing was started');
    expect(text).not.toContain('host pid');
  }
});

test('ends, and starts no other host, when a window has ended the program', async () => {
  const launcher = launch(['--no-open', '--browser'], 'ended-by-window');
  expect(await launcher.code).toBe(0);
  expect(launcher.err()).not.toContain('Starting it again');
});

test('without a display it says so and prints the address only', async () => {
  const start = launch(['--browser'], '', {DISPLAY: '', WAYLAND_DISPLAY: ''});
  await start.said(/is at/, 'out');
  if (process.platform === 'linux') await start.said(/There is no display here .* Open the address above/);
});

test('says when no browser can be opened', async () => {
  const none = {PATH: folder.path, DISPLAY: ':9'};
  expect(await openInBrowser('http://127.0.0.1:1/#token=x', none)).toMatch(/xdg-open|open|rundll32/);
});

test('lets the browser in by an address that works once and holds no token', async () => {
  const door = await openDoorTo('http://127.0.0.1:1/#token=secret');
  expect(door.url).not.toContain('secret');
  const wrong = await fetch(new URL('/other', door.url), {redirect: 'manual'});
  expect(wrong.status).toBe(404);
  const right = await fetch(door.url, {redirect: 'manual'});
  expect([right.status, right.headers.get('location')]).toEqual([302, 'http://127.0.0.1:1/#token=secret']);
  await expect(fetch(door.url)).rejects.toThrow();
});

test('builds the page when a source has changed, and only then', async () => {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  await ensurePage(root, say);
  expect(said).toEqual([]);
  const page = join(root, 'src/renderer/index.html');
  utimesSync(page, new Date(), new Date(statSync(page).mtimeMs + 5000));
  expect(await ensurePage(root, say)).toEqual({isBuilt: true, problem: ''});
  expect(said).toEqual(['building the window ...']);
  expect(readFileSync(join(root, 'dist/renderer/index.html'), 'utf8')).toContain('<title>page</title>');
});

test('keeps the old page when a build fails, and says why', async () => {
  const page = join(root, 'src/renderer/index.html');
  const good = readFileSync(page, 'utf8');
  writeFileSync(page, '<script type="module" src="./missing.ts"></script>');
  const {isBuilt, problem} = await ensurePage(root, () => undefined);
  expect(isBuilt).toBe(false);
  expect(problem).toContain('missing.ts');
  expect(existsSync(join(root, 'dist/renderer/index.html'))).toBe(true);
  writeFileSync(page, good);
  expect((await ensurePage(root, () => undefined)).isBuilt).toBe(true);
});

test('tries to fetch Electron once and remembers why it failed', async () => {
  const place = createTestFolder();
  onTestFinished(() => place[Symbol.dispose]());
  const package_ = join(place.path, 'node_modules/electron');
  mkdirSync(package_, {recursive: true});
  writeFileSync(join(package_, 'package.json'), '{"version": "45.4.1"}');
  const installer = (text: string): void => writeFileSync(join(package_, 'install.js'), text);
  installer("console.error('Error: getaddrinfo ENOTFOUND example.org'); process.exit(1)");
  const said: string[] = [];
  const find = (fetches: boolean) => findElectron(place.path, {fetches, say: (text) => void said.push(text)});
  const reason = 'it could not be fetched: getaddrinfo ENOTFOUND example.org';
  expect(await find(false)).toEqual({reason});
  expect(await find(false)).toEqual({reason});
  expect(said).toEqual(['fetching Electron 45.4.1 (about 110 MB, once) ...']);
  installer(
    "const fs = require('fs'); fs.mkdirSync('dist'); fs.writeFileSync('dist/electron', ''); fs.writeFileSync('path.txt', 'electron')",
  );
  expect(await find(true)).toEqual({path: join(package_, 'dist', 'electron')});
  expect(await find(false)).toEqual({path: join(package_, 'dist', 'electron')});
});

test('finds the line of an installer that says why', () => {
  expect(reasonFrom('Downloading...\nHTTPError: Response code 403\n  at x')).toContain('Response code 403');
  expect(reasonFrom('')).toContain('said nothing');
});

test('takes relative paths from where the person typed them', () => {
  const {host, dataFolder} = parseStartOptions(['--bench', 'b.yaml', '--data', 'd'], '/home/user');
  expect([host.benchFile, dataFolder]).toEqual(['/home/user/b.yaml', '/home/user/d']);
});
