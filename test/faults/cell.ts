import {setTimeout as sleepMs} from 'node:timers/promises';
import type {RunStatus} from '../../src/contract/api/index.ts';
import {startFaultBench, type FaultBench} from './fault-bench.ts';
import type {Fault} from './fault-list.ts';
import {baselineOf, differencesFrom, pointsOf, type Baseline} from './measured-points.ts';
import type {StateName} from './state-names.ts';
import {bringInto, clientOf, openBench, type Client, type UnderWay} from './states.ts';

export interface Cell {
  readonly fault: Fault;
  readonly state: StateName;
}

export interface CellOutcome {
  readonly cell: Cell;
  /** How it ended, in few words. */
  readonly ending: string;
  /** Where the rule is not kept. */
  readonly problems: readonly string[];
  /** Why the rule cannot be kept, where it cannot and that was told. */
  readonly cannot: string;
  readonly tookS: number;
}

/** Everything has to have come to an end or a pause within this time, ms of real time. */
const hangMs = 60_000;
/** An instrument that answers no more is shown so within this time, ms of real time. */
const toldMs = 20_000;
/** Measures the plan without any fault. */
export async function measureBaseline(): Promise<Baseline> {
  await using bench = await startFaultBench();
  await openBench(bench, {hasMounts: false});
  const client = clientOf(bench);
  await client.scan.start({plan: {plan: 'grid', widthMm: 4, heightMm: 4, stepMm: 1}, onSettings: 'keep'});
  const run = await settled(client, performance.now());
  if (run?.exitStatus !== 'success') throw new Error(`Without any fault the scan ended: ${run?.reason}`);
  const points = pointsOf(bench, run.runUid ?? '');
  if (points.r.length !== 25) throw new Error(`Without any fault ${points.r.length} points have a signal.`);
  return baselineOf(points);
}

/** Waits until the run has ended or waits for a person; undefined when it does neither in time. */
async function settled(client: Client, sinceMs: number): Promise<RunStatus | undefined> {
  for (;;) {
    const {run, prompt} = await client.bench.status({});
    if (run && (run.state === 'ended' || run.state === 'paused' || prompt)) return run;
    if (performance.now() - sinceMs > hangMs) return undefined;
    await sleepMs(25);
  }
}

/** Brings a bench into the state, lets it go wrong there, and judges what comes of it. */
export async function runCell(cell: Cell, baseline: Baseline): Promise<CellOutcome> {
  const beganMs = performance.now();
  const hasMounts = cell.state === 'correction by mounts';
  const bench = await startFaultBench({hasMounts});
  const judge = new Judge(cell, bench);
  try {
    await openBench(bench, {hasMounts});
    const underWay = await bringInto(cell.state, bench, cell.fault);
    await withLimit(underWay.moment, 'the moment of the fault did not come');
    judge.begin();
    // A person does not wait for the end of a fault.
    const acting = Promise.resolve(cell.fault.act(bench));
    await withLimit(
      Promise.all([acting, cell.state === 'pause' ? sleepMs(1500) : undefined, underWay.after?.()]),
      'what was asked for during the fault did not come back',
    );
    const text = await judge.end(underWay);
    if (underWay.isRun) judge.compare(baseline);
    return judge.outcome(text, (performance.now() - beganMs) / 1000);
  } catch (error) {
    judge.problems.push(error instanceof Error ? error.message : String(error));
    return judge.outcome('', (performance.now() - beganMs) / 1000);
  } finally {
    try {
      await withLimit(Promise.resolve(bench[Symbol.asyncDispose]()), 'bench and host did not close');
    } catch (error) {
      judge.problems.push(error instanceof Error ? error.message : String(error));
    }
  }
}

async function withLimit<T>(work: Promise<T>, complaint: string): Promise<T> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      work,
      sleepMs(hangMs, undefined, {signal: timer.signal}).then(() => {
        throw new Error(`${complaint} within ${hangMs / 1000} s`);
      }),
    ]);
  } finally {
    timer.abort();
  }
}

/** Faults after which no answer comes, while the port stays open. */
const deadWires: ReadonlySet<string> = new Set(['silence', 'wrong baud']);
const motionLine = /^(?:G21G90\S*G53G[01]|\$J=|\$H)/;
/** All that another instrument may hear. */
const identityQuestions = {
  stage: /^(?:\$I\n)*$/,
  lockin: /^(?:\*IDN\?\r)*$/,
  source: /^(?:\*IDN\?\n)*$/,
  mount:
    /^(?:\/\d+ \d+ \d+ get (?:version|device\.id|deviceid|system\.serial|peripheral\.id|peripheralid):[0-9A-F]{2}\n)*$/,
} as const;

class Judge {
  readonly problems: string[] = [];
  #cannot = '';
  readonly #cell: Cell;
  readonly #bench: FaultBench;
  readonly #motionsMs: number[] = [];
  #beganMs = 0;
  #run: RunStatus | undefined;

  constructor(cell: Cell, bench: FaultBench) {
    this.#cell = cell;
    this.#bench = bench;
  }

  begin(): void {
    this.#beganMs = performance.now();
    const {stage, mount} = this.#bench.wires;
    stage.middle.onReply = () => undefined;
    mount.middle.onLine = () => undefined;
    this.#bench.wires.lockin.middle.onLine = () => undefined;
    stage.middle.onLine = (line) => {
      if (motionLine.test(line)) this.#motionsMs.push(performance.now());
    };
  }

  /** Waits for the end, and says how it was. */
  async end({isRun, work}: UnderWay): Promise<string> {
    const client = clientOf(this.#bench);
    if (!isRun) {
      const sentence = work && (await withLimit(work, 'what was asked for did not come back'));
      if (!work || this.#cell.state === 'training') await this.#awaitTold(client);
      await this.#judgeRest(sentence ?? '');
      return this.#restText(client, sentence);
    }
    let run = await settled(client, this.#beganMs);
    if (!run) {
      this.problems.push('the run neither ended nor paused');
      return 'hangs';
    }
    const isPaused = run.state !== 'ended';
    const reason = isPaused ? await pauseText(client, run) : run.reason;
    if (isPaused) {
      await withLimit(client.run.stop({}), 'a paused run could not be stopped');
      run = (await settled(client, performance.now())) ?? run;
    }
    this.#run = run;
    const haltText = this.#cell.state === 'abort' ? await this.#logText(client) : '';
    await this.#judgeRest(`${reason} ${run.reason} ${haltText}`);
    // What stage and source do behind a dead wire is known to nobody.
    const isUnknown = this.#cell.fault.role !== 'lockin' && deadWires.has(this.#cell.fault.name);
    if (isUnknown && this.#cell.state === 'abort' && !/could not be proven/.test(haltText))
      this.problems.push('STOP does not tell what could not be proven');
    if (reason.trim() === '' && run.exitStatus !== 'success')
      this.problems.push(`the run ended as ${run.exitStatus} without a word`);
    if (isPaused) return `pauses: ${brief(reason)}`;
    if (run.exitStatus === 'success') {
      const count = run.kind === 'scan' ? pointsOf(this.#bench, run.runUid ?? '').r.length : 25;
      if (count !== 25) this.problems.push(`a success with ${count} of 25 points`);
      return this.#repeatsOf(run) ? 'goes on, asked again' : 'goes on';
    }
    return `${run.exitStatus === 'abort' ? 'stopped' : 'ends'}: ${brief(reason)}`;
  }

  /** Numbers that count as measured are those of the same place without any fault. */
  compare(baseline: Baseline): void {
    const run = this.#run;
    if (!run?.runUid || run.kind !== 'scan') return;
    this.problems.push(...differencesFrom(baseline, pointsOf(this.#bench, run.runUid)));
  }

  outcome(ending: string, tookS: number): CellOutcome {
    return {cell: this.#cell, ending, problems: this.problems, cannot: this.#cannot, tookS};
  }

  /** RF is off, nothing moves or is told to move, no stranger has heard more than who it is asked to be. */
  async #judgeRest(told: string): Promise<void> {
    const {virtual, wires, violations} = this.#bench;
    const {fault} = this.#cell;
    const endedMs = performance.now();
    const isOff = await comes(() => !virtual.source.core.rf.isOutputOn, 8000);
    if (!isOff) {
      const isTold = /front panel|take its power/i.test(told);
      if (fault.role === 'source' && fault.isCutOff === true && isTold)
        this.#cannot = 'no order reaches the source any more: it is told to switch it off by hand';
      else this.problems.push(`RF stays on${isTold ? '' : ', and nobody is told to switch it off'}`);
    }
    if (!(await comes(() => !virtual.stage.axes.motion.isMoving, 20_000)))
      this.problems.push('the stage goes on moving');
    if (
      !(await comes(
        () => virtual.mounts?.devices.every(({axes}) => !axes.some(({isMoving}) => isMoving)) ?? true,
        20_000,
      ))
    )
      this.problems.push('a mount goes on moving');
    const later = this.#motionsMs.filter((ms) => ms > endedMs);
    if (later.length > 0) this.problems.push(`${later.length} moves were ordered after the end`);
    // One may have been on its way when the wire went dead.
    if (fault.role === 'stage' && deadWires.has(fault.name) && this.#motionsMs.length > 1)
      this.problems.push(`${this.#motionsMs.length} moves were ordered over a dead wire`);
    if (fault.isStranger === true && !identityQuestions[fault.role].test(wires[fault.role].middle.received))
      this.problems.push(
        `another instrument was sent ${JSON.stringify(wires[fault.role].middle.received.slice(0, 80))}`,
      );
    this.problems.push(...violations.slice(0, 1));
  }

  /** Waits until an instrument that answers no more is shown so; gives others time to be tried again. */
  async #awaitTold(client: Client): Promise<void> {
    const {fault} = this.#cell;
    if (fault.isCutOff !== true && !deadWires.has(fault.name)) return void (await sleepMs(3000));
    const endMs = performance.now() + toldMs;
    for (;;) {
      const {instruments} = await client.bench.status({});
      const own = instruments.find(({role}) => role === fault.role);
      if (own?.light === 'fault') return;
      if (performance.now() > endMs) {
        this.problems.push(`the ${fault.role} answers no more and is shown as ${own?.label}`);
        return;
      }
      await sleepMs(50);
    }
  }

  /** What is told of the bench when nothing was asked of it. */
  async #restText(client: Client, sentence: string | undefined): Promise<string> {
    if (sentence !== undefined && sentence !== '') return `refused: ${brief(sentence)}`;
    const {instruments} = await client.bench.status({});
    const {fault, state} = this.#cell;
    const own = instruments.find(({role}) => role === fault.role);
    if (!own) return 'the instrument is not shown';
    const done = state === 'training' ? 'the training ends well; ' : state === 'home' ? 'homed; ' : '';
    const shown = `${own.label}${own.problem === '' ? '' : `: ${own.problem}`}`;
    if (own.light === 'fault' && own.problem.trim() === '')
      this.problems.push(`the ${own.role} shows a fault without a word`);
    return `${done}shown as ${brief(shown)}`;
  }

  async #logText(client: Client): Promise<string> {
    const {entries} = await client.app.log({});
    return entries.map(({text}) => text).join(' ');
  }

  #repeatsOf({runUid}: RunStatus): boolean {
    // A correction records none.
    if (runUid === null) return false;
    const {stop} = this.#bench.on.services.store.getRun(runUid);
    return Object.keys(stop?.repeated_questions ?? {}).length > 0;
  }
}

async function pauseText(client: Client, run: RunStatus): Promise<string> {
  const {prompt} = await client.bench.status({});
  return prompt?.text ?? run.reason;
}

/** True as soon as it is so. */
async function comes(isSo: () => boolean, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > endMs) return false;
    await sleepMs(25);
  }
  return true;
}

const longestText = 90;
/** The beginning of a sentence, for a cell of a table; names of ports are of one machine. */
const brief = (text: string): string => {
  const plain = text
    .replaceAll(/\/tmp\/\S+?(tty-[\w-]+)/g, '$1')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'its port')
    .trim();
  return plain.length <= longestText ? plain : `${plain.slice(0, longestText)}...`;
};
