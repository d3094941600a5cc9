/**
 * What the host process and whoever started it say to each other. The starter is the Electron shell (the host is a
 * utility process) or the launcher (the host is a Node child): the same plain objects go over `parentPort` or over
 * `process.send`. Requests of a window never come this way; they have a MessagePort or a socket of their own.
 *
 * A host with a parent ignores SIGINT and SIGHUP: a terminal's Ctrl-C reaches the whole group, and it is the parent that
 * asks what to do about a live run. SIGTERM and a closed channel (the parent has died) are a `shut-down`.
 */

/** What a client may do: look, run the bench, or change who may do what. */
export type HostScope = 'read' | 'operate' | 'admin';

/** Addresses of the window's page in a browser, each with the token of its scope in the fragment. */
export type HostUrls = Readonly<Record<HostScope, string>>;

/** Secrets of one start, made by whoever starts the host and kept over a restart of the host. */
export type HostTokens = Readonly<Record<HostScope, string>>;

/** Names in the host's environment. */
export const hostEnvironment = {
  /** `HostTokens` as JSON. */
  tokens: 'D2NN_BENCH_TOKENS',
  /** Data folder, as for every program of d2nn-bench. */
  data: 'D2NN_BENCH_DATA',
  /** Address of a running host that the command line uses instead of one of its own. */
  address: 'D2NN_BENCH_HOST',
  /** Token for it. */
  token: 'D2NN_BENCH_TOKEN',
} as const;

/**
 * Options of a host's command line. `--http-port N` serves browsers on loopback (0: a free port); without it there is
 * no server. `--bench FILE` or `--virtual` chooses the bench, neither lets the window ask. The host reads the rest.
 */
export interface HostOptions {
  readonly httpPort?: number | undefined;
  readonly benchFile?: string | undefined;
  readonly isVirtual?: boolean | undefined;
  readonly seed?: number | undefined;
  /** Bench time per real time, as typed: a number or `instant`. */
  readonly speed?: string | undefined;
  /** Factor on every time limit of the instruments, in `timeoutScaleRange`. */
  readonly timeoutScale?: number | undefined;
}

/** Factors on time limits that can be meant. */
export const timeoutScaleRange = [0.01, 1000] as const;

/** Whether a factor on all time limits is within `timeoutScaleRange`. */
export const isTimeoutScale = (value: number): boolean =>
  value >= timeoutScaleRange[0] && value <= timeoutScaleRange[1];

/** The host's command line for the given options. */
export function hostArguments(options: HostOptions): string[] {
  const {httpPort, benchFile, isVirtual, seed, speed, timeoutScale} = options;
  const list: string[] = [];
  if (httpPort !== undefined) list.push('--http-port', String(httpPort));
  if (benchFile !== undefined) list.push('--bench', benchFile);
  if (isVirtual) list.push('--virtual');
  if (seed !== undefined) list.push('--seed', String(seed));
  if (speed !== undefined) list.push('--speed', speed);
  if (timeoutScale !== undefined) list.push('--timeout-scale', String(timeoutScale));
  return list;
}

/** Parent to host. */
export type ToHost =
  /** Serve this window over the one MessagePort that comes with the message (Electron only). */
  | {readonly type: 'connect'; readonly scope: HostScope; readonly windowId: number}
  /** Stop everything now, as the STOP button does: works while a window hangs. Answered by `halt-done`. */
  | {readonly type: 'halt'; readonly by: string}
  /** May the program end? Answered by `may-quit`. */
  | {readonly type: 'may-quit?'}
  /**
   * Make the bench safe and end: a live run is stopped and keeps its points, source off, stages stopped, store closed,
   * each within a time limit of its own. Answered by `shut-down-done`, after which the process ends by itself.
   */
  | {readonly type: 'shut-down'; readonly reason: string};

/** State of the run, said whenever it changes and not oftener than twice a second. */
export interface RunState {
  readonly isLive: boolean;
  /** The run as a person knows it, such as `run 0147 grid 81x81`; empty when there is none. */
  readonly title: string;
  /** Points that the store has. */
  readonly pointCount: number;
  readonly timeLeftS: number | null;
}

/** Host to parent. */
export type FromHost =
  /** Still on the way up: what it is doing, in words. */
  | {readonly type: 'starting'; readonly text: string}
  /** Serves clients. `hostId` is new for every start of the process. */
  | {
      readonly type: 'ready';
      readonly hostId: string;
      readonly dataFolder: string;
      readonly urls?: HostUrls;
      readonly port?: number;
    }
  | ({readonly type: 'run-state'} & RunState)
  /** `sentence` says what quitting would do to the run, for a person; empty when no run is live. */
  | {readonly type: 'may-quit'; readonly isLive: boolean; readonly sentence: string}
  /** Everything has been asked to stop; `problems` are sentences about what did not. */
  | {readonly type: 'halt-done'; readonly problems: readonly string[]}
  | {readonly type: 'shut-down-done'; readonly problems: readonly string[]}
  /** Cannot start or go on, and a restart would not help. The process ends by itself. */
  | {readonly type: 'fatal'; readonly message: string; readonly code: string};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isUrls = (value: unknown): boolean =>
  isRecord(value) && ['admin', 'operate', 'read'].every((scope) => typeof value[scope] === 'string');
const isOptional = (value: unknown, check: (value: unknown) => boolean): boolean =>
  value === undefined || check(value);
const isNumber = (value: unknown): boolean => typeof value === 'number';

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;
const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';

const fromHostShapes: Readonly<Record<FromHost['type'], Shape>> = {
  starting: {text: isText},
  ready: {
    hostId: isText,
    dataFolder: isText,
    urls: (value) => isOptional(value, isUrls),
    port: (value) => isOptional(value, isNumber),
  },
  'run-state': {
    isLive: isFlag,
    title: isText,
    pointCount: isNumber,
    timeLeftS: (value) => value === null || isNumber(value),
  },
  'may-quit': {isLive: isFlag, sentence: isText},
  'halt-done': {problems: isTexts},
  'shut-down-done': {problems: isTexts},
  fatal: {message: isText, code: isText},
};

const toHostShapes: Readonly<Record<ToHost['type'], Shape>> = {
  connect: {
    scope: (value) => value === 'read' || value === 'operate' || value === 'admin',
    windowId: isNumber,
  },
  halt: {by: isText},
  'may-quit?': {},
  'shut-down': {reason: isText},
};

function hasShape(value: unknown, shapes: Readonly<Record<string, Shape>>): boolean {
  if (!isRecord(value) || typeof value['type'] !== 'string') return false;
  if (!Object.hasOwn(shapes, value['type'])) return false;
  return Object.entries(shapes[value['type']] ?? {}).every(([key, check]) => check(value[key]));
}

/** The message if it is one from a host, else undefined: other things may use the same channel. */
export const readFromHost = (value: unknown): FromHost | undefined =>
  hasShape(value, fromHostShapes) ? (value as FromHost) : undefined;

/** The message if it is one for a host, else undefined. */
export const readToHost = (value: unknown): ToHost | undefined =>
  hasShape(value, toHostShapes) ? (value as ToHost) : undefined;

/** The host as the shell tells the window; the window's own connection tells it the rest. */
export interface HostState {
  readonly state: 'starting' | 'ready' | 'restarting' | 'ended';
  /** One sentence for a person; empty when all is well. */
  readonly text: string;
}

/** What the menu asks of the page. */
export type ShellCommand = 'show-keyboard-map' | 'show-about' | 'show-ports';

/** Type of the window message that carries a fresh MessagePort to the host, in `event.ports[0]`. */
export const portMessageType = 'd2nn-bench:port';

/** The shell as the page sees it: `window.d2nnShell`, absent in a browser. */
export interface ShellBridge {
  readonly kind: 'electron';
  readonly platform: string;
  /** Asks for a MessagePort to the host. It comes as a window message of type `portMessageType`, again after a restart. */
  requestPort(): void;
  /** Hears how the host does, first as it is now; returns the way to stop hearing. */
  onHostState(callback: (state: HostState) => void): () => void;
  /** Hears the menu; returns the way to stop hearing. */
  onCommand(callback: (command: ShellCommand) => void): () => void;
  /** Asks where to save and writes the file whole. Resolves with its path, or null when the person cancelled. */
  saveFile(suggestedName: string, bytes: Uint8Array): Promise<string | null>;
  /**
   * Opens a report or picture that lies in the data folder with the system's own program. Resolves with null, or with
   * a sentence that says why not.
   */
  openDataFile(path: string): Promise<string | null>;
}

declare global {
  interface Window {
    readonly d2nnShell?: ShellBridge;
  }
}

/** How an intended end of the host went, for windows: what goes on behind a connection that ends with it. */
export type HostEnding = 'safe' | 'not-proven-safe';

/** WebSocket close code of an endpoint that goes away (RFC 6455, 7.4.1), with a reason for each ending. */
export const farewell = {
  code: 1001,
  reasons: {
    safe: 'd2nn-bench ends, the bench is safe',
    'not-proven-safe': 'd2nn-bench ends, the bench could not be proven safe',
  },
} as const satisfies {readonly code: number; readonly reasons: Readonly<Record<HostEnding, string>>};

/** What an intended end means, for people: in a window that is left behind, and beside the shell's last box. */
export const endingTexts: Readonly<Record<HostEnding, string>> = {
  safe: 'What was open was made safe first: a run under way was ended and its points are kept, the source was proven off, the stages stand.',
  'not-proven-safe':
    'The bench could NOT be proven safe: look at the source and the stages now. Stored points are kept.',
};

/** How a host ended that left these problems. */
export const endingOf = (problems: readonly string[]): HostEnding =>
  problems.length === 0 ? 'safe' : 'not-proven-safe';

/** Undefined for a connection that was merely lost, or of a host that failed and is started again. */
export const endingFrom = (code: number, reason: string): HostEnding | undefined =>
  code === farewell.code
    ? (['safe', 'not-proven-safe'] as const).find((ending) => farewell.reasons[ending] === reason)
    : undefined;
