/**
 * The parts of Electron that the shell uses, as narrow as it uses them. `index.ts` passes the real ones; everything
 * else of the shell runs under plain Node too, so that its decisions can be tested where Electron's program is missing.
 */

export interface Cancellable {
  preventDefault(): void;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A MessagePort that is only passed on; its own type belongs to Electron. */
export type PortLike = object;

export interface ShellContents {
  readonly id: number;
  getURL(): string;
  isDestroyed(): boolean;
  reload(): void;
  /** Ends a page's process that hangs; `render-process-gone` follows. */
  forcefullyCrashRenderer(): void;
  send(channel: string, ...args: unknown[]): void;
  postMessage(channel: string, message: unknown, transfer?: PortLike[]): void;
  setWindowOpenHandler(handler: (details: {readonly url: string}) => {action: 'deny'}): void;
  on(event: 'will-navigate', listener: (event: Cancellable & {readonly url: string}) => void): unknown;
  on(event: 'will-redirect', listener: (event: Cancellable & {readonly url: string}) => void): unknown;
  on(event: 'will-frame-navigate', listener: (event: Cancellable & {readonly url: string}) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Cancellable) => void): unknown;
  on(
    event: 'render-process-gone',
    listener: (event: unknown, details: {readonly reason: string; readonly exitCode: number}) => void,
  ): unknown;
  on(
    event: 'did-fail-load',
    listener: (event: unknown, code: number, description: string, url: string, isMainFrame: boolean) => void,
  ): unknown;
}

export interface ShellWindow {
  readonly id: number;
  readonly webContents: ShellContents;
  loadURL(url: string): Promise<void>;
  show(): void;
  focus(): void;
  restore(): void;
  maximize(): void;
  destroy(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isDestroyed(): boolean;
  getNormalBounds(): Rectangle;
  on(event: 'close', listener: (event: Cancellable) => void): unknown;
  on(event: 'closed', listener: () => void): unknown;
  on(event: 'ready-to-show', listener: () => void): unknown;
  on(event: 'resize', listener: () => void): unknown;
  on(event: 'move', listener: () => void): unknown;
  on(event: 'maximize', listener: () => void): unknown;
  on(event: 'unmaximize', listener: () => void): unknown;
  on(event: 'unresponsive', listener: () => void): unknown;
  on(event: 'responsive', listener: () => void): unknown;
}

export interface WindowOptions extends Partial<Rectangle> {
  readonly width: number;
  readonly height: number;
  readonly minWidth: number;
  readonly minHeight: number;
  readonly show: boolean;
  readonly title: string;
  readonly backgroundColor: string;
  readonly webPreferences: {
    readonly preload: string;
    readonly contextIsolation: true;
    readonly sandbox: true;
    readonly nodeIntegration: false;
    readonly nodeIntegrationInWorker: false;
    readonly nodeIntegrationInSubFrames: false;
    readonly webSecurity: true;
    readonly allowRunningInsecureContent: false;
    readonly webviewTag: false;
    readonly navigateOnDragDrop: false;
    readonly spellcheck: false;
    readonly backgroundThrottling: false;
    readonly devTools: boolean;
  };
}

/** What a process says. */
export interface TextSource {
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
}

/** The host as a utility process. */
export interface ShellHostProcess {
  readonly pid: number | undefined;
  readonly stdout: TextSource | null;
  readonly stderr: TextSource | null;
  postMessage(message: unknown, transfer?: PortLike[]): void;
  kill(): boolean;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number) => void): void;
}

export interface MessageBox {
  readonly type: 'info' | 'warning' | 'error' | 'question';
  readonly title: string;
  readonly message: string;
  readonly detail?: string;
  readonly buttons: string[];
  readonly defaultId: number;
  readonly cancelId: number;
  /** Closes the box when it is no longer true. */
  readonly signal?: AbortSignal;
}

export interface IpcSender {
  readonly sender: ShellContents;
  readonly senderFrame: {readonly url: string; readonly parent: unknown} | null;
}

export interface ShellSession {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (isGranted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  onBeforeRequest(
    listener: (details: {readonly url: string}, answer: (response: {cancel?: boolean}) => void) => void,
  ): void;
  onDownload(listener: (event: Cancellable, url: string) => void): void;
}

export interface ShellApp {
  readonly isPackaged: boolean;
  requestSingleInstanceLock(): boolean;
  whenReady(): Promise<void>;
  quit(): void;
  exit(code: number): void;
  getPath(name: 'userData' | 'logs'): string;
  on(event: 'second-instance', listener: () => void): unknown;
  on(event: 'window-all-closed', listener: () => void): unknown;
  on(event: 'activate', listener: () => void): unknown;
  on(event: 'before-quit', listener: (event: Cancellable) => void): unknown;
  on(event: 'web-contents-created', listener: (event: unknown, contents: ShellContents) => void): unknown;
  on(
    event: 'certificate-error',
    listener: (
      event: Cancellable,
      contents: unknown,
      url: string,
      error: string,
      certificate: unknown,
      answer: (isTrusted: boolean) => void,
    ) => void,
  ): unknown;
  on(event: 'select-client-certificate', listener: (event: Cancellable) => void): unknown;
  on(event: 'login', listener: (event: Cancellable) => void): unknown;
}

export type MenuRole =
  | 'about'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'toggleDevTools'
  | 'minimize'
  | 'close'
  | 'front';

export interface MenuEntry {
  readonly label?: string;
  readonly role?: MenuRole;
  readonly type?: 'separator';
  readonly accelerator?: string;
  readonly registerAccelerator?: boolean;
  readonly enabled?: boolean;
  readonly submenu?: MenuEntry[];
  readonly click?: () => void;
}

export interface ShellParts {
  readonly platform: NodeJS.Platform;
  /** Command line without the program itself. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Folder that holds package.json and dist. */
  readonly programFolder: string;
  readonly app: ShellApp;
  createWindow(options: WindowOptions): ShellWindow;
  forkHost(entry: string, args: readonly string[], env: NodeJS.ProcessEnv): ShellHostProcess;
  createChannel(): {readonly port1: PortLike; readonly port2: PortLike};
  setMenu(entries: readonly MenuEntry[]): void;
  /** Shows a box over a window, or alone; resolves with the index of the button. */
  showMessage(box: MessageBox, over?: ShellWindow): Promise<number>;
  /** Asks for a file name; undefined when the person cancels. */
  showSaveDialog(suggestedName: string, over?: ShellWindow): Promise<string | undefined>;
  readonly powerSave: {start(kind: 'prevent-app-suspension'): number; stop(id: number): void};
  readonly session: ShellSession;
  /** Serves `app:`; its scheme is registered as standard and secure before the app is ready. */
  servePage(handler: (request: {readonly url: string; readonly method: string}) => Promise<Response>): void;
  openExternal(url: string): Promise<void>;
  /** Resolves with an empty text, or with why not. */
  openPath(path: string): Promise<string>;
  isDark(): boolean;
  workAreas(): readonly Rectangle[];
  /** False when another program has the key. */
  registerGlobalShortcut(accelerator: string, listener: () => void): boolean;
  unregisterGlobalShortcuts(): void;
  /** The machine is about to go down; `preventDefault` asks it to wait. */
  onSystemShutdown(listener: (event: Cancellable) => void): void;
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): void;
  onIpc(channel: string, listener: (event: IpcSender, ...args: unknown[]) => void): void;
  answerIpc(channel: string, answer: (event: IpcSender, ...args: unknown[]) => Promise<unknown>): void;
}
