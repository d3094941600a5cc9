import {waitText} from '../../src/base/duration-text.ts';
import {createTaskQueue} from '../../src/base/queue.ts';
import type {CallOptions, PlateOffset} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {plateAxisNames, plateAxisUnit} from '../../src/contract/plate-labels.ts';
import {msFromS} from '../../src/contract/units.ts';
import {stepsFrom, type MountAxis, type MountPlate} from './mount-axes.ts';
import type {ZaberDynamics} from './zaber-identity.ts';
import {offsetOf, type AxisState, type ZaberReader} from './zaber-reader.ts';
import type {ZaberTrust} from './zaber-trust.ts';
import type {ZaberPlace, ZaberWire} from './zaber-wire.ts';
import {describeFlag} from './zaber-labels.ts';

/** A move may take this much longer than computed before it counts as failed. */
const timeoutFactor = 1.5;
/** For a slow line, and for what an axis does at the end of its way. */
const timeoutMarginMs = 30_000;
const pollMs = 20;
const longestPollMs = 100;
/** Homing, and moves of axes that do not tell their speed. */
const longestWayMs = 60_000;

export type MoveOptions = CallOptions & {
  readonly onProgress?: (now: PlateOffset) => void;
  /** Called for an irregularity that did not end the move. */
  readonly onNotice?: (text: string) => void;
};

/** One motion of a plate, as it was begun. */
interface Motion {
  readonly target: PlateOffset;
  /** Number of stops when it was begun: a higher count ends it. */
  readonly stopCount: number;
  readonly options: MoveOptions;
}

export interface ZaberMotionParts {
  readonly wire: ZaberWire;
  readonly reader: ZaberReader;
  readonly trust: ZaberTrust;
  readonly plates: readonly MountPlate[];
  /** By plate, then by axis as in `plates`; undefined where an axis does not tell its speed. */
  readonly dynamics: readonly (readonly (ZaberDynamics | undefined)[])[];
}

export class ZaberMotion {
  readonly #wire: ZaberWire;
  readonly #reader: ZaberReader;
  readonly #trust: ZaberTrust;
  readonly #plates: ZaberMotionParts['plates'];
  readonly #dynamics: ZaberMotionParts['dynamics'];
  readonly #motions = createTaskQueue();
  #isMoving = false;
  #motionCount = 0;
  #stopCount = 0;
  #stopping: Promise<void> | undefined;
  #unansweredCount = 0;

  constructor({wire, reader, trust, plates, dynamics}: ZaberMotionParts) {
    this.#wire = wire;
    this.#reader = reader;
    this.#trust = trust;
    this.#plates = plates;
    this.#dynamics = dynamics;
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }
  /** Motions that were begun. */
  get motionCount(): number {
    return this.#motionCount;
  }
  /** Commands to move whose reply did not come, since the mount was connected. */
  get unansweredCount(): number {
    return this.#unansweredCount;
  }

  /** Bench time of a move, ms; undefined where an axis that moves does not tell its speed. */
  estimateMs(plate: MountPlate, from: PlateOffset, to: PlateOffset): number | undefined {
    const plateIndex = this.#plates.indexOf(plate);
    let longestMs = 0;
    for (const [index, axis] of plate.axes.entries()) {
      const target = to[axis.name];
      const steps = target === undefined ? 0 : Math.abs(target - (from[axis.name] ?? 0)) / axis.unitPerStep;
      if (steps === 0) continue;
      const dynamics = this.#dynamics[plateIndex]?.[index];
      if (dynamics === undefined) return undefined;
      longestMs = Math.max(longestMs, moveMs(steps, dynamics));
    }
    return longestMs;
  }

  /** Moves axes of a plate to offsets from its zero and resolves with the offset read back. */
  moveTo(plate: MountPlate, target: PlateOffset, options: MoveOptions): Promise<PlateOffset> {
    return this.#run(options, (stopCount) => this.#move(plate, target, stopCount, options));
  }

  async #run<T>(options: CallOptions, motion: (stopCount: number) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    // Counted now: a stop that comes while this motion waits for the one before it ends it, too.
    const stopCount = this.#stopCount;
    await this.#stopping;
    return this.#motions.run(async () => {
      this.#isMoving = true;
      this.#motionCount += 1;
      try {
        this.#assertNotStopped(stopCount);
        this.#wire.link.noteHazard(true);
        const ended = await motion(stopCount);
        this.#wire.link.noteHazard(false);
        return ended;
      } catch (error) {
        // An unanswered or garbled exchange leaves open what moves; whoever aborts wants nothing to move.
        const isOpen = hasCode(error, 'port/timeout', 'device/bad-reply', 'device/refused');
        if (isOpen || options.signal?.aborted === true) await this.stop();
        throw error;
      } finally {
        this.#isMoving = false;
      }
    }, options);
  }

  async #move(
    plate: MountPlate,
    target: PlateOffset,
    stopCount: number,
    options: MoveOptions,
  ): Promise<PlateOffset> {
    const wanted = plate.axes.filter(({name}) => target[name] !== undefined);
    await this.#awaitIdle(plate, 0, stopCount, options);
    // A resolution that another program has changed since makes every step another length.
    if (wanted.some((axis) => this.#trust.microstepsOf(axis) !== undefined))
      await this.#reader.readMicrosteps(plate, options);
    const states = await this.#reader.readAxes(plate, wanted, options);
    await this.#reader.assertNoFault(plate, options);
    return this.#watched(plate, wanted, () =>
      this.#drive(plate, wanted, states, {target, stopCount, options}),
    );
  }

  /** What moves axes, and what is known of their places afterwards. */
  async #watched<Ended extends PlateOffset | undefined>(
    plate: MountPlate,
    axes: readonly MountAxis[],
    motion: () => Promise<Ended>,
  ): Promise<Ended> {
    this.#trust.beginMotion(plate);
    try {
      const ended = await motion();
      this.#trust.endMotion(plate, axes, ended ?? 'counted');
      return ended;
    } catch (error) {
      // Silence in mid-move, or another end of it, may be that of a device that lost its power and its count.
      const isLost = hasCode(error, 'port/timeout', 'port/closed', 'device/bad-reply', 'motion/not-arrived');
      this.#trust.endMotion(plate, axes, isLost ? 'lost' : 'counted');
      throw error;
    }
  }

  /** From states that were read at rest to a target; resolves with the offset read back. */
  async #drive(
    plate: MountPlate,
    wanted: readonly MountAxis[],
    states: readonly AxisState[],
    motion: Motion,
  ): Promise<PlateOffset> {
    const {target, stopCount, options} = motion;
    const {address, axes, number} = plate;
    const send = (open: readonly AxisState[]): Promise<readonly AxisState[]> =>
      this.#reportMoves(plate, open, motion);
    let unanswered = await send(states);
    const arrivedMs = this.estimateMs(plate, offsetOf(states), target) ?? longestWayMs;
    await this.#awaitIdle(plate, arrivedMs, stopCount, options);
    await this.#reader.assertNoFault(plate, options);
    if (unanswered.length > 0) {
      // At rest, and where it stood before: the line was lost on its way to the device, and nothing can still come of it.
      const now = await this.#reader.readAxes(
        plate,
        unanswered.map(({axis}) => axis),
        options,
      );
      const untaken = now.filter(({steps}, i) => steps === unanswered[i].steps);
      unanswered = await send(untaken);
      if (untaken.length > 0) await this.#awaitIdle(plate, arrivedMs, stopCount, options);
      await this.#reader.assertNoFault(plate, options);
    }
    const arrived = offsetOf(await this.#reader.readAxes(plate, axes, options));
    const astray = wanted.filter(
      ({name, tolerance}) => !(Math.abs((arrived[name] ?? Number.NaN) - (target[name] ?? 0)) <= tolerance),
    );
    if (astray.length === 0) return arrived;
    const words = astray.map(
      ({name}) =>
        `${plateAxisNames[name]} ${arrived[name]} instead of ${target[name]} ${plateAxisUnit(name)}`,
    );
    const lost = unanswered.some(({axis}) => astray.includes(axis));
    throw new BenchError(
      'motion/not-arrived',
      `Plate ${number} did not arrive (${this.#wire.from}, device ${address}): ${words.join(', ')}. It stands where it stands ` +
        'and its placement is no longer what was planned; ' +
        (lost
          ? 'the command to move was not answered twice: look at the cable, then move again.'
          : 'look for an obstacle or another program, then move again.'),
      {details: {plate: number, target, arrived}},
    );
  }

  /** Tells axes where to go, each once, and returns those whose reply did not come. */
  async #reportMoves(
    plate: MountPlate,
    states: readonly AxisState[],
    {target, stopCount, options}: Motion,
  ): Promise<readonly AxisState[]> {
    const unanswered: AxisState[] = [];
    for (const state of states) {
      const {axis, steps, zeroSteps, isLost} = state;
      const goal = stepsFrom(axis, zeroSteps, target[axis.name] ?? 0);
      const way = goal - steps;
      if (way === 0) continue;
      this.#assertNotStopped(stopCount);
      // Without reference a device refuses absolute moves.
      const words = isLost ? `move rel ${way}` : `move abs ${goal}`;
      if (!(await this.#instruct(plate, axis, words, options))) unanswered.push(state);
    }
    return unanswered;
  }

  /** False when no reply came: what came of it is then seen by the state, never by sending it again. */
  async #instruct(plate: MountPlate, axis: MountAxis, words: string, options: MoveOptions): Promise<boolean> {
    const place: ZaberPlace = {address: plate.address, axis: axis.axis};
    if (await this.#wire.instruct(place, words, options)) return true;
    this.#unansweredCount += 1;
    options.onNotice?.(
      `The mount of plate ${plate.number} did not answer "${words}" for ${plateAxisNames[axis.name]} in time. ` +
        'It was not sent again: its state was asked until it rested, and its position decided.',
    );
    return false;
  }

  stop(): Promise<void> {
    this.#stopCount += 1;
    this.#stopping ??= this.#stopNow().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #stopNow(): Promise<void> {
    const wire = this.#wire;
    try {
      // The bytes go out first, in the same turn of the event loop; everything else can wait.
      wire.stopAll();
      this.#motions.rejectWaiting(this.#stoppedError());
      wire.link.cancelPending(this.#stoppedError());
      // Each device answers the stop, and so does the one that was being asked.
      await wire.link.drain();
      for (const [index, plate] of this.#plates.entries())
        await this.#awaitIdle(plate, this.#brakingMs(index), this.#stopCount, {});
      wire.link.noteHazard(false);
    } catch (error) {
      throw new BenchError(
        hasCode(error, 'port/closed') ? 'port/closed' : 'device/fault',
        `The ${wire.from} could not be proven at rest: ${(error as Error).message} It may still move: cut its power.`,
        {cause: error},
      );
    }
  }

  /** Drives an axis to its switch; see `PlateMount.home`. */
  home(plate: MountPlate, axis: MountAxis, options: MoveOptions): Promise<void> {
    const {address, number} = plate;
    const place = {address, axis: axis.axis};
    return this.#run(options, async (stopCount) => {
      this.#reader.forget(plate);
      const homeOnce = async (): Promise<boolean> => {
        const isAnswered = await this.#instruct(plate, axis, 'home', options);
        // Its way is not known beforehand: as long as its travel may take.
        await this.#awaitIdle(plate, longestWayMs, stopCount, options);
        await this.#reader.assertNoFault(plate, options);
        return isAnswered;
      };
      const before = await this.#wire.askNumber(place, 'get pos', options);
      await this.#watched(plate, [axis], async () => {
        const isAnswered = await homeOnce();
        // Unanswered, at rest and where it stood: it was not taken. At its switch already, homing again changes nothing.
        if (!isAnswered && (await this.#wire.askNumber(place, 'get pos', options)) === before)
          await homeOnce();
        return undefined;
      });
      const flags = await this.#wire.readFlags(place, options);
      if (flags.includes('WR') || flags.includes('WH'))
        throw new BenchError(
          'motion/not-homed',
          `Homing of ${plateAxisNames[axis.name]} of plate ${number} ended without a reference (${flags.map(describeFlag).join(', ')}).`,
        );
    });
  }

  /** Polls until nothing of a plate moves. Throws `motion/not-arrived` when that takes too long. */
  async #awaitIdle(
    plate: MountPlate,
    estimateMs: number,
    stopCount: number,
    options: MoveOptions,
  ): Promise<void> {
    const {address, number} = plate;
    const {link} = this.#wire;
    const {clock} = link;
    const startMs = clock.nowMs();
    const limitMs = link.limitMs(estimateMs * timeoutFactor + timeoutMarginMs);
    for (;;) {
      const {isBusy} = await this.#wire.ask({address, axis: 0}, '', options);
      this.#assertNotStopped(stopCount);
      if (!isBusy) return;
      if (options.onProgress) options.onProgress(await this.#reader.readOffset(plate, options));
      const elapsedMs = clock.nowMs() - startMs;
      if (elapsedMs > limitMs)
        throw new BenchError(
          'motion/not-arrived',
          `Plate ${number} still moves after ${waitText(elapsedMs)}, where ${waitText(estimateMs)} were computed. ` +
            'Its placement is not known; stop it and look at it.',
          {details: {plate: number}},
        );
      const restMs = Math.min(longestPollMs, Math.max(pollMs, estimateMs - elapsedMs));
      await clock.sleepMs(restMs, {signal: options.signal});
    }
  }

  /** Time in which every axis of a plate comes to rest, ms. */
  #brakingMs(plateIndex: number): number {
    const known = (this.#dynamics[plateIndex] ?? []).filter((dynamics) => dynamics !== undefined);
    return msFromS(Math.max(0, ...known.map(({speed, acceleration}) => speed / acceleration)));
  }

  #assertNotStopped(stopCount: number): void {
    if (this.#stopCount !== stopCount) throw this.#stoppedError();
  }
  #stoppedError(): BenchError {
    return new BenchError(
      'plan/stopped',
      `The move of the ${this.#wire.from} was stopped. The plate is not at its target; read where it is before going on.`,
    );
  }
}

/** Trapezoid, or a triangle where the top speed is not reached. */
const moveMs = (steps: number, {speed, acceleration}: ZaberDynamics): number =>
  msFromS(
    steps >= speed ** 2 / acceleration
      ? steps / speed + speed / acceleration
      : 2 * Math.sqrt(steps / acceleration),
  );
