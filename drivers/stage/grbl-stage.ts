import type {StageConfig} from '../../src/contract/bench-file.ts';
import {createTaskQueue} from '../../src/base/queue.ts';
import type {
  AxisName,
  CallOptions,
  Condition,
  DeviceIdentity,
  LimitsMm,
  PlaceKeeper,
  PositionMm,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
  TrustBasis,
} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {metaOf, ParameterSet} from '../kit/index.ts';
import type {ActionArgs, Parameter, ParameterMeta, StageDevice} from '../kit/index.ts';
import {createBenchAxes, planLegs} from './bench-axes.ts';
import type {BenchAxes} from './bench-axes.ts';
import {callGrbl, grblActions, grblColumns} from './grbl-actions.ts';
import {awaitArrival, timeoutMarginMs} from './grbl-arrival.ts';
import type {MoveOptions} from './grbl-arrival.ts';
import {factsOfStage} from './grbl-condition.ts';
import {realtimeBytes} from './grbl-controller.ts';
import type {GrblController, MachineStatus} from './grbl-controller.ts';
import {createGrblMachine} from './grbl-machine.ts';
import type {GrblMachine} from './grbl-machine.ts';
import {jogDistances} from './grbl-jog.ts';
import {changedMeaning, givesPositionMeaning} from './grbl-meaning.ts';
import {isAtRest} from './grbl-status.ts';
import {checkMode, createStageCheck} from './grbl-settings-check.ts';
import {isCriticalAlarm} from './grbl-labels.ts';
import {createPositionTrust, noHomingError, notTrustedError, positionText} from './position-trust.ts';
import type {PositionTrust} from './position-trust.ts';

/** Positions closer than this are the same when a move is planned; GRBL prints three decimals. */
const resolutionMm = 0.0006;
/** A stage at rest that nobody moves reports the same place to the last digit; this is beyond rounding, mm. */
const sameRestMm = 0.0025;
const proofCount = 5;

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
  readonly #trust: PositionTrust;
  #lastMm: PositionMm | undefined;
  /** Target of the last move that arrived, as long as nothing else has moved the stage. */
  #arrivedAtMm: PositionMm = {};
  #motionCount = 0;
  /** How often the program itself may have changed whether the stage is locked or knows where it is. */
  #unlockCount = 0;
  /** Where it was last seen at rest while nothing of ours could move it. */
  #restMm: PositionMm | undefined;
  /** As last read: what somebody else changes shows in the next reading. */
  #settings: SettingsSnapshot | undefined;
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
    this.#trust = createPositionTrust(
      config.homeAtStart ? {distrust: 'the stage has not been homed since it was connected'} : 'bench-file',
    );
    this.settingsCheck = createStageCheck({
      config,
      parameters,
      set: (name, value, options) => this.set(name, value, options),
      reset: (options) => controller.reset(options),
    });
    controller.onPositionLost = (reason) => this.#losePosition(reason);
  }

  /** Reads the settings that motion depends on. */
  async refresh(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const settings = await this.#set.snapshot(options);
    const changed = this.#settings === undefined ? '' : changedMeaning(this.#settings, settings);
    if (changed !== '') this.#losePosition(`settings were changed and not by this program: ${changed}`);
    this.#takeSettings(settings);
    return settings;
  }

  #takeSettings(settings: SettingsSnapshot): void {
    this.#settings = settings;
    this.controller.isInch = settings['isReportInInches'] === true;
    this.#machine.update(settings);
  }

  #losePosition(reason: string, lastTrustedMm?: PositionMm): void {
    this.#trust.lose(reason, lastTrustedMm);
    this.#forgetPosition();
  }

  keepPlace(keeper: PlaceKeeper): void {
    this.#trust.keepIn(keeper, this.#lastMm);
  }

  /** What is known of the place is void until the stage rests again; kept before anything that moves is sent. */
  beforeMotion(): Promise<void> {
    return this.#trust.beforeMotion();
  }

  #forgetPosition(): void {
    this.#arrivedAtMm = {};
    this.#seated.clear();
    this.#lastMm = undefined;
    this.#restMm = undefined;
  }

  /** Trusts the position reported now: on `operator`, because a person has confirmed it. */
  trustPosition(basis: TrustBasis = 'operator'): void {
    this.#unlockCount += 1;
    this.#restMm = undefined;
    this.#trust.grant(basis);
    if (this.#lastMm !== undefined) this.#trust.see(this.#lastMm, true);
  }

  distrustPosition(reason: string, lastTrustedMm?: PositionMm): void {
    this.#losePosition(reason, lastTrustedMm);
  }

  get isPositionTrusted(): boolean {
    return this.#trust.isTrusted;
  }
  get distrust(): string {
    return this.#trust.distrust;
  }
  get trustBasis(): TrustBasis | undefined {
    return this.#trust.basis;
  }
  get lastTrustedMm(): PositionMm | undefined {
    return this.#trust.lastTrustedMm;
  }
  get isHomingDue(): boolean {
    return this.controller.isLocked && this.controller.alarmCode === 0;
  }

  checkMove(targetMm: PositionMm, fromMm: PositionMm | undefined = this.#lastMm): void {
    this.#benchAxes.check(targetMm, fromMm);
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

  #positionFrom(status: MachineStatus, isUnderWay = this.#isMoving || this.#isHoming): PositionMm {
    const nowMm = this.#benchAxes.toBench(status.machineMm);
    this.#assessRest(status.state === 'Idle' && !isUnderWay && !this.#isJogging, nowMm);
    this.#trust.see(nowMm, status.state === 'Idle' && !this.#isMoving && !this.#isHoming);
    this.#lastMm = nowMm;
    return nowMm;
  }

  /** The position before something of a motion has been sent. */
  async #readBeforeMotion(options: CallOptions): Promise<PositionMm> {
    return this.#positionFrom(await this.controller.readStatus(options), false);
  }

  /** A stage at rest stays where it was seen: another position without a motion means another scale, or a foreign hand. */
  #assessRest(isQuiet: boolean, nowMm: PositionMm): void {
    if (isQuiet && this.#restMm !== undefined && !this.#isSamePlace(this.#restMm, nowMm))
      this.#losePosition(
        `the reported position went from ${positionText(this.#restMm)} to ${positionText(nowMm)} while nothing ` +
          'was asked to move: steps per mm, unit or offset were changed, or something else moved it',
      );
    this.#restMm = isQuiet ? nowMm : undefined;
  }

  #isSamePlace(oneMm: PositionMm, otherMm: PositionMm): boolean {
    return this.axes.every((axis) => Math.abs((oneMm[axis] ?? 0) - (otherMm[axis] ?? 0)) <= sameRestMm);
  }

  get isLineOpen(): boolean {
    return this.controller.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.controller.link.onClose(listener);
  }

  async readCondition(
    options: CallOptions = {},
  ): Promise<Condition & {readonly positionMm: PositionMm; readonly controllerState: string}> {
    const counts = {motionCount: this.#motionCount, unlockCount: this.#unlockCount};
    const targetMm = this.#arrivedAtMm;
    const status = await this.controller.readStatus(options);
    const positionMm = this.#positionFrom(status);
    const facts = factsOfStage(
      {status, positionMm, distrust: this.distrust},
      {targetMm, toleranceMm: this.config.toleranceMm, ...counts},
    );
    return {facts, positionMm, controllerState: status.state.toLowerCase()};
  }

  async moveTo(targetMm: PositionMm, options: MoveOptions = {}): Promise<PositionMm> {
    // Known to be beyond the limits it is refused at once; when its turn comes, it is judged from where the stage is then.
    if (!this.#isMoving) this.checkMove(targetMm);
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

  assertPositionTrusted(): void {
    const {controller} = this;
    if (controller.isLocked || controller.alarmCode > 0) throw controller.alarmError();
    if (this.#trust.isTrusted) return;
    throw notTrustedError(this.controller.from, this.#trust, this.#lastMm);
  }

  async #move(targetMm: PositionMm, stopCount: number, options: MoveOptions): Promise<PositionMm> {
    this.#assertNotStopped(stopCount);
    const fromMm = await this.#readBeforeMotion(options);
    this.assertPositionTrusted();
    this.checkMove(targetMm, fromMm);
    const legs = this.#legs(fromMm, targetMm, (axis) => this.#seated.has(axis));
    await this.#trust.beforeMotion();
    this.#assertNotStopped(stopCount);
    const restingMm = this.#arrivedAtMm;
    this.#arrivedAtMm = {};
    this.#restMm = undefined;
    for (const leg of legs) {
      for (const axis of Object.keys(leg) as AxisName[]) this.#seated.delete(axis);
      this.#lastMm = undefined;
      await this.controller.command(this.#machine.lineFor(leg), {signal: options.signal});
      this.#assertNotStopped(stopCount);
    }
    const estimateMs = this.#machine.timeOfLegsMs(fromMm, legs);
    const arrivedMm = await awaitArrival(
      {
        controller: this.controller,
        axes: this.axes,
        fromMm,
        targetMm,
        estimateMs,
        toleranceMm: this.config.toleranceMm,
        positionFrom: (status) => this.#positionFrom(status),
        assertGoesOn: () => {
          this.#assertNotStopped(stopCount);
          this.assertPositionTrusted();
        },
        stop: () => this.stop(),
      },
      options,
    );
    this.#restMm = arrivedMm;
    for (const axis of Object.keys(legs.at(-1) ?? {}) as AxisName[]) this.#seated.add(axis);
    this.#arrivedAtMm = {...restingMm, ...targetMm};
    this.#trust.see(arrivedMm, true);
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

  async home(options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (!this.#machine.isHomingOn) throw noHomingError(this.controller.from);
    const stopCount = this.#stopCount;
    await this.#stopping;
    await this.#motions.run(() => this.#guarded(options, () => this.#home(stopCount, options)), options);
  }

  async #home(stopCount: number, options: CallOptions): Promise<void> {
    const {controller} = this;
    this.#assertNotStopped(stopCount);
    if (isCriticalAlarm(controller.alarmCode)) await controller.reset(options);
    await this.#trust.beforeMotion();
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
    this.#trust.grant('homing');
    this.#unlockCount += 1;
    this.#trust.see(this.#positionFrom(status), true);
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
    const nowMm = await this.#readBeforeMotion(options);
    this.assertPositionTrusted();
    this.checkMove({[axis]: (nowMm[axis] ?? Number.NaN) + distanceMm}, nowMm);
    await this.#trust.beforeMotion();
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
    const nowMm = await this.#readBeforeMotion(options);
    this.assertPositionTrusted();
    const distancesMm = jogDistances(this.#benchAxes, direction, nowMm, (axis) =>
      this.#machine.reachMm(axis),
    );
    await this.#trust.beforeMotion();
    this.#assertNotStopped(stopCount);
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
    this.#restMm = undefined;
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
    this.#forgetPosition();
    this.#motionCount += 1;
    try {
      // The byte goes out first, in the same turn of the event loop; everything else can wait.
      // Homing knows no feed hold.
      const stopReset = wasHoming ? controller.reset() : undefined;
      if (!wasHoming) controller.link.realtime(realtimeBytes.feedHold);
      this.#motions.rejectWaiting(this.#stoppedError());
      controller.link.cancelPending(this.#stoppedError());
      await this.#haltAndClear(stopReset);
      const status = await this.#proveRest();
      this.#isJogging = false;
      if (status?.state === 'Idle') this.#trust.see(this.#positionFrom(status, false), true);
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
    let status: MachineStatus;
    try {
      status = await controller.awaitRest(this.#machine.brakingMs + timeoutMarginMs);
    } catch (error) {
      if (hasCode(error, 'port/closed')) throw error;
      // No report of rest: a hard reset is the last means, at the price of the position.
      this.#losePosition('the stage had to be reset while it may have moved');
      await controller.reset();
      return;
    }
    if (controller.isLocked || status.state === 'Sleep') return;
    await this.#emptyAtRest(this.#benchAxes.toBench(status.machineMm));
  }

  /** A reset at rest keeps the position; a board that started anew meanwhile does not. */
  async #emptyAtRest(restMm: PositionMm): Promise<void> {
    const {controller} = this;
    await controller.reset();
    const nowMm = this.#benchAxes.toBench((await controller.readStatus()).machineMm);
    if (!this.#isSamePlace(restMm, nowMm))
      this.#losePosition(
        `after it was stopped at ${positionText(restMm)} it reports ${positionText(nowMm)}`,
        restMm,
      );
  }

  async #proveRest(): Promise<MachineStatus | undefined> {
    if (isCriticalAlarm(this.controller.alarmCode)) return undefined;
    let before = await this.controller.readStatus();
    for (let attempt = 0; attempt < proofCount; attempt++) {
      const now = await this.controller.readStatus();
      if (isAtRest(now) && now.machineMm.every((value, index) => value === before.machineMm[index]))
        return now;
      before = now;
    }
    throw new BenchError('device/fault', 'its position still changes.');
  }

  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    // Whoever has changed something meanwhile: from here on the driver computes with what there is.
    const settings = await this.refresh(options);
    const {state} = await this.controller.readStatus(options);
    return {
      ...settings,
      [checkMode]: state === 'Check',
      isPositionTrusted: this.isPositionTrusted,
      positionTrustBasis: this.trustBasis ?? `none: ${this.distrust}`,
      backlashMm: this.config.backlashMm,
      toleranceMm: this.config.toleranceMm,
    };
  }

  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#set.get(name, options);
  }

  /** Writes a setting. One that changes what a position means ends the trust in it, before it is written. */
  async set(name: string, value: SettingValue, options: CallOptions = {}): Promise<SettingValue> {
    const asked = this.#set.check(name, value);
    if (givesPositionMeaning(name)) {
      await this.readPosition(options);
      const before = await this.#set.get(name, options);
      if (!this.#set.find(name).isSame(asked, before))
        this.#losePosition(`${name} was set from ${String(before)} to ${String(asked)}`);
    }
    const got = await this.#set.set(name, asked, options);
    if (name === 'isReportInInches') this.controller.forgetReports();
    this.#takeSettings(await this.#set.snapshot(options));
    this.#restMm = undefined;
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
      // After a move that failed; a stage that cannot tell leaves its place unknown.
      if (this.#trust.isRestDue && this.controller.link.isOpen)
        await this.readPosition().catch(() => undefined);
    } finally {
      try {
        await this.controller.link.close();
      } finally {
        await this.#trust.close();
      }
    }
  }
}
