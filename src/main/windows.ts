import {createRestartBudget} from '../base/restart-budget.ts';
import type {HostState, ShellCommand} from '../contract/host-process.ts';
import {channels, pageUrl} from './channels.ts';
import type {HostLink} from './host-link.ts';
import type {RotatingLog} from './rotating-log.ts';
import type {ShellContents, ShellParts, ShellWindow} from './shell-parts.ts';
import {placeOnScreen, smallestWindow, type BoundsFile} from './window-bounds.ts';

export interface WindowKeeperOptions {
  readonly parts: ShellParts;
  readonly link: HostLink;
  readonly bounds: BoundsFile;
  readonly preload: string;
  readonly log: RotatingLog;
  /** The last window is about to close; false keeps it open. */
  readonly mayCloseLast: () => boolean;
  readonly onStop: (by: string) => void;
}

/** Opens windows, gives each its port to the host, and brings back a page that has crashed or hangs. */
export class WindowKeeper {
  private readonly options: WindowKeeperOptions;
  private readonly windows = new Map<number, ShellWindow>();
  /** Pages that have asked for a port and get a fresh one whenever the host comes back. */
  private readonly asking = new Set<ShellContents>();
  private firstId: number | undefined;

  constructor(options: WindowKeeperOptions) {
    this.options = options;
  }

  get all(): readonly ShellWindow[] {
    return [...this.windows.values()].filter((window) => !window.isDestroyed());
  }

  windowOf(contents: ShellContents): ShellWindow | undefined {
    return this.all.find(({webContents}) => webContents.id === contents.id);
  }

  /** Opens a window; the first one where it stood the last time. */
  async open(): Promise<ShellWindow> {
    const {parts, bounds, preload} = this.options;
    const isFirst = this.firstId === undefined;
    const stored = isFirst ? await bounds.read() : undefined;
    const {isMaximized, ...place} = placeOnScreen(stored, parts.workAreas());
    const window = parts.createWindow({
      ...place,
      minWidth: smallestWindow.width,
      minHeight: smallestWindow.height,
      show: false,
      title: 'd2nn-bench',
      backgroundColor: parts.isDark() ? '#14181d' : '#f4f6f8',
      webPreferences: {
        preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        // A bench is watched from the corner of an eye: a covered window goes on drawing.
        backgroundThrottling: false,
        devTools: !parts.app.isPackaged,
      },
    });
    this.windows.set(window.id, window);
    if (isFirst) this.rememberPlaceOf(window);
    if (isMaximized) window.maximize();
    window.on('ready-to-show', () => window.show());
    window.on('close', (event) => {
      if (this.all.length === 1 && !this.options.mayCloseLast()) event.preventDefault();
    });
    window.on('closed', () => this.forget(window));
    this.watch(window);
    await window.loadURL(pageUrl);
    return window;
  }

  /** Brings a window to the front, or opens one. */
  async focus(): Promise<void> {
    const window = this.all[0];
    if (!window) return void (await this.open());
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** A page asks for its port: it gets one now, or as soon as there is a host. */
  askForPort(contents: ShellContents): void {
    this.asking.add(contents);
    this.givePort(contents);
  }

  /** The host is there, perhaps again: every page that has asked gets a fresh port. */
  givePorts(): void {
    for (const contents of this.asking) this.givePort(contents);
  }

  sendState(state: HostState): void {
    for (const {webContents} of this.all) this.send(webContents, channels.hostState, state);
  }

  sendCommand(command: ShellCommand): void {
    const window = this.all.at(-1);
    if (window) this.send(window.webContents, channels.command, command);
  }

  destroyAll(): void {
    for (const window of this.all) window.destroy();
  }

  private givePort(contents: ShellContents): void {
    const {link, parts} = this.options;
    const window = this.windowOf(contents);
    if (!window || contents.isDestroyed()) return void this.asking.delete(contents);
    if (!link.canConnect) return;
    const {port1, port2} = parts.createChannel();
    // The host listens on its end before the page can speak into the other.
    if (link.connect(port1, window.id, 'admin')) contents.postMessage(channels.port, null, [port2]);
  }

  private send(contents: ShellContents, channel: string, value: unknown): void {
    if (!contents.isDestroyed()) contents.send(channel, value);
  }

  private rememberPlaceOf(window: ShellWindow): void {
    this.firstId = window.id;
    const note = (): void =>
      this.options.bounds.note(() => {
        const {x, y, width, height} = window.getNormalBounds();
        return {x, y, width, height, isMaximized: window.isMaximized()};
      });
    window.on('resize', note);
    window.on('move', note);
    window.on('maximize', note);
    window.on('unmaximize', note);
    // After this the window can no longer be asked.
    window.on('close', () => void this.options.bounds.flush());
  }

  private forget(window: ShellWindow): void {
    this.windows.delete(window.id);
    for (const contents of this.asking) if (contents.isDestroyed()) this.asking.delete(contents);
    if (this.firstId === window.id) this.firstId = undefined;
  }

  /** The run lives in the host: a page that has crashed or hangs is loaded again and catches up. */
  private watch(window: ShellWindow): void {
    const {log, parts} = this.options;
    const {webContents} = window;
    const budget = createRestartBudget();
    webContents.on('render-process-gone', (_event, {reason, exitCode}) => {
      this.asking.delete(webContents);
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      log.write('window', `page ended: ${reason} (${exitCode})`);
      const waitMs = budget.take();
      if (waitMs !== undefined) setTimeout(() => window.isDestroyed() || webContents.reload(), waitMs);
      else void this.askAboutBrokenPage(window, reason);
    });
    webContents.on('did-fail-load', (_event, code, description, url, isMainFrame) => {
      // -3 is a load that was given up for another one.
      if (isMainFrame && code !== -3) log.write('window', `${url} did not load: ${description} (${code})`);
    });
    let box: AbortController | undefined;
    window.on('responsive', () => box?.abort());
    window.on('unresponsive', () => {
      if (box && !box.signal.aborted) return;
      const shown = (box = new AbortController());
      log.write('window', 'page does not answer');
      void parts
        .showMessage(
          {
            type: 'warning',
            title: 'd2nn-bench',
            message: 'This window does not answer.',
            detail: 'The host is another process: instruments and a live run go on.',
            buttons: ['Wait', 'Load the window again', 'STOP everything'],
            defaultId: 0,
            cancelId: 0,
            signal: shown.signal,
          },
          window,
        )
        .then((choice) => {
          const wasClosed = shown.signal.aborted;
          shown.abort();
          if (wasClosed || window.isDestroyed()) return;
          if (choice === 2) this.options.onStop('the shell, because a window did not answer');
          if (choice === 1) webContents.forcefullyCrashRenderer();
        });
    });
  }

  private async askAboutBrokenPage(window: ShellWindow, reason: string): Promise<void> {
    const choice = await this.options.parts.showMessage(
      {
        type: 'error',
        title: 'd2nn-bench',
        message: `The window keeps breaking down (${reason}).`,
        detail: `The host goes on, and so does a live run. What happened is in ${this.options.log.path}.`,
        buttons: ['Load the window again', 'Leave it'],
        defaultId: 0,
        cancelId: 1,
      },
      window,
    );
    if (choice === 0 && !window.isDestroyed()) window.webContents.reload();
  }
}
