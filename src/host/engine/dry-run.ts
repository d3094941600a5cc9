import {countOf} from '../../base/count-text.ts';
import {setImmediate as nextTurn} from 'node:timers/promises';
import type {DetectorColumns, DetectorReading} from '../../contract/detector.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import type {DeviceAction, Msg, Plan} from '../../contract/messages.ts';
import {
  columnsOf,
  type DeviceMap,
  deviceOf,
  detectorOf,
  readMsOf,
  stageOf,
  valuesFromReading,
} from './device-values.ts';
import type {DurationProfile} from './pace.ts';

export interface DryRunViolation {
  /** Points recorded before this move. */
  readonly afterPointCount: number;
  readonly device: string;
  readonly targetMm: PositionMm;
  readonly message: string;
}

export interface DryRun {
  /** Points that the plan would record, in all runs and streams. */
  readonly points: number;
  readonly runs: number;
  /** Targets of each move in order, mm; the first `maximumPathCount` of them. */
  readonly path: readonly PositionMm[];
  /** Length of the way of all stages, mm. */
  readonly pathLengthMm: number;
  readonly durationMs: number;
  readonly operatorRequests: number;
  /** The first moves that the soft limits forbid, and how many there are altogether. */
  readonly violations: readonly DryRunViolation[];
  readonly violationCount: number;
  /** Targets of those moves, mm; the first `maximumPathCount` of them. */
  readonly refusedMm: readonly PositionMm[];
  /** For the engine's time left. */
  readonly profile: DurationProfile;
}

/** The signal at a place, in the unit of the detector. */
export type SimulatedSignal = (positionMm: PositionMm) => number;

export interface DryRunOptions {
  readonly devices: DeviceMap;
  /** Where the stages stand now, mm; 0 when it is not said. */
  readonly positionsMm?: ReadonlyMap<string, PositionMm>;
  /** What the detector would say at a place; default a Gaussian beam around 0, 0. */
  readonly simulateSignal?: SimulatedSignal;
  /** Bench time per real time; 1 by default. This computer does not run faster on a fast virtual bench. */
  readonly speed?: number;
  /** Time beside motion and waiting, ms of bench time. */
  readonly overheadMs?: Partial<Overheads>;
}

interface Overheads {
  /** One exchange with an instrument. */
  readonly exchange: number;
  readonly home: number;
  readonly turnOn: number;
  /** auto-range and auto-phase. */
  readonly auto: number;
  readonly operator: number;
}

const defaultOverheads: Overheads = {exchange: 20, home: 15_000, turnOn: 3000, auto: 2000, operator: 0};
/** What this computer needs for an exchange besides the line itself, real ms; measured on virtual benches. */
const computerMs = 2.2;
const maximumPathCount = 1_000_000;
const maximumViolationCount = 20;
/** A plan that goes on beyond this many messages has no end. */
const maximumMessageCount = 100_000_000;

/** The clock is read after so many messages; behind `turnMs` other work of the process gets its turn. */
const messagesPerLook = 64;
const turnMs = 8;

const endlessError = (): BenchError =>
  new BenchError('plan/invalid', 'The plan does not come to an end. Nothing was moved.');

/**
 * Walks a plan with simulated answers: checks every move against the soft limits and estimates the time. Nothing is
 * sent to an instrument. The plan is used up by it; make another one to run.
 */
export function dryRun(plan: Plan<unknown>, options: DryRunOptions): DryRun {
  const walk = new Walk(options);
  let answer: unknown;
  for (let count = 0; ; count++) {
    if (count > maximumMessageCount) throw endlessError();
    const pulled = plan.next(answer);
    if (pulled.done) return walk.result();
    answer = walk.answer(pulled.value);
  }
}

/** As `dryRun`, for plans that take long: other work of the process gets its turn meanwhile, a STOP above all. */
export async function dryRunInTurns(
  plan: Plan<unknown>,
  options: DryRunOptions & {readonly signal?: AbortSignal | undefined},
): Promise<DryRun> {
  const walk = new Walk(options);
  let answer: unknown;
  let lookedMs = performance.now();
  for (let count = 1; ; count++) {
    if (count > maximumMessageCount) throw endlessError();
    const pulled = plan.next(answer);
    if (pulled.done) return walk.result();
    answer = walk.answer(pulled.value);
    if (count % messagesPerLook !== 0 || performance.now() - lookedMs < turnMs) continue;
    await nextTurn();
    options.signal?.throwIfAborted();
    lookedMs = performance.now();
  }
}

/** Throws `motion/limit` when the walked plan would leave the soft limits. */
export function assertWithinLimits({violations, violationCount}: DryRun): void {
  const first = violations[0];
  if (!first) return;
  const others = violationCount > 1 ? ` ${countOf(violationCount, 'move')} of the plan are not allowed.` : '';
  throw new BenchError('motion/limit', `${first.message}${others} Make the scan smaller or shift it.`, {
    details: {violations},
  });
}

class Walk {
  readonly #options: DryRunOptions;
  readonly #overheads: Overheads;
  readonly #simulateSignal: SimulatedSignal;
  readonly #positionsMm: Map<string, PositionMm>;
  readonly #path: PositionMm[] = [];
  readonly #violations: DryRunViolation[] = [];
  readonly #refusedMm: PositionMm[] = [];
  readonly #checkpointMs: number[] = [];
  readonly #runEndMs: number[] = [];
  readonly #sequences = new Map<string, number>();
  #lastPositionMm: PositionMm = {};
  #violationCount = 0;
  #pathLengthMm = 0;
  #points = 0;
  #operatorRequests = 0;
  #ms = 0;

  constructor(options: DryRunOptions) {
    this.#options = options;
    const exchange = Math.max(defaultOverheads.exchange, computerMs * (options.speed ?? 1));
    this.#overheads = {...defaultOverheads, exchange, ...options.overheadMs};
    this.#simulateSignal = options.simulateSignal ?? gaussianSignal;
    this.#positionsMm = new Map(options.positionsMm);
  }

  result(): DryRun {
    return {
      points: this.#points,
      runs: this.#runEndMs.length,
      path: this.#path,
      pathLengthMm: this.#pathLengthMm,
      durationMs: this.#ms,
      operatorRequests: this.#operatorRequests,
      violations: this.#violations,
      violationCount: this.#violationCount,
      refusedMm: this.#refusedMm,
      profile: {
        totalMs: this.#ms,
        checkpointMs: Float64Array.from(this.#checkpointMs),
        runEndMs: this.#runEndMs,
      },
    };
  }

  answer(message: Msg): unknown {
    const {devices} = this.#options;
    switch (message.type) {
      case 'open-run':
        this.#sequences.clear();
        return `dry-run-${this.#runEndMs.length + 1}`;
      case 'close-run':
        this.#runEndMs.push(this.#ms);
        return undefined;
      case 'declare-stream':
        this.#ms += this.#overheads.exchange * message.devices.length;
        return undefined;
      case 'move':
        return this.#move(message.device, message.targetMm);
      case 'read':
        this.#ms += this.#overheads.exchange + readMsOf(devices, message.device);
        return this.#read(message.device);
      case 'record': {
        this.#points++;
        const seqNum = (this.#sequences.get(message.stream) ?? 0) + 1;
        this.#sequences.set(message.stream, seqNum);
        return seqNum;
      }
      case 'settle':
        this.#ms += detectorOf(devices, message.device).settleMs(message.residualRatio);
        return undefined;
      case 'sleep':
        this.#ms += message.ms;
        return undefined;
      case 'set':
        this.#ms += this.#overheads.exchange * Object.keys(message.settings).length;
        return undefined;
      case 'call':
        this.#ms += this.#callMs(message.action);
        deviceOf(devices, message.device);
        // Where homing ends is not known beforehand.
        if (message.action === 'home') this.#positionsMm.delete(message.device);
        return undefined;
      case 'read-settings':
        this.#ms += this.#overheads.exchange;
        return {};
      case 'checkpoint':
        this.#checkpointMs.push(this.#ms);
        return undefined;
      case 'operator':
        this.#operatorRequests++;
        this.#ms += this.#overheads.operator;
        return undefined;
      case 'judge-settings':
      case 'derive':
      case 'distrust':
      case 'compute':
      case 'note':
      case 'progress':
        return undefined;
    }
  }

  #move(role: string, targetMm: PositionMm): PositionMm {
    const stage = stageOf(this.#options.devices, role);
    const fromMm: PositionMm = {
      ...Object.fromEntries(stage.axes.map((axis) => [axis, 0])),
      ...this.#positionsMm.get(role),
    };
    const toMm: PositionMm = {...fromMm, ...targetMm};
    try {
      stage.checkMove(targetMm, this.#positionsMm.get(role) ?? {});
    } catch (error) {
      if (!hasCode(error, 'motion/limit', 'motion/not-homed')) throw error;
      // A stage that is not homed yet will be, or refuses in the real run; it is no property of the plan.
      if (error.code === 'motion/limit') {
        this.#addViolation(role, targetMm, error.message);
        if (this.#refusedMm.length < maximumPathCount) this.#refusedMm.push(toMm);
      }
    }
    this.#ms += stage.estimateMoveMs(fromMm, toMm) + this.#overheads.exchange;
    this.#pathLengthMm += Math.hypot(...stage.axes.map((axis) => (toMm[axis] ?? 0) - (fromMm[axis] ?? 0)));
    this.#positionsMm.set(role, toMm);
    this.#lastPositionMm = toMm;
    if (this.#path.length < maximumPathCount) this.#path.push(toMm);
    return toMm;
  }

  #addViolation(device: string, targetMm: PositionMm, message: string): void {
    this.#violationCount++;
    if (this.#violations.length < maximumViolationCount)
      this.#violations.push({afterPointCount: this.#points, device, targetMm, message});
  }

  #read(role: string): Readonly<Record<string, number>> {
    const device = deviceOf(this.#options.devices, role);
    switch (device.kind) {
      case 'detector':
        return valuesFromReading(
          readingOf(device.declaration, this.#simulateSignal(this.#lastPositionMm)),
          this.#ms,
        );
      case 'stage':
        return Object.fromEntries(
          device.axes.map((axis) => [`${axis}_mm`, this.#positionsMm.get(role)?.[axis] ?? 0]),
        );
      case 'source':
        return {output_frequency_hz: 0, power_dbm: 0, modulation_hz: 0, is_output_on: 1};
      case 'mount':
        return Object.fromEntries(columnsOf(device).map((column) => [column, 0]));
    }
  }

  #callMs(action: DeviceAction): number {
    switch (action) {
      case 'home':
        return this.#overheads.home;
      case 'turn-on':
        return this.#overheads.turnOn;
      case 'auto-phase':
      case 'auto-range':
        return this.#overheads.auto;
      case 'stop':
      case 'turn-off':
      case 'read-state':
        return this.#overheads.exchange;
    }
  }
}

const beamRadiusMm = 10;

/** A beam at the origin (V): plans that search for one end early in a dry run that has none. */
const gaussianSignal: SimulatedSignal = ({x = 0, y = 0}) =>
  1e-3 * Math.exp((-2 * (x * x + y * y)) / beamRadiusMm ** 2);

/** A reading of a signal without an imaginary part. */
const readingOf = ({columns, signal}: DetectorColumns, value: number): DetectorReading =>
  Object.fromEntries(
    columns.map(({name}) => [name, name === signal.column || name === signal.complex?.magnitude ? value : 0]),
  );
