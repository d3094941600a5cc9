import {createTaskQueue} from '../../src/base/queue.ts';
import type {MountConfig} from '../../src/contract/bench-file.ts';
import type {
  CallOptions,
  Condition,
  DeviceIdentity,
  PlateAxis,
  PlateLimits,
  PlateOffset,
  PlateState,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {msFromS} from '../../src/contract/units.ts';
import type {ActionArgs, MountDevice} from '../kit/index.ts';
import {byAxis, checkTarget, limitsOf, stepsFrom, type MountPlate} from './mount-axes.ts';
import {
  callMountAction,
  getMountValue,
  mountActions,
  mountColumns,
  mountParameters,
  plateValueName,
  readMountSample,
  refuseMountSetting,
} from './mount-by-name.ts';
import {factsOfPlates} from './mount-condition.ts';
import {offsetOf, ZaberLook} from './zaber-look.ts';
import type {ZaberWire} from './zaber-wire.ts';
import {describeFlag} from './zaber-words.ts';

/** How fast an axis goes, steps/s and steps/s^2. */
export interface ZaberDynamics {
  readonly speed: number;
  readonly acceleration: number;
}

/** A move may take this much longer than computed before it counts as failed. */
const timeoutFactor = 1.5;
/** Whatever hangs on an axis may keep it busy after its way is done; one that is stuck says so by a fault. */
const timeoutMarginMs = 30_000;
const pollMs = 20;
const longestPollMs = 100;
const longestHomingMs = 60_000;

type MoveOptions = CallOptions & {onProgress?: (now: PlateOffset) => void};

/** Mounts of plates on a chain of Zaber controllers. Times are bench time. */
export class ZaberMount implements MountDevice {
  readonly kind = 'mount';
  readonly model = 'Zaber ASCII';
  readonly driverName = 'zaber';
  readonly actions = mountActions;
  readonly role: string;
  readonly identity: DeviceIdentity;
  readonly wire: ZaberWire;
  readonly #plates: readonly MountPlate[];
  readonly #eye: ZaberLook;
  /** By plate, then by axis as in #plates. */
  readonly #dynamics: readonly (readonly ZaberDynamics[])[];
  readonly #firmware: readonly string[];
  readonly #motions = createTaskQueue();
  #isMoving = false;
  #motionCount = 0;
  #stopCount = 0;
  #stopping: Promise<void> | undefined;

  constructor(
    wire: ZaberWire,
    config: MountConfig,
    found: {
      readonly plates: readonly MountPlate[];
      readonly dynamics: readonly (readonly ZaberDynamics[])[];
      readonly identity: DeviceIdentity;
      readonly firmware: readonly string[];
    },
  ) {
    this.wire = wire;
    this.#eye = new ZaberLook(wire);
    this.role = config.role;
    this.identity = found.identity;
    this.#plates = found.plates;
    this.#dynamics = found.dynamics;
    this.#firmware = found.firmware;
  }

  get plates(): readonly number[] {
    return this.#plates.map(({number}) => number);
  }
  get parameters() {
    return mountParameters(this);
  }
  get columns() {
    return mountColumns(this);
  }

  get isLineOpen(): boolean {
    return this.wire.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.wire.link.onClose(listener);
  }

  limitsOf(plate: number): PlateLimits {
    return limitsOf(this.#plate(plate));
  }
  correctionLimitsOf(plate: number): PlateOffset {
    return byAxis(this.#plate(plate), ({maxCorrection}) => maxCorrection);
  }
  tolerancesOf(plate: number): PlateOffset {
    return byAxis(this.#plate(plate), ({tolerance}) => tolerance);
  }

  checkMove(plate: number, target: PlateOffset): void {
    checkTarget(this.#plate(plate), target);
  }

  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return getMountValue(this, name, options);
  }
  set(name: string): Promise<SettingValue> {
    return Promise.reject(refuseMountSetting(this, name));
  }
  call(action: string, args: ActionArgs = {}, options: CallOptions = {}): Promise<unknown> {
    return callMountAction(this, action, args, options);
  }
  readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    return readMountSample(this, options);
  }

  estimateMoveMs(plate: number, from: PlateOffset, to: PlateOffset): number {
    const {axes} = this.#plate(plate);
    const times = axes.map((axis, index) => {
      const target = to[axis.name];
      if (target === undefined) return 0;
      return this.#timeMs(plate, index, Math.abs(target - (from[axis.name] ?? 0)) / axis.unitPerStep);
    });
    return Math.max(0, ...times);
  }

  async readOffset(plate: number, options: CallOptions = {}): Promise<PlateOffset> {
    return this.#eye.readOffset(this.#plate(plate), options);
  }

  async readStates(options: CallOptions = {}): Promise<readonly PlateState[]> {
    const states: PlateState[] = [];
    for (const plate of this.#plates) states.push(await this.#eye.readState(plate, options));
    return states;
  }

  async readCondition(
    options: CallOptions = {},
  ): Promise<Condition & {readonly plates: readonly PlateState[]}> {
    const motionCount = this.#motionCount;
    const plates = await this.readStates(options);
    return {plates, facts: factsOfPlates(plates, (plate) => this.tolerancesOf(plate), motionCount)};
  }

  async moveTo(plate: number, target: PlateOffset, options: MoveOptions = {}): Promise<PlateOffset> {
    this.checkMove(plate, target);
    return this.#run(options, (stopCount) => this.#move(plate, target, stopCount, options));
  }

  async #run<T>(options: CallOptions, motion: (stopCount: number) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    // Taken now: a stop that comes before its turn ends it too.
    const stopCount = this.#stopCount;
    await this.#stopping;
    return this.#motions.run(async () => {
      this.#isMoving = true;
      this.#motionCount += 1;
      try {
        this.#assertNotStopped(stopCount);
        return await motion(stopCount);
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
    plate: number,
    target: PlateOffset,
    stopCount: number,
    options: MoveOptions,
  ): Promise<PlateOffset> {
    const own = this.#plate(plate);
    const {address, axes} = own;
    const wanted = axes.filter(({name}) => target[name] !== undefined);
    await this.#awaitIdle(plate, 0, stopCount, options);
    const states = await this.#eye.readAxes(own, wanted, options);
    await this.#eye.assertNoFault(own, options);
    const goals = states.map((state) => stepsFrom(state.axis, state.zeroSteps, target[state.axis.name] ?? 0));
    for (const [i, {place, steps, isLost}] of states.entries()) {
      const way = goals[i] - steps;
      if (way === 0) continue;
      this.#assertNotStopped(stopCount);
      // Without reference a device refuses absolute moves. Never told twice: a second relative move would go on.
      await this.wire.tell(place, isLost ? `move rel ${way}` : `move abs ${goals[i]}`, options);
    }
    await this.#awaitIdle(plate, this.estimateMoveMs(plate, offsetOf(states), target), stopCount, options);
    await this.#eye.assertNoFault(own, options);
    const arrived = offsetOf(await this.#eye.readAxes(own, axes, options));
    const astray = wanted.filter(
      ({name, tolerance}) => !(Math.abs((arrived[name] ?? Number.NaN) - (target[name] ?? 0)) <= tolerance),
    );
    if (astray.length === 0) return arrived;
    const words = astray.map(({name, unit}) => `${name} ${arrived[name]} instead of ${target[name]} ${unit}`);
    throw new BenchError(
      'motion/not-arrived',
      `Plate ${plate} did not arrive (${this.wire.from}, device ${address}): ${words.join(', ')}. It stands where it stands ` +
        'and its placement is no longer what was planned; look for an obstacle or another program, then move again.',
      {details: {plate, target, arrived}},
    );
  }

  stop(): Promise<void> {
    this.#stopCount += 1;
    this.#stopping ??= this.#stopNow().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #stopNow(): Promise<void> {
    const {wire} = this;
    try {
      // The bytes go out first, in the same turn of the event loop; everything else can wait.
      wire.stopAll();
      this.#motions.rejectWaiting(this.#stoppedError());
      wire.link.cancelPending(this.#stoppedError());
      // Each device answers the stop, and so does the one that was being asked.
      await wire.link.drain();
      for (const [index, {number}] of this.#plates.entries())
        await this.#awaitIdle(number, this.#brakingMs(index), this.#stopCount, {});
    } catch (error) {
      throw new BenchError(
        hasCode(error, 'port/closed') ? 'port/closed' : 'device/fault',
        `The ${wire.from} could not be proven at rest: ${(error as Error).message} It may still move: cut its power.`,
        {cause: error},
      );
    }
  }

  async home(plate: number, axisName: PlateAxis, options: CallOptions = {}): Promise<void> {
    const own = this.#plate(plate);
    const {address, axes} = own;
    const axis = axes.find(({name}) => name === axisName);
    if (axis === undefined)
      throw new BenchError(
        'motion/limit',
        `The mount of plate ${plate} has no axis ${axisName}. Nothing moved.`,
      );
    await this.#run(options, async (stopCount) => {
      this.#eye.forget(own);
      await this.wire.tell({address, axis: axis.axis}, 'home', options);
      // Its way is not known beforehand: as long as its travel may take.
      await this.#awaitIdle(plate, longestHomingMs, stopCount, options);
      await this.#eye.assertNoFault(own, options);
      const flags = await this.wire.readFlags({address, axis: axis.axis}, options);
      if (flags.includes('WR'))
        throw new BenchError(
          'motion/not-homed',
          `Homing of ${axisName} of plate ${plate} ended without a reference (${flags.map(describeFlag).join(', ')}).`,
        );
    });
  }

  async clearFaults(plate: number, options: CallOptions = {}): Promise<void> {
    const own = this.#plate(plate);
    this.#eye.forget(own);
    await this.wire.ask({address: own.address, axis: 0}, 'warnings clear', options);
    await this.#eye.assertNoFault(own, options);
  }

  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const settings: Record<string, string | number> = {};
    for (const [index, plate] of this.#plates.entries()) {
      const {number} = plate;
      const {flags, steps, offset} = await this.#eye.look(plate, options);
      settings[`plate${number}Firmware`] = this.#firmware[index];
      settings[`plate${number}Warnings`] = flags.join(' ');
      plate.axes.forEach(({name}, i) => {
        const value = offset[name];
        if (value !== undefined) settings[plateValueName(number, name)] = value;
        settings[`${plateValueName(number, name)}Steps`] = steps[i];
      });
    }
    return settings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#isMoving && this.wire.link.isOpen) await this.stop();
    } finally {
      await this.wire.link.close();
    }
  }

  #plate(number: number): MountPlate {
    const plate = this.#plates.find((candidate) => candidate.number === number);
    if (plate !== undefined) return plate;
    throw new BenchError(
      'device/out-of-range',
      `There is no mount for plate ${number}: the bench file has plates ${this.plates.join(', ')}. Nothing moved.`,
      {details: {plate: number}},
    );
  }

  /** Polls until nothing of a plate moves. Throws `motion/not-arrived` when that takes too long. */
  async #awaitIdle(
    plate: number,
    estimateMs: number,
    stopCount: number,
    options: MoveOptions,
  ): Promise<void> {
    const {address} = this.#plate(plate);
    const {clock} = this.wire.link;
    const startMs = clock.nowMs();
    const limitMs = this.wire.link.limitMs(estimateMs * timeoutFactor + timeoutMarginMs);
    for (;;) {
      const {isBusy} = await this.wire.ask({address, axis: 0}, '', options);
      this.#assertNotStopped(stopCount);
      if (!isBusy) return;
      if (options.onProgress) options.onProgress(await this.readOffset(plate, options));
      const elapsedMs = clock.nowMs() - startMs;
      if (elapsedMs > limitMs)
        throw new BenchError(
          'motion/not-arrived',
          `Plate ${plate} still moves after ${Math.round(elapsedMs)} ms, where ${Math.round(estimateMs)} ms were computed. ` +
            'Its placement is not known; stop it and look at it.',
          {details: {plate}},
        );
      const restMs = Math.min(longestPollMs, Math.max(pollMs, estimateMs - elapsedMs));
      await clock.sleepMs(restMs, {signal: options.signal});
    }
  }

  #timeMs(plate: number, axisIndex: number, steps: number): number {
    const plateIndex = this.#plates.findIndex(({number}) => number === plate);
    const dynamics = this.#dynamics[plateIndex]?.[axisIndex];
    if (dynamics === undefined || steps === 0) return 0;
    const {speed, acceleration} = dynamics;
    // Trapezoid, or a triangle where the top speed is not reached.
    return msFromS(
      steps >= speed ** 2 / acceleration
        ? steps / speed + speed / acceleration
        : 2 * Math.sqrt(steps / acceleration),
    );
  }

  #brakingMs(plateIndex: number): number {
    return msFromS(
      Math.max(0, ...(this.#dynamics[plateIndex] ?? []).map(({speed, acceleration}) => speed / acceleration)),
    );
  }

  #assertNotStopped(stopCount: number): void {
    if (this.#stopCount !== stopCount) throw this.#stoppedError();
  }
  #stoppedError(): BenchError {
    return new BenchError(
      'plan/stopped',
      `The move of the ${this.wire.from} was stopped. The plate is not at its target; read where it is before going on.`,
    );
  }
}
