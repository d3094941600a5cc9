import {fork} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, expect, test, vi} from 'vitest';
import type {FromHost} from '../../src/contract/host-process.ts';
import {createBridge} from '../../src/main/bridge.ts';
import {channels} from '../../src/main/channels.ts';
import {stopAccelerator} from '../../src/main/menu.ts';
import {plainName} from '../../src/main/page-requests.ts';
import type {MenuEntry, ShellHostProcess} from '../../src/main/shell-parts.ts';
import {runShell, type Shell} from '../../src/main/shell.ts';
import {
  createFakeElectron,
  fakeEvent,
  obligingHost,
  until,
  type FakeElectron,
  type FakeSettings,
} from './fake-electron.ts';

afterEach(() => void vi.useRealTimers());

async function startShell(
  settings: FakeSettings = {},
  shutDownLimitMs = 300,
): Promise<{electron: FakeElectron; shell: Shell}> {
  const electron = createFakeElectron({script: obligingHost(), ...settings});
  const shell = await runShell(electron.parts, {shutDownLimitMs});
  if (!shell) throw new Error('The shell did not start.');
  return {electron, shell};
}

function menuItem(electron: FakeElectron, label: string): MenuEntry {
  const all = (entries: readonly MenuEntry[]): MenuEntry[] =>
    entries.flatMap((entry) => [entry, ...all(entry.submenu ?? [])]);
  const item = all(electron.menu()).find((entry) => entry.label === label);
  if (!item) throw new Error(`No menu item ${label}.`);
  return item;
}

const logOf = (electron: FakeElectron): string =>
  readFileSync(join(electron.folder, 'logs/shell.log'), 'utf8');

test('a second start goes to the first and opens nothing', async () => {
  const second = createFakeElectron({isSecondInstance: true});
  expect(await runShell(second.parts)).toBeUndefined();
  expect([second.windows, second.hosts]).toEqual([[], []]);

  const {electron} = await startShell();
  const [window] = electron.windows;
  window.isSmall = true;
  electron.app.emit('second-instance');
  await until(() => window?.calls.includes('focus') ?? false);
  expect(window?.calls).toEqual(['restore', 'show', 'focus']);
  expect(electron.windows).toHaveLength(1);
});

test('hands a port to each page that asks, after the host is ready and not before', async () => {
  const {electron} = await startShell({script: undefined});
  const [host] = electron.hosts;
  const contents = electron.windows[0].webContents;
  await electron.ipc(channels.requestPort, contents);
  expect([host?.heard, contents.ports]).toEqual([[], []]);
  host.ready();
  expect(host?.heard).toEqual([{type: 'connect', scope: 'admin', windowId: 1}]);
  expect([host?.ports.length, contents.ports.length]).toEqual([1, 1]);

  menuItem(electron, 'New window').click?.();
  await until(() => electron.windows[1]?.url !== undefined);
  await electron.ipc(channels.requestPort, electron.windows[1].webContents);
  expect(host?.heard.at(-1)).toMatchObject({windowId: 2});
  // The two ends belong together: what goes in at the page comes out at the host.
  const [hostEnd, pageEnd] = [
    host?.ports[1] as MessagePort,
    electron.windows[1]?.webContents.ports[0] as MessagePort,
  ];
  const arrived = new Promise((resolve) => hostEnd.addEventListener('message', ({data}) => resolve(data)));
  hostEnd.start();
  pageEnd.postMessage('hello');
  expect(await arrived).toBe('hello');
});

test('starts a crashed host again, tells the windows and gives them fresh ports', async () => {
  const {electron, shell} = await startShell();
  const contents = electron.windows[0].webContents;
  await electron.ipc(channels.requestPort, contents);
  await until(() => contents.ports.length === 1);
  electron.hosts[0].runs();
  expect(electron.blockers.size).toBe(1);
  electron.hosts[0].exit(139);
  expect(shell.link.state.state).toBe('restarting');
  expect(shell.link.state.text).toContain('while a run was live; its stored points are kept');
  expect(electron.blockers.size).toBe(0);
  await until(() => electron.hosts.length === 2 && contents.ports.length === 2);
  expect(contents.ports[1]).not.toBe(contents.ports[0]);
  const told = contents.sent.filter(({channel}) => channel === channels.hostState).slice(-2);
  expect(told.map(({value}) => (value as {state: string}).state)).toEqual(['restarting', 'ready']);
  expect(electron.boxes).toEqual([]);
  expect(logOf(electron)).toContain('host exited with 139, unasked');
});

test('gives up on a host that keeps dying, and starts it again when told to', async () => {
  const {electron, shell} = await startShell();
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
  for (let death = 1; death <= 4; death++) {
    const host = electron.hosts.at(-1)!;
    host.ready();
    host.exit(1);
    await vi.advanceTimersByTimeAsync(10_000);
  }
  vi.useRealTimers();
  expect(electron.hosts).toHaveLength(4);
  expect(shell.link.state.state).toBe('ended');
  expect(electron.boxes).toHaveLength(1);
  expect(electron.boxes[0]?.buttons).toEqual(['Start the host again', 'Quit']);
  expect(electron.boxes[0]?.detail).toContain('the source may be on');
});

test('does not start a host again that says why it cannot', async () => {
  const {electron} = await startShell({script: undefined});
  electron.choices.push(0);
  electron.hosts[0].say({
    type: 'fatal',
    message: 'The database is newer than this program.',
    code: 'store/newer-version',
  });
  electron.hosts[0].exit(1);
  await until(() => electron.hosts.length === 2);
  expect(electron.boxes[0]?.detail).toContain('The database is newer than this program.');
});

test('quits at once when no run is live: host shut down, then the windows', async () => {
  const {electron, shell} = await startShell();
  await until(() => shell.link.canConnect);
  const event = fakeEvent();
  electron.app.emit('before-quit', event);
  expect(event.isPrevented).toBe(true);
  await until(() => electron.exits.length === 1);
  expect(electron.hosts[0]?.heard.map(({type}) => type)).toEqual(['may-quit?', 'shut-down']);
  expect([electron.exits, electron.boxes]).toEqual([[0], []]);
  expect(electron.windows[0]?.isDestroyed()).toBe(true);
  const second = fakeEvent();
  electron.app.emit('before-quit', second);
  expect(second.isPrevented).toBe(false);
});

test('asks while a run is live; the run goes on until the person says stop', async () => {
  const {electron, shell} = await startShell({script: obligingHost(true)});
  await until(() => shell.link.canConnect);
  electron.hosts[0].runs();
  electron.choices.push(1);
  expect(electron.windows[0]?.close()).toBe(false);
  await until(() => electron.boxes.length === 1);
  expect(electron.boxes[0]).toMatchObject({
    detail: 'Run 0147 would stop at row 34 of 81.',
    buttons: ['Stop and keep 1,204 points', 'Keep running'],
    defaultId: 1,
    cancelId: 1,
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(electron.hosts[0]?.heard.map(({type}) => type)).toEqual(['may-quit?']);
  expect(electron.windows[0]?.isDestroyed()).toBe(false);
  electron.choices.push(0);
  menuItem(electron, 'Quit').click?.();
  await until(() => electron.exits.length === 1);
  expect(electron.hosts[0]?.heard.at(-1)?.type).toBe('shut-down');
});

test('asks only once, however often it is told to quit', async () => {
  const {electron, shell} = await startShell({script: obligingHost(true)});
  await until(() => shell.link.canConnect);
  for (let times = 0; times < 3; times++) electron.app.emit('before-quit', fakeEvent());
  await until(() => electron.boxes.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(electron.boxes).toHaveLength(1);
});

test('closes a window that is not the last one without a question', async () => {
  const {electron} = await startShell({script: obligingHost(true)});
  menuItem(electron, 'New window').click?.();
  await until(() => electron.windows.length === 2);
  expect(electron.windows[1]?.close()).toBe(true);
  expect(electron.windows[0]?.close()).toBe(false);
});

test('says what could not be made safe before it ends', async () => {
  const {electron, shell} = await startShell({script: obligingHost(false, ['The source did not answer.'])});
  await until(() => shell.link.canConnect);
  electron.choices.push(0);
  electron.signals.get('SIGTERM')?.();
  await until(() => electron.exits.length === 1);
  expect(electron.boxes[0]).toMatchObject({
    message: 'The bench may not be safe.',
    detail: 'The source did not answer.',
  });
  expect(electron.exits).toEqual([1]);
});

test('kills a host that does not end within the limit, and says that the bench may not be safe', async () => {
  const {electron, shell} = await startShell({script: (host) => setImmediate(host.ready)}, 50);
  await until(() => shell.link.canConnect);
  electron.choices.push(0);
  const event = fakeEvent();
  electron.systemShutdown(event);
  expect(event.isPrevented).toBe(true);
  await until(() => electron.exits.length === 1);
  expect(electron.hosts[0]?.isKilled).toBe(true);
  expect(electron.boxes[0]?.detail).toContain('did not end within 0.05 s and was killed');
});

test('ends, and starts no other host, when a window has ended the program', async () => {
  const {electron, shell} = await startShell({script: (host) => setImmediate(host.ready)});
  await until(() => shell.link.canConnect);
  electron.choices.push(0);
  electron.hosts[0]?.say({type: 'shut-down-done', problems: ['The source did not answer.']});
  electron.hosts[0]?.exit(0);
  await until(() => electron.exits.length === 1);
  expect(electron.hosts).toHaveLength(1);
  expect(electron.boxes[0]?.detail).toBe('The source did not answer.');
  expect(electron.exits).toEqual([1]);
});

test.each([
  [[], /made safe first.*proven off/, [0]],
  [['The source did not answer.'], /could NOT be proven safe/, [1]],
] as const)(
  'a window behind the end reads what became of the bench: problems %j',
  async (problems, text, exits) => {
    for (const isAskedByWindow of [true, false]) {
      const {electron, shell} = await startShell({script: (host) => setImmediate(host.ready)});
      await until(() => shell.link.canConnect);
      electron.choices.push(0);
      const [host] = electron.hosts;
      const ended = isAskedByWindow ? undefined : shell.quit.end('test');
      host.say({type: 'shut-down-done', problems});
      host.exit(problems.length);
      await until(() => electron.exits.length === 1);
      await ended;
      // Neither that the program goes on, nor that the source is off before that was proven.
      expect(shell.link.state).toEqual({state: 'ended', text: expect.stringMatching(text) as string});
      expect(electron.exits).toEqual(exits);
      expect(electron.boxes.map(({message}) => message)).toEqual(
        problems.length === 0 ? [] : ['The bench may not be safe.'],
      );
    }
  },
);

test('does not wait long for a host that has said its last word but stays', async () => {
  const {electron, shell} = await startShell({script: (host) => setImmediate(host.ready)}, 3_600_000);
  await until(() => shell.link.canConnect);
  const [host] = electron.hosts;
  const ended = shell.quit.end('test');
  host.say({type: 'shut-down-done', problems: []});
  // The host had an hour for its end.
  await ended;
  expect([host.isKilled, electron.exits, electron.boxes]).toEqual([true, [0], []]);
});

test('says when it is not known whether a run is live', async () => {
  const {electron, shell} = await startShell({script: (host) => setImmediate(host.ready)});
  await until(() => shell.link.canConnect);
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
  const asked = shell.quit.ask();
  electron.choices.push(1);
  await vi.advanceTimersByTimeAsync(2500);
  expect(await asked).toBe(false);
  expect(electron.boxes[0]?.message).toContain('does not answer');
  expect(electron.boxes[0]?.buttons).toEqual(['Stop and quit', 'Wait']);
});

test('STOP goes straight to the host, from the menu and the global key', async () => {
  const {electron, shell} = await startShell();
  await until(() => shell.link.canConnect);
  menuItem(electron, 'STOP everything').click?.();
  electron.shortcuts.get(stopAccelerator)?.();
  expect(electron.hosts[0]?.heard).toEqual([
    {type: 'halt', by: 'the menu'},
    {type: 'halt', by: 'the global key'},
  ]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(electron.boxes).toEqual([]);
  const silent = await startShell({script: undefined});
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
  menuItem(silent.electron, 'STOP everything').click?.();
  await vi.advanceTimersByTimeAsync(3500);
  expect(silent.electron.boxes[0]).toMatchObject({message: 'The host does not answer STOP.'});
});

test('takes no keys that belong to the page, and shows none that it did not get', async () => {
  const keysOf = (entries: readonly MenuEntry[]): string[] =>
    entries.flatMap(({accelerator, submenu}) => [
      ...(accelerator ? [accelerator] : []),
      ...keysOf(submenu ?? []),
    ]);
  for (const platform of ['linux', 'win32', 'darwin'] as const) {
    const {electron} = await startShell({platform});
    const keys = keysOf(electron.menu());
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).not.toMatch(/^(Esc|Escape|Space|Enter|.*\+K|Arrow.*|\?)$/);
  }
  const {electron} = await startShell({hasShortcuts: false});
  expect(menuItem(electron, 'STOP everything').accelerator).toBeUndefined();
});

test('loads a crashed page again and lets the run go on', async () => {
  const {electron} = await startShell();
  const contents = electron.windows[0].webContents;
  await electron.ipc(channels.requestPort, contents);
  contents.emit('render-process-gone', {}, {reason: 'clean-exit', exitCode: 0});
  contents.emit('render-process-gone', {}, {reason: 'oom', exitCode: 5});
  await until(() => contents.reloads === 1);
  expect(electron.hosts).toHaveLength(1);
  await electron.ipc(channels.requestPort, contents);
  await until(() => contents.ports.length > 0);
  expect(logOf(electron)).toContain('page ended: oom');
});

test('offers STOP and a reload when a page hangs, and takes the question back when it answers', async () => {
  const {electron} = await startShell();
  const [window] = electron.windows;
  window.emit('unresponsive');
  window.emit('unresponsive');
  expect(electron.boxes).toHaveLength(1);
  window.emit('responsive');
  expect(electron.boxes[0]?.signal?.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(window?.webContents.crashes).toBe(0);
  electron.choices.push(1, 2);
  window.emit('unresponsive');
  await until(() => window?.webContents.reloads === 1);
  window.emit('unresponsive');
  await until(() => electron.hosts[0]?.heard.some(({type}) => type === 'halt') ?? false);
});

test('remembers where the window stood, and never opens it out of sight', async () => {
  const {electron} = await startShell();
  const file = join(electron.folder, 'userData', 'window.json');
  mkdirSync(join(electron.folder, 'userData'), {recursive: true});
  electron.windows[0].emit('move');
  await until(() => existsSync(file));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    x: 10,
    y: 20,
    width: 800,
    height: 600,
    isMaximized: false,
  });

  const reopened = async (stored: string): Promise<object> => {
    const next = createFakeElectron({script: obligingHost()});
    mkdirSync(join(next.folder, 'userData'));
    writeFileSync(join(next.folder, 'userData', 'window.json'), stored);
    await runShell(next.parts);
    const {x, y, width, height} = next.windows[0].options;
    return {x, y, width, height};
  };
  expect(await reopened(readFileSync(file, 'utf8'))).toEqual({x: 10, y: 20, width: 800, height: 600});
  expect(await reopened('{"x":5000,"y":20,"width":800,"height":600}')).toEqual({width: 800, height: 600});
  expect(await reopened('{"x":0,"y":-900,"width":9000,"height":10}')).toEqual({width: 1920, height: 480});
  expect(await reopened('{"x":0,"y":0,"wid')).toEqual({width: 1440, height: 900});
});

test('hands the bench of its command line to the host, and nothing of Chromium', async () => {
  const argv = [
    '/opt/d2nn-bench',
    '--no-sandbox',
    '--virtual',
    '--seed',
    '7',
    '--speed=instant',
    '--inspect=0',
  ];
  const {electron} = await startShell({argv});
  expect(electron.hosts[0]?.args).toEqual(['--virtual', '--seed', '7', '--speed', 'instant']);
  const other = await startShell({argv: ['--bench', '/a b/bench.yaml', '--seed', 'x']});
  expect(other.electron.hosts[0]?.args).toEqual(['--bench', '/a b/bench.yaml']);
});

test('saves what a page has made, whole, where the person chooses', async () => {
  const savePath = join(createFakeElectron().folder, 'scan.csv');
  const {electron} = await startShell({savePath});
  const contents = electron.windows[0].webContents;
  expect(await electron.ipc(channels.saveFile, contents, 'scan.csv', new TextEncoder().encode('x,y'))).toBe(
    savePath,
  );
  expect(readFileSync(savePath, 'utf8')).toBe('x,y');
  expect(await electron.ipc(channels.saveFile, contents, 'scan.csv', 'no bytes')).toBeNull();
  expect(plainName('../../etc/pass:wd\u0007')).toBe('-..-etc-pass-wd-');
  expect(plainName('...')).toBe('d2nn-bench');
});

test('opens reports of the data folder only', async () => {
  const {electron} = await startShell({script: undefined});
  const contents = electron.windows[0].webContents;
  const dataFolder = join(electron.folder, 'data');
  mkdirSync(dataFolder);
  for (const name of ['data/report.html', 'data/run.sh', 'other.html'])
    writeFileSync(join(electron.folder, name), '');
  electron.hosts[0].say({type: 'ready', hostId: 'h', dataFolder});
  const open = (name: string) => electron.ipc(channels.openDataFile, contents, join(electron.folder, name));
  expect(await open('data/report.html')).toBeNull();
  for (const name of ['data/run.sh', 'other.html', 'data/../other.html', 'data/missing.html'])
    expect(await open(name)).toContain('no report or picture');
  expect(electron.opened).toHaveLength(1);
});

test('on macOS a run goes on without windows', async () => {
  const {electron} = await startShell({platform: 'darwin', script: obligingHost(true)});
  expect(electron.windows[0]?.close()).toBe(true);
  electron.app.emit('window-all-closed');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([electron.exits, electron.boxes]).toEqual([[], []]);
  electron.app.emit('activate');
  await until(() => electron.windows.length === 2);
});

test('works with a real host process on the other side', async () => {
  const entry = fileURLToPath(new URL('../cli/stand-in-host.ts', import.meta.url));
  const forkHost = (_entry: string, args: readonly string[]): ShellHostProcess => {
    const child = fork(entry, [...args, '--http-port', '0'], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return {
      pid: child.pid,
      stdout: child.stdout,
      stderr: child.stderr,
      postMessage: (message) => void child.send(message as object),
      kill: () => child.kill('SIGKILL'),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.on('close', (code) => listener(code ?? -1)),
    };
  };
  const {electron, shell} = await startShell({forkHost, argv: ['--virtual']}, 5000);
  await until(() => shell.link.canConnect);
  expect(shell.link.dataFolder).toBe('/data');
  await shell.quit.end('test');
  expect(electron.exits).toEqual([0]);
  expect(logOf(electron)).toMatch(/host: host pid=\d+ args=--virtual[^]*host: host told to end: test/);
});

test('the bridge passes on ports and answers, and lets go of listeners', async () => {
  const listeners = new Map<string, (value: unknown, ports: readonly MessagePort[]) => void>();
  const [sent, posted]: [string[], unknown[]] = [[], []];
  const bridge = createBridge({
    platform: 'linux',
    send: (channel) => void sent.push(channel),
    invoke: async (channel) => (channel === channels.saveFile ? '/a/b.csv' : undefined),
    onMessage: (channel, listener) => {
      listeners.set(channel, listener);
      return () => void listeners.delete(channel);
    },
    postToPage: (message, transfer) => void posted.push([message, transfer.length]),
  });
  bridge.requestPort();
  listeners.get(channels.port)?.(null, [new MessageChannel().port1]);
  expect(posted).toEqual([[{type: 'd2nn-bench:port'}, 1]]);
  const states: unknown[] = [];
  const stop = bridge.onHostState((state) => void states.push(state));
  expect(sent).toEqual([channels.requestPort, channels.askHostState]);
  listeners.get(channels.hostState)?.({state: 'ready', text: ''}, []);
  stop();
  expect(states).toEqual([{state: 'ready', text: ''}]);
  expect(listeners.has(channels.hostState)).toBe(false);
  expect(await bridge.saveFile('b.csv', new Uint8Array())).toBe('/a/b.csv');
  expect(await bridge.openDataFile('/x')).toBeNull();
});

test('a host that is not one of ours is not heard', async () => {
  const {electron, shell} = await startShell({script: undefined});
  electron.hosts[0].say({type: 'ready'} as unknown as FromHost);
  expect(shell.link.canConnect).toBe(false);
});
