import {utcClockText} from '../../base/utc-text.ts';
import type {Clock} from '../../base/clock.ts';
import type {BenchDevice} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, hasCode, isAbort} from '../../contract/errors.ts';
import type {DoubtfulPoints} from '../../contract/run-records.ts';
import {withDeadline} from './deadlines.ts';
import type {DeviceMap} from './device-values.ts';
import type {EventHub, Seen} from './events.ts';
import type {HandlerContext} from './handler-context.ts';
import {ConditionJudge, chopDifference} from './judge-condition.ts';
import {pointsText} from './points-text.ts';
import type {RunDocuments} from './run-documents.ts';
import type {Suspenders} from './suspenders.ts';

/** How often the instruments of a run are looked at. */
export interface WatchSettings {
  /** Bench time between two looks, ms. */
  readonly intervalMs: number;
  /** Points at most between two looks. */
  readonly mostPoints: number;
  /** A fast virtual bench is not looked at more often than this, ms of real time. */
  readonly shortestRealMs: number;
  /** An instrument that has not answered a look by then is silent, ms of real time. */
  readonly deadlineRealMs: number;
}

export const defaultWatch: WatchSettings = {
  intervalMs: 2000,
  mostPoints: 50,
  shortestRealMs: 250,
  deadlineRealMs: 10_000,
};

export interface WatchOptions {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly settings: WatchSettings;
  /** Seconds since the epoch, UTC. */
  readonly utcNowS: () => number;
  /** What is wrong suspends the run where one of them says so, instead of ending it. */
  readonly suspenders?: Suspenders | undefined;
}

/** How the instruments are asked. */
export type LookCall = Pick<HandlerContext, 'signal' | 'callOf'>;

/** A look at everything, or, between runs, at the sources alone; while a run is suspended, at what nobody moves. */
type Extent = 'bench' | 'sources' | 'suspended';

interface Look {
  /** The stages have answered: they may be moved. */
  readonly stages: Promise<unknown>;
  /** All is as it must be; rejects with what is not. */
  readonly done: Promise<void>;
}

interface Answer {
  readonly device: BenchDevice;
  readonly condition: Awaited<ReturnType<BenchDevice['readCondition']>>;
}

/**
 * Looks at the instruments of a run again and again. A point counts only when it lies between two looks that agree with
 * what must be; what was stored since the last such look is in doubt when one does not.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #judge: ConditionJudge;
  #pending: Look | undefined;
  #failure: BenchError | undefined;
  /** The bench was looked at since the run was opened. */
  #isFresh = false;
  /** The last look with which all was well. */
  #good: {
    readonly pointCounts: Readonly<Record<string, number>>;
    readonly utcS: number;
    readonly atMs: number;
    readonly atRealMs: number;
  } | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    const {suspenders} = options;
    this.#judge = new ConditionJudge(
      suspenders && ((role, fact, wanted) => suspenders.takeFact(role, fact, wanted)),
    );
  }

  /** What a look has found wrong; it ends the run. */
  get failure(): BenchError | undefined {
    return this.#failure;
  }

  /** A run begins: none of its points has been vouched for. */
  beginRun(): void {
    this.#isFresh = false;
    this.#options.suspenders?.beginRun();
    if (this.#good) this.#good = {...this.#good, pointCounts: {}};
  }

  /** How long a wait may be before it is looked into, ms of real time. */
  get realIntervalMs(): number {
    const {settings, clock} = this.#options;
    return Math.max(settings.intervalMs / clock.speed, settings.shortestRealMs);
  }

  /** The next checkpoint looks, whatever the time. */
  demand(): void {
    if (this.#good)
      this.#good = {...this.#good, atMs: Number.NEGATIVE_INFINITY, atRealMs: Number.NEGATIVE_INFINITY};
  }

  get isDue(): boolean {
    if (this.#pending) return false;
    if (!this.#good) return true;
    const {clock, documents, settings} = this.#options;
    const {atMs, atRealMs, pointCounts} = this.#good;
    const countThen = Object.values(pointCounts).reduce((sum, count) => sum + count, 0);
    if (documents.pointCount - countThen >= settings.mostPoints) return true;
    return (
      clock.nowMs() - atMs >= settings.intervalMs && performance.now() - atRealMs >= settings.shortestRealMs
    );
  }

  /** Begins a look and resolves when the stages have answered, so that the plan can go on while the others are asked. */
  begin(extent: Extent, call: LookCall): Promise<unknown> {
    return (this.#pending ??= this.#start(extent, call)).stages;
  }

  /** The look under way, if there is one, with what it finds. */
  get pending(): Promise<void> | undefined {
    return this.#pending?.done;
  }

  /** A whole look now, or none where the run has just begun with one. Throws what is not as it must be. */
  async look(call: LookCall, {unlessFresh = false} = {}): Promise<void> {
    await this.#pending?.done;
    if (unlessFresh && this.#isFresh) return;
    this.#pending = this.#start('bench', call);
    await this.#pending.done;
  }

  /** `suspenders` say whether all is well again; throws what else is wrong. */
  async lookSuspended(call: LookCall): Promise<void> {
    await this.#pending?.done;
    this.#pending = this.#start('suspended', call);
    await this.#pending.done;
  }

  async lookAnew(call: LookCall): Promise<void> {
    if (this.#good) this.#good = {...this.#good, pointCounts: this.#options.documents.pointCounts};
    await this.look(call);
  }

  /** Tells what the sources do, and has RF off when a level is above its limit, without judging the rest. */
  async guard(call: LookCall): Promise<void> {
    if (this.#pending) return;
    try {
      for (const device of this.#options.devices.values())
        if (device.kind === 'source') await this.#ask(device, call);
    } catch (error) {
      // Silent or changed: judged when the plan goes on. A level above the limit is judged now.
      if (hasCode(error, 'source/limit')) this.#fail(error, []);
    }
  }

  /**
   * Points of the run under way that do not lie between two checks of the instruments that found all well; undefined for
   * none.
   */
  doubt(why: string, isChanged: boolean): DoubtfulPoints | undefined {
    const points: Record<string, readonly [number, number]> = {};
    for (const [stream, count] of Object.entries(this.#options.documents.pointCounts)) {
      const seen = this.#good?.pointCounts[stream] ?? 0;
      if (count > seen) points[stream] = [seen + 1, count];
    }
    return Object.keys(points).length === 0 ? undefined : {points, why, is_changed: isChanged};
  }

  #start(extent: Extent, call: LookCall): Look {
    const {signal} = call;
    const {devices, clock, documents, utcNowS, suspenders} = this.#options;
    const asked = [...devices.values()].filter(
      ({kind}) => extent === 'bench' || kind === 'source' || (extent === 'suspended' && kind === 'detector'),
    );
    // As it was when the first question went out: what is stored meanwhile belongs to the next look.
    const {pointCounts} = documents;
    const at = {pointCounts, utcS: utcNowS(), atMs: clock.nowMs(), atRealMs: performance.now()};
    const asking = asked.map((device) => this.#ask(device, call));
    const polling =
      extent === 'sources' ? undefined : suspenders?.poll({callOf: call.callOf, devices, nowMs: at.atMs});
    const done = Promise.all([Promise.all(asking), polling])
      .then(
        ([answers]) => {
          const differences = this.#judgeAll(answers);
          if (differences.length > 0) throw this.#fail(undefined, differences);
          if (extent === 'suspended' || (suspenders && suspenders.tripped.size > 0)) return;
          this.#isFresh ||= extent === 'bench';
          // A look at the sources alone does not confirm any point.
          this.#good =
            extent === 'bench' || this.#good === null ? at : {...at, pointCounts: this.#good.pointCounts};
        },
        (error: unknown) => {
          if (isAbort(error) || signal.aborted) throw error;
          throw this.#fail(error, []);
        },
      )
      .finally(() => {
        this.#pending = undefined;
      });
    done.catch(() => undefined); // every caller that awaits it gets the error, and `failure` keeps it
    const stages = asking.filter((_, index) => asked[index]?.kind === 'stage');
    return {done, stages: Promise.allSettled(stages)};
  }

  async #ask(device: BenchDevice, {callOf}: LookCall): Promise<Answer> {
    const {deadlineRealMs} = this.#options.settings;
    try {
      const asking = device.readCondition(callOf(device.role));
      const condition = await withDeadline(asking, deadlineRealMs, `Looking at the ${device.role}`);
      this.#report(device, condition);
      return {device, condition};
    } catch (error) {
      // RF is off by now; what it says of itself is what is shown.
      if (hasCode(error, 'source/limit') && device.kind === 'source')
        await device.readState(callOf(device.role)).then(
          (state) => this.#emit(device.role, {kind: 'source', state}),
          () => undefined, // the error that is thrown on tells enough
        );
      throw error;
    }
  }

  #report(device: BenchDevice, condition: Answer['condition']): void {
    if (!this.#options.hub.hasListeners) return;
    const {role} = device;
    if ('state' in condition) this.#emit(role, {kind: 'source', state: condition.state});
    else if ('plates' in condition) this.#emit(role, {kind: 'mount', plates: condition.plates});
    else if ('positionMm' in condition) {
      const {positionMm, controllerState} = condition;
      this.#emit(role, {kind: 'stage', positionMm, controllerState});
    } else {
      const settings = Object.fromEntries(condition.facts.map(({name, value}) => [name, value]));
      this.#emit(role, {kind: 'detector', settings});
    }
  }

  #emit(device: string, seen: Seen): void {
    this.#options.hub.emit({type: 'look', device, seen});
  }

  #judgeAll(answers: readonly Answer[]): string[] {
    const found = answers.flatMap(({device, condition}) => this.#judge.differencesOf(device.role, condition));
    const differences = found
      .filter(({aspect}) => this.#options.suspenders?.claims(aspect) !== true)
      .map(({text}) => text);
    const [source] = answers.flatMap(({device, condition}) =>
      'state' in condition ? [{role: device.role, ...condition.state}] : [],
    );
    const chop = answers.flatMap(({device, condition}) => {
      if (device.kind !== 'detector' || !source) return [];
      return chopDifference({role: device.role, facts: condition.facts}, source) ?? [];
    });
    // Where something else is wrong already, a chop that is not there is its consequence.
    return found.length > 0 ? differences : chop;
  }

  /** Remembers what ends the run; the first one stays. */
  #fail(error: unknown, differences: readonly string[]): BenchError {
    const found =
      differences.length > 0
        ? `Something changed at the bench: ${differences.join('; ')}.`
        : benchErrorFrom(error).message;
    return (this.#failure ??= new BenchError(
      differences.length > 0 ? 'device/changed' : benchErrorFrom(error).code,
      `${found} ${this.#whenText()} ${this.doubtText()} Find out what did it (an interlock, a front panel, another ` +
        'program, a cable), put it right and measure again.',
      {details: {differences}, cause: error},
    ));
  }

  #whenText(): string {
    const now = utcClockText(this.#options.utcNowS());
    return this.#good
      ? `All was well at ${utcClockText(this.#good.utcS)}; this was found at ${now}.`
      : `This was found at ${now}, by the first look.`;
  }

  /** Which points are in doubt now, in a sentence. */
  doubtText(): string {
    const doubt = this.doubt('', true);
    if (!doubt) return 'No stored point is in doubt.';
    return `In doubt: ${pointsText(doubt.points)} of this run; they are kept and marked, and count for nothing.`;
  }
}
