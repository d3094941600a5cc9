import {countOf} from '../../base/count-text.ts';
import {fork, type ChildProcess} from 'node:child_process';
import {createRestartBudget} from '../../base/restart-budget.ts';
import {
  endingOf,
  endingTexts,
  hostArguments,
  hostEnvironment,
  readFromHost,
  type FromHost,
  type HostOptions,
  type HostTokens,
  type RunState,
  type ToHost,
} from '../../contract/host-process.ts';

export interface SupervisedHost {
  /** File that the host process runs. */
  readonly entry: string;
  readonly options: HostOptions;
  readonly tokens: HostTokens;
  readonly env: NodeJS.ProcessEnv;
  /** Tells a person something, one sentence or line at a time. */
  readonly say: (text: string) => void;
  /** Called at the first start and after every restart. */
  readonly onReady: (ready: Extract<FromHost, {type: 'ready'}>, isFirst: boolean) => void;
  /** Longest time for a safe end before the host is killed, ms. */
  readonly shutDownLimitMs?: number;
}

/** A second Ctrl-C within this time stops a live run, ms. */
const secondCtrlCMs = 5000;

/**
 * Keeps a host process: restarts it on the same port with the same tokens when it dies, and ends it safely when told.
 */
export class HostSupervisor {
  /** The launcher's exit code, once the host has ended for good: 0 after a safe end, 1 otherwise. */
  readonly ended: Promise<number>;
  private readonly launch: SupervisedHost;
  private readonly budget = createRestartBudget();
  private options: HostOptions;
  private child: ChildProcess | undefined;
  private run: RunState | undefined;
  private hasBeenReady = false;
  private fatal: string | undefined;
  private ending: {readonly timer: NodeJS.Timeout; problems?: readonly string[]} | undefined;
  private waitingRestart: NodeJS.Timeout | undefined;
  private askedMs = -Infinity;
  private finish: (code: number) => void = () => undefined;

  constructor(launch: SupervisedHost) {
    this.launch = launch;
    this.options = launch.options;
    this.ended = new Promise((resolve) => (this.finish = resolve));
    this.start();
  }

  /** True as soon as the host has been asked to end. */
  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  /** Ctrl-C: with a live run only the second one within five seconds stops it. */
  interrupt(nowMs = performance.now()): void {
    if (this.ending) return this.launch.say('Still making the bench safe; please wait.');
    if (this.run?.isLive && nowMs - this.askedMs > secondCtrlCMs) {
      this.askedMs = nowMs;
      this.launch.say(
        `A run is live (${describeRun(this.run)}). Press Ctrl-C again within 5 s to stop it and keep its points.`,
      );
      return;
    }
    this.shutDown('Ctrl-C');
  }

  /** Ends the host safely, at once. */
  shutDown(reason: string): void {
    if (this.ending) return;
    this.expectEnd();
    if (!this.child) return this.end(0);
    this.launch.say('Stopping: the source is switched off, stages are stopped, the store is closed ...');
    this.send({type: 'shut-down', reason});
  }

  /** From here on the host's exit is wanted; it must come within a limit. */
  private expectEnd(): void {
    const {shutDownLimitMs = 70_000, say} = this.launch;
    clearTimeout(this.waitingRestart);
    const timer = setTimeout(() => {
      say(
        `The host did not end within ${shutDownLimitMs / 1000} s and was killed. ` +
          'Look at the instruments: the source may be on. Points that were stored are kept.',
      );
      this.child?.kill('SIGKILL');
    }, shutDownLimitMs);
    this.ending = {timer};
  }

  private start(): void {
    const {entry, env, tokens} = this.launch;
    const child = fork(entry, hostArguments(this.options), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // The launcher's stdout holds the address and nothing else.
      stdio: ['ignore', 2, 2, 'ipc'],
      env: {...env, [hostEnvironment.tokens]: JSON.stringify(tokens)},
    });
    this.child = child;
    child.on('message', (message) => {
      const fromHost = readFromHost(message);
      if (fromHost) this.onMessage(fromHost);
    });
    child.once('error', (error) => this.launch.say(`The host process has trouble: ${error.message}`));
    child.once('close', (code, signal) => this.bury(signal ?? `exit code ${code}`, code));
  }

  private onMessage(message: FromHost): void {
    const {say, onReady} = this.launch;
    switch (message.type) {
      case 'ready': {
        const isFirst = !this.hasBeenReady;
        this.hasBeenReady = true;
        if (message.port !== undefined) this.options = {...this.options, httpPort: message.port};
        return onReady(message, isFirst);
      }
      case 'run-state':
        this.run = message;
        return;
      case 'fatal':
        this.fatal = message.message;
        return say(message.message);
      case 'shut-down-done':
        // Unasked when a window ended the program.
        if (!this.ending) this.expectEnd();
        if (this.ending) this.ending.problems = message.problems;
        for (const problem of message.problems) say(problem);
        return;
      case 'starting':
        return this.hasBeenReady ? undefined : say(message.text);
      case 'may-quit':
      case 'halt-done':
        return;
    }
  }

  private bury(how: string, code: number | null): void {
    this.child = undefined;
    const wasLive = this.run?.isLive ?? false;
    this.run = undefined;
    if (this.ending) {
      const {problems} = this.ending;
      // A host opens its bench only after it is ready.
      const isSafe = problems ? problems.length === 0 : !this.hasBeenReady;
      if (problems === undefined && !isSafe)
        this.launch.say(`The host ended (${how}) before it could say that the bench is safe: look at it.`);
      // The person is told whether the program goes on.
      if (problems !== undefined) this.launch.say(`The program ended. ${endingTexts[endingOf(problems)]}`);
      return this.end(isSafe ? 0 : 1);
    }
    if (this.fatal !== undefined) return this.end(code || 1);
    if (!this.hasBeenReady) {
      this.launch.say(`The host could not start (${how}); what it said is above.`);
      return this.end(1);
    }
    const waitMs = this.budget.take();
    const lost = `The host process died (${how})${wasLive ? ' while a run was live: stored points are kept' : ''}.`;
    if (waitMs === undefined) {
      const {limit, windowMs} = this.budget;
      this.launch.say(
        `${lost} It had been restarted ${limit} times in ${windowMs / 1000} s and is not started again. ` +
          'Look at the instruments: the source may be on.',
      );
      return this.end(1);
    }
    this.launch.say(`${lost} Starting it again on the same address ...`);
    this.waitingRestart = setTimeout(() => this.start(), waitMs);
  }

  private end(code: number): void {
    clearTimeout(this.ending?.timer);
    this.finish(code);
  }

  private send(message: ToHost): void {
    // A host that dies in this moment closes its channel; `close` follows and is handled there.
    if (this.child?.connected) this.child.send(message, () => undefined);
  }
}

const describeRun = ({title, pointCount}: RunState): string =>
  `${title}, ${countOf(pointCount, 'point')} so far`;
