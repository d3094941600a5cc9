/**
 * Electron's module replaced at its edge: events are raised and calls recorded by the test; every decision between them
 * is the shell's own code.
 */
import {EventEmitter} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {readToHost, type FromHost, type ToHost} from '../../src/contract/host-process.ts';
import {pageUrl} from '../../src/main/channels.ts';
import type {
  Cancellable,
  IpcSender,
  MenuEntry,
  MessageBox,
  PortLike,
  Rectangle,
  ShellContents,
  ShellHostProcess,
  ShellParts,
  ShellWindow,
  WindowOptions,
} from '../../src/main/shell-parts.ts';

export interface FakeEvent extends Cancellable {
  readonly url: string;
  isPrevented: boolean;
}
export function fakeEvent(url = ''): FakeEvent {
  const event: FakeEvent = {url, isPrevented: false, preventDefault: () => (event.isPrevented = true)};
  return event;
}

export class FakeContents extends EventEmitter implements ShellContents {
  readonly id: number;
  readonly sent: {channel: string; value: unknown}[] = [];
  readonly ports: PortLike[] = [];
  reloads = 0;
  crashes = 0;
  isGone = false;
  openHandler: ((details: {readonly url: string}) => {action: 'deny'}) | undefined;
  constructor(id: number) {
    super();
    this.id = id;
  }
  getURL = (): string => pageUrl;
  isDestroyed = (): boolean => this.isGone;
  reload(): void {
    this.reloads += 1;
  }
  forcefullyCrashRenderer(): void {
    this.crashes += 1;
    this.emit('render-process-gone', {}, {reason: 'crashed', exitCode: 1});
  }
  send(channel: string, value: unknown): void {
    this.sent.push({channel, value});
  }
  postMessage(_channel: string, _message: unknown, transfer: PortLike[] = []): void {
    this.ports.push(...transfer);
  }
  setWindowOpenHandler(handler: (details: {readonly url: string}) => {action: 'deny'}): void {
    this.openHandler = handler;
  }
}

export class FakeWindow extends EventEmitter implements ShellWindow {
  readonly id: number;
  readonly webContents: FakeContents;
  readonly options: WindowOptions;
  readonly calls: string[] = [];
  url = '';
  bounds: Rectangle = {x: 10, y: 20, width: 800, height: 600};
  isSmall = false;
  constructor(id: number, options: WindowOptions) {
    super();
    this.id = id;
    this.options = options;
    this.webContents = new FakeContents(id);
  }
  async loadURL(url: string): Promise<void> {
    this.url = url;
  }
  show = (): void => void this.calls.push('show');
  focus = (): void => void this.calls.push('focus');
  restore = (): void => void this.calls.push('restore');
  maximize = (): void => void this.calls.push('maximize');
  isMinimized = (): boolean => this.isSmall;
  isMaximized = (): boolean => false;
  isDestroyed = (): boolean => this.webContents.isGone;
  getNormalBounds = (): Rectangle => this.bounds;
  /** A person closes it; false when something kept it open. */
  close(): boolean {
    const event = fakeEvent();
    this.emit('close', event);
    if (!event.isPrevented) this.destroy();
    return !event.isPrevented;
  }
  destroy(): void {
    if (this.webContents.isGone) return;
    this.webContents.isGone = true;
    this.emit('closed');
  }
}

/** A host process that the test speaks for. */
export class FakeHost implements ShellHostProcess {
  readonly pid = 4711;
  readonly stdout = new EventEmitter();
  readonly stderr = new EventEmitter();
  readonly args: readonly string[];
  readonly heard: ToHost[] = [];
  readonly ports: PortLike[] = [];
  isKilled = false;
  /** Answers a request; without an answer the host is stuck. */
  answer: (request: ToHost) => FromHost | undefined = () => undefined;
  private readonly events = new EventEmitter();
  constructor(args: readonly string[]) {
    this.args = args;
  }
  postMessage(message: unknown, transfer: PortLike[] = []): void {
    const request = readToHost(message);
    if (!request) throw new TypeError(`No message for a host: ${JSON.stringify(message)}`);
    this.heard.push(request);
    this.ports.push(...transfer);
    const answer = this.answer(request);
    if (!answer) return;
    setImmediate(() => {
      this.say(answer);
      if (answer.type === 'shut-down-done') this.exit(0);
    });
  }
  kill(): boolean {
    this.isKilled = true;
    setImmediate(() => this.exit(137));
    return true;
  }
  onMessage = (listener: (message: unknown) => void): void => void this.events.on('message', listener);
  onExit = (listener: (code: number) => void): void => void this.events.on('exit', listener);
  say = (message: FromHost): void => void this.events.emit('message', message);
  exit = (code: number): void => void this.events.emit('exit', code);
  ready = (): void => this.say({type: 'ready', hostId: 'h', dataFolder: '/data'});
  runs = (isLive = true): void =>
    this.say({type: 'run-state', isLive, title: 'run 0147', pointCount: 1204, timeLeftS: 60});
}

type ScriptedHost = (host: FakeHost) => void;

export interface FakeElectron {
  readonly parts: ShellParts;
  readonly folder: string;
  readonly app: EventEmitter;
  readonly windows: FakeWindow[];
  readonly hosts: FakeHost[];
  readonly boxes: MessageBox[];
  /** Answers of the person to the boxes, in order; without one the box stays open until it is told to close. */
  readonly choices: number[];
  readonly exits: number[];
  readonly opened: string[];
  readonly menu: () => readonly MenuEntry[];
  readonly shortcuts: Map<string, () => void>;
  readonly blockers: Set<number>;
  readonly session: {
    permission?: (contents: unknown, permission: string, answer: (isGranted: boolean) => void) => void;
    check?: () => boolean;
    device?: () => boolean;
    request?: (details: {readonly url: string}, answer: (response: {cancel?: boolean}) => void) => void;
    download?: (event: Cancellable, url: string) => void;
  };
  readonly page: () => (request: {readonly url: string; readonly method: string}) => Promise<Response>;
  readonly signals: Map<string, () => void>;
  readonly systemShutdown: (event: Cancellable) => void;
  readonly ipc: (channel: string, contents: FakeContents, ...args: unknown[]) => Promise<unknown>;
  readonly ipcFrom: (channel: string, event: IpcSender, ...args: unknown[]) => Promise<unknown>;
}

export interface FakeSettings {
  readonly platform?: NodeJS.Platform;
  readonly isPackaged?: boolean;
  readonly isSecondInstance?: boolean;
  readonly hasShortcuts?: boolean;
  readonly argv?: readonly string[];
  readonly savePath?: string;
  readonly workAreas?: readonly Rectangle[];
  /** Called with every host that is started. */
  readonly script?: ScriptedHost | undefined;
  readonly forkHost?: ShellParts['forkHost'];
}

/** A host that is ready at once and answers everything; `isLive` for `may-quit?`. */
export const obligingHost =
  (isLive = false, problems: readonly string[] = []): ScriptedHost =>
  (host) => {
    host.answer = (request) => {
      if (request.type === 'may-quit?')
        return {type: 'may-quit', isLive, sentence: isLive ? 'Run 0147 would stop at row 34 of 81.' : ''};
      if (request.type === 'shut-down') return {type: 'shut-down-done', problems};
      return request.type === 'halt' ? {type: 'halt-done', problems} : undefined;
    };
    setImmediate(host.ready);
  };

export function createFakeElectron(settings: FakeSettings = {}): FakeElectron {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-shell-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const app = new EventEmitter();
  const [windows, hosts, boxes]: [FakeWindow[], FakeHost[], MessageBox[]] = [[], [], []];
  const [choices, exits, opened]: [number[], number[], string[]] = [[], [], []];
  const shortcuts = new Map<string, () => void>();
  const blockers = new Set<number>();
  const session: FakeElectron['session'] = {};
  const signals = new Map<string, () => void>();
  const ipc = new Map<string, (event: IpcSender, ...args: unknown[]) => unknown>();
  let menu: readonly MenuEntry[] = [];
  let page: Parameters<ShellParts['servePage']>[0] | undefined;
  let systemShutdown: (event: Cancellable) => void = () => undefined;
  const parts: ShellParts = {
    platform: settings.platform ?? 'linux',
    argv: settings.argv ?? [],
    env: {},
    programFolder: folder,
    app: Object.assign(app, {
      isPackaged: settings.isPackaged ?? true,
      requestSingleInstanceLock: () => !settings.isSecondInstance,
      whenReady: async () => undefined,
      quit: () => void app.emit('before-quit', fakeEvent()),
      exit: (code: number) => void exits.push(code),
      getPath: (name: string) => join(folder, name),
    }),
    createWindow: (options) => {
      const window = new FakeWindow(windows.length + 1, options);
      windows.push(window);
      app.emit('web-contents-created', {}, window.webContents);
      return window;
    },
    forkHost: (entry, args, env) => {
      if (settings.forkHost) return settings.forkHost(entry, args, env);
      const host = new FakeHost(args);
      hosts.push(host);
      settings.script?.(host);
      return host;
    },
    createChannel: () => {
      const {port1, port2} = new MessageChannel();
      onTestFinished(() => port1.close());
      return {port1, port2};
    },
    setMenu: (entries) => (menu = entries),
    showMessage: (box) => {
      boxes.push(box);
      const choice = choices.shift();
      if (choice !== undefined) return Promise.resolve(choice);
      return new Promise((resolve) =>
        box.signal?.addEventListener('abort', () => resolve(box.cancelId), {once: true}),
      );
    },
    showSaveDialog: async () => settings.savePath,
    powerSave: {
      start: () => {
        blockers.add(blockers.size + 1);
        return blockers.size;
      },
      stop: (id) => void blockers.delete(id),
    },
    session: {
      setPermissionRequestHandler: (handler) => (session.permission = handler),
      setPermissionCheckHandler: (handler) => (session.check = handler),
      setDevicePermissionHandler: (handler) => (session.device = handler),
      onBeforeRequest: (listener) => (session.request = listener),
      onDownload: (listener) => (session.download = listener),
    },
    servePage: (handler) => (page = handler),
    openExternal: async (url) => void opened.push(url),
    openPath: async (path) => (opened.push(path), ''),
    isDark: () => true,
    workAreas: () => settings.workAreas ?? [{x: 0, y: 0, width: 1920, height: 1080}],
    registerGlobalShortcut: (accelerator, listener) => {
      if (settings.hasShortcuts !== false) shortcuts.set(accelerator, listener);
      return settings.hasShortcuts !== false;
    },
    unregisterGlobalShortcuts: () => shortcuts.clear(),
    onSystemShutdown: (listener) => (systemShutdown = listener),
    onSignal: (signal, listener) => void signals.set(signal, listener),
    onIpc: (channel, listener) => void ipc.set(channel, listener),
    answerIpc: (channel, answer) => void ipc.set(channel, answer),
  };
  const ipcFrom = async (channel: string, event: IpcSender, ...args: unknown[]): Promise<unknown> => {
    const listener = ipc.get(channel);
    if (!listener) throw new Error(`Nobody hears ${channel}.`);
    return await listener(event, ...args);
  };
  return {
    parts,
    folder,
    app,
    windows,
    hosts,
    boxes,
    choices,
    exits,
    opened,
    menu: () => menu,
    shortcuts,
    blockers,
    session,
    page: () => page ?? (() => Promise.reject(new Error('No page is served.'))),
    signals,
    systemShutdown: (event) => systemShutdown(event),
    ipcFrom,
    ipc: (channel, contents, ...args) =>
      ipcFrom(channel, {sender: contents, senderFrame: {url: pageUrl, parent: null}}, ...args),
  };
}

/** Resolves when the condition holds; fails with its text after two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Never came true: ${condition.toString()}`);
}
