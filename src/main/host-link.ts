import {createRestartBudget, type RestartBudget} from '../base/restart-budget.ts';
import {
  endingOf,
  endingTexts,
  readFromHost,
  type FromHost,
  type HostScope,
  type HostState,
  type RunState,
  type ToHost,
} from '../contract/host-process.ts';
import type {RotatingLog} from './rotating-log.ts';
import type {PortLike, ShellHostProcess} from './shell-parts.ts';

export interface HostLinkOptions {
  readonly fork: () => ShellHostProcess;
  readonly log: RotatingLog;
  readonly budget?: RestartBudget;
  /** The host serves clients: for the first time or again. Ports of an earlier host are dead. */
  readonly onReady: () => void;
  readonly onState: (state: HostState) => void;
  readonly onRun: (run: RunState | undefined) => void;
  /** The host has ended for good and nobody asked it to; `sentence` says how. */
  readonly onLost: (sentence: string) => void;
  /** A window ended the program: the bench is safe as far as `shutDown` tells, and the host ends by itself. */
  readonly onEnded: () => void;
}

/** Time in which the process has to end after it has said that the bench is safe, ms. */
const lastWordMs = 1000;

/** How a safe end went: `problems` are sentences about what may not be safe. */
export interface ShutDownResult {
  readonly problems: readonly string[];
}

type Answer<Type extends FromHost['type']> = Extract<FromHost, {type: Type}>;

/** The shell's end of the host process: starts it, starts it again when it dies, and ends it safely. */
export class HostLink {
  private readonly options: HostLinkOptions;
  private readonly budget: RestartBudget;
  private process: ShellHostProcess | undefined;
  private readonly waiting = new Map<FromHost['type'], Set<(answer: FromHost | undefined) => void>>();
  private waitingRestart: NodeJS.Timeout | undefined;
  private isReady = false;
  private isEnding = false;
  private fatal: string | undefined;
  private currentState: HostState = {state: 'starting', text: 'Starting the host.'};
  private currentRun: RunState | undefined;
  private currentDataFolder: string | undefined;

  constructor(options: HostLinkOptions) {
    this.options = options;
    this.budget = options.budget ?? createRestartBudget();
  }

  get state(): HostState {
    return this.currentState;
  }
  /** The run as the host told it last; undefined while there is no host. */
  get run(): RunState | undefined {
    return this.currentRun;
  }
  /** Folder of sessions and reports, once the host has named it. */
  get dataFolder(): string | undefined {
    return this.currentDataFolder;
  }
  get canConnect(): boolean {
    return this.isReady;
  }

  start(): void {
    clearTimeout(this.waitingRestart);
    this.fatal = undefined;
    const process = this.options.fork();
    this.process = process;
    this.options.log.write('shell', `host started as process ${process.pid ?? '?'}`);
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (bytes: Buffer) => this.options.log.write('host', bytes.toString('utf8')));
    process.onMessage((message) => {
      const fromHost = readFromHost(message);
      if (fromHost && this.process === process) this.onMessage(fromHost);
    });
    process.onExit((code) => {
      if (this.process === process) this.bury(code);
    });
  }

  /** Gives a window's end of a channel to the host. False when there is no host to take it. */
  connect(port: PortLike, windowId: number, scope: HostScope): boolean {
    if (!this.isReady || !this.process) return false;
    this.process.postMessage({type: 'connect', scope, windowId} satisfies ToHost, [port]);
    return true;
  }

  /** Stops everything. Resolves with what did not stop, or with undefined when the host does not answer in time. */
  async halt(by: string, limitMs = 3000): Promise<readonly string[] | undefined> {
    this.options.log.write('shell', `STOP by ${by}`);
    return (await this.ask({type: 'halt', by}, 'halt-done', limitMs))?.problems;
  }

  /** Asks whether the program may end; undefined when the host does not answer in time. */
  async mayQuit(limitMs = 2000): Promise<Answer<'may-quit'> | undefined> {
    return await this.ask({type: 'may-quit?'}, 'may-quit', limitMs);
  }

  /** Ends the host safely, within `limitMs`: then it is killed. Never rejects; the second call waits for the first. */
  shutDown(reason: string, limitMs = 30_000): Promise<ShutDownResult> {
    return (this.shuttingDown ??= this.end(reason, limitMs));
  }
  private shuttingDown: Promise<ShutDownResult> | undefined;

  private async end(reason: string, limitMs: number): Promise<ShutDownResult> {
    this.isEnding = true;
    clearTimeout(this.waitingRestart);
    const {process} = this;
    if (!process) return {problems: []};
    this.setState('ended', 'Stopping: the source is switched off, stages are stopped, the store is closed.');
    const exited = new Promise<void>((resolve) => process.onExit(() => resolve()));
    const startedMs = performance.now();
    const answer = await this.ask({type: 'shut-down', reason}, 'shut-down-done', limitMs);
    const leftMs = Math.max(0, limitMs - (performance.now() - startedMs));
    // After its last word the process ends by itself, and there is nothing left that would be worth a wait.
    const waitMs = answer ? lastWordMs : Math.max(lastWordMs, leftMs);
    const hasExited = await Promise.race([exited.then(() => true), sleep(waitMs)]);
    if (!hasExited) process.kill();
    this.options.log.write('shell', `host ended${hasExited ? '' : ' by force'}`);
    if (answer) {
      this.setState('ended', endingTexts[endingOf(answer.problems)]);
      return {problems: answer.problems};
    }
    this.setState('ended', endingTexts['not-proven-safe']);
    const how = hasExited
      ? 'The host ended'
      : `The host did not end within ${limitMs / 1000} s and was killed`;
    return {
      problems: [
        `${how} before it could say that the bench is safe. Look at the instruments: the source may be on. ` +
          'Points that were stored are kept.',
      ],
    };
  }

  private onMessage(message: FromHost): void {
    for (const settle of this.waiting.get(message.type) ?? []) settle(message);
    switch (message.type) {
      case 'starting':
        if (!this.isReady && !this.isEnding) this.setState(this.currentState.state, message.text);
        return;
      case 'ready':
        this.isReady = true;
        this.currentDataFolder = message.dataFolder;
        this.setState('ready', '');
        return this.options.onReady();
      case 'run-state': {
        const {isLive, title, pointCount, timeLeftS} = message;
        return this.setRun({isLive, title, pointCount, timeLeftS});
      }
      case 'fatal':
        this.fatal = message.message;
        return this.options.log.write('shell', `host: ${message.message} (${message.code})`);
      case 'may-quit':
      case 'halt-done':
        return;
      case 'shut-down-done':
        if (this.isEnding) return;
        this.isEnding = true;
        this.shuttingDown = Promise.resolve({problems: message.problems});
        this.setState('ended', endingTexts[endingOf(message.problems)]);
        return this.options.onEnded();
    }
  }

  private bury(code: number): void {
    const wasReady = this.isReady;
    const wasLive = this.currentRun?.isLive ?? false;
    this.process = undefined;
    this.isReady = false;
    this.setRun(undefined);
    for (const settles of this.waiting.values()) for (const settle of settles) settle(undefined);
    this.options.log.write('shell', `host exited with ${code}${this.isEnding ? '' : ', unasked'}`);
    if (this.isEnding) return;
    if (this.fatal !== undefined) return this.lose(this.fatal);
    const what = `The host process ended unexpectedly (code ${code})${
      wasLive ? ' while a run was live; its stored points are kept' : ''
    }.`;
    const waitMs = wasReady || this.currentState.state === 'restarting' ? this.budget.take() : undefined;
    if (waitMs === undefined)
      return this.lose(`${what} Look at the instruments: the source may be on and a stage may be moving.`);
    this.setState('restarting', `${what} It is being started again.`);
    this.waitingRestart = setTimeout(() => this.start(), waitMs);
  }

  private lose(sentence: string): void {
    this.setState('ended', sentence);
    this.options.onLost(sentence);
  }

  private ask<Type extends FromHost['type']>(
    request: ToHost,
    answerType: Type,
    limitMs: number,
  ): Promise<Answer<Type> | undefined> {
    return new Promise((resolve) => {
      if (!this.process) return resolve(undefined);
      const settles = this.waiting.get(answerType) ?? new Set();
      this.waiting.set(answerType, settles);
      const settle = (answer: FromHost | undefined): void => {
        clearTimeout(timer);
        settles.delete(settle);
        // Only answers of this type are kept in this set.
        resolve(answer as Answer<Type> | undefined);
      };
      const timer = setTimeout(() => settle(undefined), limitMs);
      settles.add(settle);
      this.process.postMessage(request);
    });
  }

  private setState(state: HostState['state'], text: string): void {
    this.currentState = {state, text};
    this.options.onState(this.currentState);
  }
  private setRun(run: RunState | undefined): void {
    this.currentRun = run;
    this.options.onRun(run);
  }
}

const sleep = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms));
