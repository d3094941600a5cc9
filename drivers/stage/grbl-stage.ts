import {waitText} from '../../src/base/duration-text.ts';
import type {StageConfig} from '../../src/contract/bench-file.ts';
import {createTaskQueue} from '../../src/base/queue.ts';
import type {
  AxisName,
  CallOptions,
  Condition,
  DeviceIdentity,
  LimitsMm,
  MoveProgress,
  PositionMm,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {metaOf, ParameterSet} from '../kit/index.ts';
import type {ActionArgs, Parameter, ParameterMeta, StageDevice} from '../kit/index.ts';
import {createBenchAxes, planLegs} from './bench-axes.ts';
import type {BenchAxes} from './bench-axes.ts';
import {callGrbl, grblActions, grblColumns} from './grbl-actions.ts';
import {factsOfStage} from './grbl-condition.ts';
import {realtimeBytes} from './grbl-controller.ts';
import type {GrblController, MachineStatus} from './grbl-controller.ts';
import {createGrblMachine} from './grbl-machine.ts';
import type {GrblMachine} from './grbl-machine.ts';
import {jogDistances} from './grbl-jog.ts';
import {isAtRest} from './grbl-status.ts';
import {checkMode, createStageCheck} from './grbl-settings-check.ts';
import {isCriticalAlarm} from './grbl-words.ts';

type MoveOptions = CallOptions & {onProgress?: (progress: MoveProgress) => void};

/** Positions closer than this are the same when a move is planned; GRBL prints three decimals. */
const resolutionMm = 0.0006;
/** A move may take this much longer than computed before it counts as failed. */
const timeoutFactor = 1.5;
const timeoutMarginMs = 2000;
/** Reports of rest away from the target, and the time they must span, before a move counts as failed. */
const idleAwayCount = 5;
const idleAwayMs = 250;
const longestPollMs = 100;
const firstPollsAtOnce = 3;
const shortestRestRealMs = 0.5;
const lateSleepsMs = [2, 5, 10, 20, 40, 80];

/** An XY(Z) stage on a GRBL 1.1 controller. Bench frame outside, machine frame on the wire. Times are bench time. */
export class GrblStage implements StageDevice {
  readonly kind = 'stage';
  readonly driverName = 'grbl';
  readonly model: string;
  readonly role: string;
  readonly identity: DeviceIdentity;
  readonly axes: readonly AxisName[];
  readonly limitsMm: LimitsMm;
  readonly parameters: readonly ParameterMeta[];
  readonly actions = grblActions;
  readonly columns;
  readonly controller: GrblController;
  readonly config: StageConfig;
  readonly #benchAxes: BenchAxes;
  readonly #machine: GrblMachine;
  readonly settingsCheck: SettingsCheck;
  readonly #set: ParameterSet;
  readonly #motions = createTaskQueue();
  readonly #seated = new Set<AxisName>();
  /** Why the machine position is not to be trusted; '' when it is. */
  #distrust: string;
  #lastMm: PositionMm | undefined;
  /** Target of the last move that arrived, as long as nothing else has moved the stage. */
  #arrivedAtMm: PositionMm = {};
  #motionCount = 0;
  /** How often the program itself may have changed whether the stage is locked or knows where it is. */
  #unlockCount = 0;
  #isHoming = false;
  #isMoving = false;
  /** A jog was sent and neither ended nor stopped since. */
  #isJogging = false;
  #stopCount = 0;
  #stopping: Promise<void> | undefined;

  constructor(
    controller: GrblController,
    config: StageConfig,
    identity: DeviceIdentity,
    parameters: readonly Parameter[],
  ) {
    this.controller = controller;
    this.config = config;
    this.role = config.role;
    this.identity = identity;
    this.model = identity.model;
    this.#benchAxes = createBenchAxes(config);
    this.axes = this.#benchAxes.names;
    this.limitsMm = this.#benchAxes.limitsMm;
    this.columns = grblColumns(this.axes);
    this.parameters = parameters.map(metaOf);
    this.#set = new ParameterSet(parameters, controller);
    this.#machine = createGrblMachine(this.#benchAxes, config);
    this.#distrust = config.homeAtStart ? 'the stage has not been homed since it was connected' : '';
    this.settingsCheck = createStageCheck({
      config,
      parameters,
      set: (name, value, options) => this.set(name, value, options),
      reset: (options) => controller.reset(options),
    });
    controller.onPositionLost = (reason) => this.#losePosition(reason);
  }

  /** Reads the settings that motion depends on. */
  async refresh(options: CallOptions = {}): Promise<void> {
    this.#adopt(await this.#set.snapshot(options));
  }

  #adopt(settings: SettingsSnapshot): void {
    this.controller.isInch = settings['isReportInInches'] === true;
    this.#machine.update(settings);
  }

  #losePosition(reason: string): void {
    this.#distrust = reason;
    this.#arrivedAtMm = {};
    this.#seated.clear();
    this.#lastMm = undefined;
  }

  /** The operator's word that the machine position is where the stage is. */
  trustPosition(): void {
    this.#distrust = '';
    this.#unlockCount += 1;
  }

  get isPositionTrusted(): boolean {
    return this.#distrust === '';
  }
  get isHomingDue(): boolean {
    return this.controller.isLocked && this.controller.alarmCode === 0;
  }

  checkMove(targetMm: PositionMm): void {
    this.#benchAxes.check(targetMm);
    this.#machine.checkTravel(targetMm);
  }

  estimateMoveMs(fromMm: PositionMm, toMm: PositionMm): number {
    return this.#machine.timeOfLegsMs(
      fromMm,
      this.#legs(fromMm, toMm, () => true),
    );
  }

  #legs(fromMm: PositionMm, targetMm: PositionMm, isSeated: (axis: AxisName) => boolean): PositionMm[] {
    return planLegs(fromMm, targetMm, {backlashMm: this.config.backlashMm, resolutionMm, isSeated});
  }

  async readPosition(options: CallOptions = {}): Promise<PositionMm> {
    return this.#positionFrom(await this.controller.readStatus(options));
  }

  #positionFrom(status: MachineStatus): PositionMm {
    this.#lastMm = this.#benchAxes.toBench(status.machineMm);
    return this.#lastMm;
  }

  get isLineOpen(): boolean {
    return this.controller.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.controller.link.onClose(listener);
  }

  async readCondition(
    options: CallOptions = {},
  ): Promise<Condition & {readonly positionMm: PositionMm; readonly word: string}> {
    const counts = {motionCount: this.#motionCount, unlockCount: this.#unlockCount};
    const targetMm = this.#arrivedAtMm;
    const status = await this.controller.readStatus(options);
    const positionMm = this.#positionFrom(status);
    const facts = factsOfStage(
      {status, positionMm, distrust: this.#distrust},
      {targetMm, toleranceMm: this.config.toleranceMm, ...counts},
    );
    return {facts, positionMm, word: status.state.toLowerCase()};
  }

  async moveTo(targetMm: PositionMm, options: MoveOptions = {}): Promise<PositionMm> {
    this.checkMove(targetMm);
    options.signal?.throwIfAborted();
    // Taken now: a stop that comes before its turn ends it too.
    const stopCount = this.#stopCount;
    await this.#stopping;
    return this.#motions.run(
      () => this.#guarded(options, () => this.#move(targetMm, stopCount, options)),
      options,
    );
  }

  /**
   * Runs one motion. After an abort, and after a failure that leaves open what the controller does now, the stage is
   * stopped: a line without its answer may still be in a buffer and move the stage later.
   */
  async #guarded<T>(options: CallOptions, motion: () => Promise<T>): Promise<T> {
    this.#isMoving = true;
    this.#motionCount += 1;
    try {
      return await motion();
    } catch (error) {
      const isOpen = hasCode(error, 'port/timeout', 'device/bad-reply');
      if (isOpen || options.signal?.aborted === true) await this.stop();
      throw error;
    } finally {
      this.#isMoving = false;
    }
  }

  #assertMayMove(): void {
    const {controller} = this;
    if (controller.isLocked || controller.alarmCode > 0) throw controller.alarmError();
    if (this.#distrust === '') return;
    throw new BenchError(
      'motion/not-homed',
      `The ${controller.from} does not know where it is: ${this.#distrust}. Nothing moved, stored points are safe; home ` +
        'the stage, or, when its position is known to be right, say so (action trust-position, or homeAtStart: false in the bench file).',
      {details: {reason: this.#distrust}},
    );
  }

  async #move(targetMm: PositionMm, stopCount: number, options: MoveOptions): Promise<PositionMm> {
    this.#assertNotStopped(stopCount);
    this.#assertMayMove();
    const fromMm = this.#lastMm ?? (await this.readPosition(options));
    this.#assertMayMove();
    const legs = this.#legs(fromMm, targetMm, (axis) => this.#seated.has(axis));
    this.#assertNotStopped(stopCount);
    const restingMm = this.#arrivedAtMm;
    this.#arrivedAtMm = {};
    for (const leg of legs) {
      for (const axis of Object.keys(leg) as AxisName[]) this.#seated.delete(axis);
      this.#lastMm = undefined;
      await this.controller.command(this.#machine.lineFor(leg), {signal: options.signal});
      this.#assertNotStopped(stopCount);
    }
    const estimateMs = this.#machine.timeOfLegsMs(fromMm, legs);
    const arrivedMm = await this.#awaitArrival({fromMm, targetMm, estimateMs, stopCount}, options);
    for (const axis of Object.keys(legs.at(-1) ?? {}) as AxisName[]) this.#seated.add(axis);
    this.#arrivedAtMm = {...restingMm, ...targetMm};
    return arrivedMm;
  }

  #assertNotStopped(stopCount: number): void {
    if (this.#stopCount !== stopCount) throw this.#stoppedError();
  }

  #stoppedError(): BenchError {
    return new BenchError(
      'plan/stopped',
      `The move of the ${this.controller.from} was stopped. It is not at its target; stored points are safe.`,
    );
  }

  /** `ok` only means planned: arrival is Idle and a position within tolerance. Polls at once, then backs off. */
  async #awaitArrival(
    move: {fromMm: PositionMm; targetMm: PositionMm; estimateMs: number; stopCount: number},
    options: MoveOptions,
  ): Promise<PositionMm> {
    const {clock} = this.controller.link;
    const startMs = clock.nowMs();
    const limitMs = this.controller.link.limitMs(move.estimateMs * timeoutFactor + timeoutMarginMs);
    let awaySinceMs = Number.POSITIVE_INFINITY;
    let awayCount = 0;
    for (let poll = 0; ; poll++) {
      const status = await this.controller.readStatus(options);
      this.#assertNotStopped(move.stopCount);
      const nowMm = this.#positionFrom(status);
      const elapsedMs = clock.nowMs() - startMs;
      options.onProgress?.({startMm: move.fromMm, nowMm, targetMm: move.targetMm});
      if (this.controller.isLocked) throw this.controller.alarmError();
      if (status.state === 'Idle') {
        if (this.#isAt(nowMm, move.targetMm)) return nowMm;
        if (awayCount === 0) awaySinceMs = elapsedMs;
        awayCount += 1;
        if (awayCount >= idleAwayCount && elapsedMs - awaySinceMs > idleAwayMs)
          throw this.#notArrived(move.targetMm, nowMm, 'the stage came to rest elsewhere');
      } else awayCount = 0;
      if (status.state === 'Hold' || status.state === 'Door' || status.state === 'Sleep')
        throw this.#notArrived(
          move.targetMm,
          nowMm,
          `the controller is in the state ${status.state} (button or door)`,
        );
      // A lower rapid or feed override makes a move longer, not wrong.
      const slowest = Math.min(100, ...(status.overridesPercent ?? []).slice(0, 2));
      if (elapsedMs > limitMs * (100 / Math.max(slowest, 1))) {
        await this.stop();
        throw this.#notArrived(
          move.targetMm,
          nowMm,
          `it took more than ${waitText(elapsedMs)} and was stopped`,
        );
      }
      await this.#pauseBeforePoll(poll, move.estimateMs - elapsedMs, options);
    }
  }

  /** Long moves are asked ten times a second, as the firmware advises; around the computed arrival more often. */
  async #pauseBeforePoll(poll: number, remainingMs: number, options: CallOptions): Promise<void> {
    if (poll < firstPollsAtOnce && remainingMs < 5) return;
    const late = lateSleepsMs[Math.min(Math.max(0, poll - firstPollsAtOnce), lateSleepsMs.length - 1)];
    const ms = remainingMs > 2 ? Math.min(remainingMs, longestPollMs) : late;
    // On a fast clock the report itself takes longer than such a rest.
    if (ms / this.controller.link.clock.speed < shortestRestRealMs) return;
    await this.controller.link.clock.sleepMs(ms, {signal: options.signal});
  }

  #isAt(nowMm: PositionMm, targetMm: PositionMm): boolean {
    return this.axes.every((axis) => {
      const target = targetMm[axis];
      return (
        target === undefined || Math.abs((nowMm[axis] ?? Number.NaN) - target) <= this.config.toleranceMm
      );
    });
  }

  #notArrived(targetMm: PositionMm, nowMm: PositionMm, why: string): BenchError {
    const words = this.axes
      .filter((axis) => targetMm[axis] !== undefined)
      .map((axis) => `${axis} at ${nowMm[axis]?.toFixed(3)} mm instead of ${targetMm[axis]?.toFixed(3)} mm`);
    return new BenchError(
      'motion/not-arrived',
      `The ${this.controller.from} did not arrive: ${words.join(', ')}; ${why}. The point was not measured, stored points ` +
        `are safe; look for an obstacle, a lost motor phase or a toleranceMm (${this.config.toleranceMm}) below one step.`,
      {details: {targetMm, nowMm}},
    );
  }

  async home(options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (!this.#machine.isHomingOn)
      throw new BenchError(
        'motion/not-homed',
        `The ${this.controller.from} has no homing cycle ($22=0). Nothing moved; bring the stage to its origin by hand and ` +
          'confirm it (homeAtStart: false in the bench file, or action trust-position), or fit switches and set isHomingOn.',
      );
    const stopCount = this.#stopCount;
    await this.#stopping;
    await this.#motions.run(() => this.#guarded(options, () => this.#home(stopCount, options)), options);
  }

  async #home(stopCount: number, options: CallOptions): Promise<void> {
    const {controller} = this;
    this.#assertNotStopped(stopCount);
    if (isCriticalAlarm(controller.alarmCode)) await controller.reset(options);
    this.#assertNotStopped(stopCount);
    this.#losePosition('homing did not end');
    this.#isHoming = true;
    try {
      await controller.command('$H', {signal: options.signal, timeoutMs: this.#machine.homingTimeoutMs});
    } finally {
      this.#isHoming = false;
    }
    const status = await controller.readStatus(options);
    if (status.state !== 'Idle') throw controller.isLocked ? controller.alarmError() : this.#stoppedError();
    this.#positionFrom(status);
    this.trustPosition();
  }

  planPath(fromMm: PositionMm, targetMm: PositionMm): readonly PositionMm[] {
    return this.#legs(fromMm, targetMm, (axis) => this.#seated.has(axis)).map((leg) => ({...fromMm, ...leg}));
  }

  /** Relative motion with the controller's jog command; limits as for a move, but from where the stage is now. */
  async jog(
    axis: AxisName,
    distanceMm: number,
    feedMmPerMin: number,
    options: CallOptions = {},
  ): Promise<void> {
    const stopCount = this.#stopCount;
    const nowMm = (await this.readPosition(options))[axis];
    this.checkMove({[axis]: (nowMm ?? Number.NaN) + distanceMm});
    this.#assertNotStopped(stopCount);
    await this.#sendJog({[axis]: distanceMm}, feedMmPerMin, options);
  }

  async startJog(direction: PositionMm, speedMmPerS: number, options: CallOptions = {}): Promise<PositionMm> {
    options.signal?.throwIfAborted();
    const stopCount = this.#stopCount;
    await this.#stopping;
    return this.#motions.run(
      () => this.#guarded(options, () => this.#startJog({direction, speedMmPerS, stopCount}, options)),
      options,
    );
  }

  async #startJog(
    asked: {readonly direction: PositionMm; readonly speedMmPerS: number; readonly stopCount: number},
    options: CallOptions,
  ): Promise<PositionMm> {
    const {direction, speedMmPerS, stopCount} = asked;
    this.#assertNotStopped(stopCount);
    this.#assertMayMove();
    const nowMm = await this.readPosition(options);
    this.#assertMayMove();
    this.#assertNotStopped(stopCount);
    const distancesMm = jogDistances(this.#benchAxes, direction, nowMm, (axis) =>
      this.#machine.reachMm(axis),
    );
    await this.#sendJog(distancesMm, speedMmPerS * 60, options);
    this.#assertNotStopped(stopCount);
    const ends = this.axes.map((axis) => [axis, (nowMm[axis] ?? 0) + (distancesMm[axis] ?? 0)] as const);
    return Object.fromEntries(ends);
  }

  async #sendJog(distancesMm: PositionMm, feedMmPerMin: number, options: CallOptions): Promise<void> {
    for (const axis of Object.keys(distancesMm) as AxisName[]) this.#seated.delete(axis);
    this.#lastMm = undefined;
    this.#arrivedAtMm = {};
    this.#motionCount += 1;
    this.#isJogging = true;
    await this.controller.command(this.#machine.jogLineFor(distancesMm, feedMmPerMin), options);
  }

  /** Ends a jog and waits for rest. */
  async cancelJog(): Promise<void> {
    this.controller.link.realtime(realtimeBytes.jogCancel);
    await this.controller.awaitRest(this.#machine.brakingMs + timeoutMarginMs);
    this.#isJogging = false;
  }

  async endJog(): Promise<PositionMm> {
    // At once, and again behind a start whose answer is still awaited: a cancel ahead of the jog has no effect.
    this.controller.link.realtime(realtimeBytes.jogCancel);
    return this.#motions.run(async () => {
      await this.cancelJog();
      return this.readPosition();
    });
  }

  stop(): Promise<void> {
    this.#stopCount += 1;
    this.#stopping ??= this.#stopNow().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #stopNow(): Promise<void> {
    const {controller} = this;
    const wasHoming = this.#isHoming;
    this.#lastMm = undefined;
    this.#arrivedAtMm = {};
    this.#motionCount += 1;
    this.#seated.clear();
    try {
      // The byte goes out first, in the same turn of the event loop; everything else can wait.
      // Homing knows no feed hold.
      const stopReset = wasHoming ? controller.reset() : undefined;
      if (!wasHoming) controller.link.realtime(realtimeBytes.feedHold);
      this.#motions.rejectWaiting(this.#stoppedError());
      controller.link.cancelPending(this.#stoppedError());
      await this.#haltAndClear(stopReset);
      await this.#proveRest();
      this.#isJogging = false;
    } catch (error) {
      throw new BenchError(
        hasCode(error, 'port/closed') ? 'port/closed' : 'device/fault',
        `The ${controller.from} could not be proven at rest: ${(error as Error).message} ` +
          'It may still move: press its emergency stop.',
        {cause: error},
      );
    }
  }

  async #haltAndClear(stopReset: Promise<void> | undefined): Promise<void> {
    const {controller} = this;
    if (stopReset !== undefined) {
      this.#losePosition('homing was stopped');
      await stopReset;
      return;
    }
    if (isCriticalAlarm(controller.alarmCode)) return; // the motors are already off and nothing is answered
    try {
      const status = await controller.awaitRest(this.#machine.brakingMs + timeoutMarginMs);
      if (controller.isLocked || status.state === 'Sleep') return;
    } catch (error) {
      if (hasCode(error, 'port/closed')) throw error;
      // No report of rest: a hard reset is the last means, at the price of the position.
      this.#losePosition('the stage had to be reset while it may have moved');
    }
    await controller.reset();
  }

  async #proveRest(): Promise<void> {
    if (isCriticalAlarm(this.controller.alarmCode)) return;
    let before = await this.controller.readStatus();
    for (let attempt = 0; attempt < idleAwayCount; attempt++) {
      const now = await this.controller.readStatus();
      if (isAtRest(now) && now.machineMm.every((value, index) => value === before.machineMm[index])) return;
      before = now;
    }
    throw new BenchError('device/fault', 'its position still changes.');
  }

  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const settings = await this.#set.snapshot(options);
    // Whoever has changed something meanwhile: from here on the driver computes with what there is.
    this.#adopt(settings);
    const {state} = await this.controller.readStatus(options);
    return {
      ...settings,
      [checkMode]: state === 'Check',
      isPositionTrusted: this.isPositionTrusted,
      backlashMm: this.config.backlashMm,
      toleranceMm: this.config.toleranceMm,
    };
  }

  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#set.get(name, options);
  }

  async set(name: string, value: SettingValue, options: CallOptions = {}): Promise<SettingValue> {
    const got = await this.#set.set(name, value, options);
    await this.refresh(options);
    return got;
  }

  call(action: string, args: ActionArgs = {}, options: CallOptions = {}): Promise<unknown> {
    this.#unlockCount += 1;
    return callGrbl(this, action, args, options);
  }

  async readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    const status = await this.controller.readStatus(options);
    const position = this.#positionFrom(status);
    const columns = this.axes.map((axis) => [`${axis}Mm`, position[axis] ?? Number.NaN] as const);
    return {...Object.fromEntries(columns), state: status.state};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if ((this.#isMoving || this.#isJogging) && this.controller.link.isOpen) await this.stop();
    } finally {
      await this.controller.link.close();
    }
  }
}
