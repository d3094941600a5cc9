import {uptime} from 'node:os';
import {resolve} from 'node:path';
import {createRestartBudget} from '../../base/restart-budget.ts';
import {portText} from '../bench/port-text.ts';
import type {HazardWatch, WatchedInstrument} from '../devices/hazard-watch.ts';
import {thisProcess} from '../files/living-process.ts';
import type {HostLog} from '../services.ts';
import {awaitGuards} from './guard-files.ts';
import {beatMs, defaultHangMs, type GuardedRun, type ToGuard} from './guard-messages.ts';
import {startGuardProcess, type GuardProcess, type StartGuard} from './start-guard.ts';

export interface HostGuardOptions {
  readonly dataPath: string;
  readonly hostId: string;
  /** 1 unless given. */
  readonly timeoutScale: number | undefined;
  /** `D2NN_BENCH_GUARD=off`: none (for a program that is stopped in a debugger); `D2NN_BENCH_HANG_S`: seconds. */
  readonly env: NodeJS.ProcessEnv;
  readonly start?: StartGuard;
  readonly log: HostLog;
  /** This program stood still for so long, s: it was stopped, or the computer slept. */
  readonly onStandstill: (seconds: number) => void;
}

/** The host's end of its guard process, which is started with the first instrument that can do harm. */
export interface HostGuard extends HazardWatch, AsyncDisposable {
  /** The run that is under way from now on; null for none. */
  noteRun(run: GuardedRun | null): void;
}

/** Longer between two beats than this is told, s. */
const standstillS = 4;

export const createHostGuard = (options: HostGuardOptions): HostGuard => new OwnGuard(options);

class OwnGuard implements HostGuard {
  readonly #options: HostGuardOptions;
  readonly #budget = createRestartBudget();
  readonly #instruments = new Map<string, WatchedInstrument>();
  readonly #hazards = new Set<string>();
  #run: GuardedRun | null = null;
  #process: GuardProcess | undefined;
  #starting: Promise<void> | undefined;
  #beat: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(options: HostGuardOptions) {
    this.#options = options;
  }

  async watch(instrument: WatchedInstrument): Promise<(isPossible: boolean) => void> {
    const {dataPath, env} = this.#options;
    // One that an earlier host has left comes first: it is about to make the same instruments safe.
    await awaitGuards(dataPath);
    if (env['D2NN_BENCH_GUARD'] === 'off') return () => undefined;
    await (this.#starting ??= this.#start());
    const id = portText(instrument.config.link);
    this.#instruments.set(id, instrument);
    this.#send({type: 'watch', id, instrument});
    return (isPossible) => this.#noteHazard(id, isPossible);
  }

  noteRun(run: GuardedRun | null): void {
    this.#run = run;
    this.#send({type: 'run', run});
  }

  /** Says good-bye, unless something could not be proven safe: then the guard has its turn after this process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#beat);
    const guard = this.#process;
    this.#process = undefined;
    if (this.#hazards.size === 0) await guard?.send({type: 'bye'});
  }

  #noteHazard(id: string, isPossible: boolean): void {
    if (this.#hazards.has(id) === isPossible) return;
    if (isPossible) this.#hazards.add(id);
    else this.#hazards.delete(id);
    this.#send({type: 'hazard', id, isPossible});
  }

  #say(text: string): void {
    this.#options.log.add({level: 'attention', source: 'app', text, code: null});
  }

  #send(message: ToGuard): void {
    void this.#process?.send(message);
  }

  async #start(): Promise<void> {
    const {dataPath, hostId, timeoutScale = 1, env, start = startGuardProcess} = this.#options;
    const hangS = Number(env['D2NN_BENCH_HANG_S']);
    const hangMs = hangS > 0 ? hangS * 1000 : defaultHangMs;
    const host = await thisProcess();
    if (this.#isEnding) return;
    const guard = start((how) => this.#bury(guard, how));
    if (!guard) {
      this.#say(
        'There is no guard process: when this program dies, RF stays on and stages end their moves until somebody acts.',
      );
      return;
    }
    this.#process = guard;
    this.#send({type: 'hello', host, hostId, dataPath: resolve(dataPath), hangMs, timeoutScale});
    for (const [id, instrument] of this.#instruments) this.#send({type: 'watch', id, instrument});
    for (const id of this.#hazards) this.#send({type: 'hazard', id, isPossible: true});
    this.#send({type: 'run', run: this.#run});
    this.#startBeat();
  }

  #startBeat(): void {
    clearInterval(this.#beat);
    let [beforeMs, beforeS] = [performance.now(), uptime()];
    this.#beat = setInterval(() => {
      // The first does not go on while the computer sleeps, the second does and counts whole seconds.
      const stoodS = Math.max(
        (performance.now() - beforeMs) / 1000,
        // A second that began meanwhile is no standstill.
        uptime() - beforeS - 1,
      );
      [beforeMs, beforeS] = [performance.now(), uptime()];
      if (stoodS > standstillS) this.#options.onStandstill(stoodS);
      this.#send({type: 'beat'});
    }, beatMs).unref();
  }

  /** A guard that ends by itself is replaced, as often as can be meant. */
  #bury(guard: GuardProcess | undefined, how: string): void {
    if (this.#isEnding || this.#process !== guard) return;
    this.#process = undefined;
    const waitMs = this.#budget.take();
    if (waitMs === undefined) {
      this.#say(
        `The guard process ended again (${how}) and is not started any more: when this program dies, RF stays on until somebody acts.`,
      );
      return;
    }
    this.#say(`The guard process ended (${how}) and is started again.`);
    setTimeout(() => {
      this.#starting = this.#start();
    }, waitMs).unref();
  }
}
