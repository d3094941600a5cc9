import type {StageConfig} from '../../src/contract/bench-file.ts';
import {createTaskQueue} from '../../src/base/queue.ts';
import type {AxisName, CallOptions, PositionMm} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {planLegs} from './bench-axes.ts';
import type {BenchAxes} from './bench-axes.ts';
import {awaitArrival, timeoutMarginMs} from './grbl-arrival.ts';
import type {MoveOptions} from './grbl-arrival.ts';
import {realtimeBytes} from './grbl-controller.ts';
import type {GrblController} from './grbl-controller.ts';
import {jogDistances} from './grbl-jog.ts';
import {checkWay, freeDistances} from './keep-out.ts';
import {isCriticalAlarm} from './grbl-labels.ts';
import type {GrblMachine} from './grbl-machine.ts';
import {haltAndClear, proveRest} from './grbl-stop.ts';
import {noHomingError, notTrustedError} from './position-trust.ts';
import type {StagePlace} from './stage-place.ts';

/** Positions closer than this are the same when a move is planned; GRBL prints three decimals. */
const resolutionMm = 0.0006;

export interface MovedStage {
  readonly controller: GrblController;
  readonly config: Pick<StageConfig, 'backlashMm' | 'toleranceMm' | 'keepOut' | 'envelopeMm'>;
  readonly benchAxes: BenchAxes;
  readonly machine: GrblMachine;
  readonly place: StagePlace;
}

const axesOf = (partMm: PositionMm): AxisName[] => Object.keys(partMm) as AxisName[];

/** What moves a stage, one motion at a time, and what stops it: moves, homing, jogs. Bench frame; times are bench time. */
export class GrblMotions {
  readonly #stage: MovedStage;
  readonly #motions = createTaskQueue();
  #motionCount = 0;
  #stopCount = 0;
  /** Nothing has arrived since it was homed. */
  #isFirstMove = false;
  #stopping: Promise<void> | undefined;

  constructor(stage: MovedStage) {
    this.#stage = stage;
  }

  /** Motions that the program has begun or stopped. */
  get motionCount(): number {
    return this.#motionCount;
  }

  /**
   * Throws `motion/limit` for a target beyond the limits of the bench file or the travel of the machine, and for a way that
   * enters what is to be kept out of.
   */
  checkMove(targetMm: PositionMm, fromMm: PositionMm | undefined = this.#stage.place.lastMm): void {
    const {benchAxes, machine, config} = this.#stage;
    benchAxes.check(targetMm, fromMm);
    machine.checkTravel(targetMm);
    if (config.keepOut === undefined && config.envelopeMm === undefined) return;
    const startMm = fromMm ?? {};
    // Over its approach or straight: which it will be is known only when the move begins.
    for (const isSeated of [true, false])
      checkWay(
        config,
        startMm,
        this.legs(startMm, targetMm, () => isSeated),
      );
  }

  /** The straight ways of a move, which ends in the direction that takes up the play of every axis. */
  legs(
    fromMm: PositionMm,
    targetMm: PositionMm,
    isSeated: (axis: AxisName) => boolean = this.#stage.place.isSeated,
  ): PositionMm[] {
    return planLegs(fromMm, targetMm, {backlashMm: this.#stage.config.backlashMm, resolutionMm, isSeated});
  }

  assertPositionTrusted(): void {
    const {controller, place} = this.#stage;
    if (controller.isLocked || controller.alarmCode > 0) throw controller.alarmError();
    if (place.trust.isTrusted) return;
    throw notTrustedError(controller.from, place.trust, place.lastMm);
  }

  async moveTo(targetMm: PositionMm, options: MoveOptions): Promise<PositionMm> {
    // Known to be beyond the limits it is refused at once; when its turn comes, it is judged from where the stage is then.
    if (!this.#stage.place.isMoving) this.checkMove(targetMm);
    return this.#inTurn(options, (stopCount) => this.#move(targetMm, stopCount, options));
  }

  async home(options: CallOptions): Promise<void> {
    options.signal?.throwIfAborted();
    const {machine, controller} = this.#stage;
    if (!machine.isHomingOn) throw noHomingError(controller.from);
    await this.#inTurn(options, (stopCount) => this.#home(stopCount, options));
  }

  async startJog(direction: PositionMm, speedMmPerS: number, options: CallOptions): Promise<PositionMm> {
    return this.#inTurn(options, (stopCount) => this.#startJog({direction, speedMmPerS, stopCount}, options));
  }

  /** Runs a motion when those before it have ended. A stop that comes before its turn ends it too. */
  async #inTurn<T>(options: CallOptions, motion: (stopCount: number) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    const stopCount = this.#stopCount;
    await this.#stopping;
    return this.#motions.run(() => this.#guarded(options, () => motion(stopCount)), options);
  }

  /**
   * Runs one motion. After an abort, and after a failure that leaves open what the controller does now, the stage is
   * stopped: a line without its answer may still be in a buffer and move the stage later.
   */
  async #guarded<T>(options: CallOptions, motion: () => Promise<T>): Promise<T> {
    const {place} = this.#stage;
    place.isMoving = true;
    this.#motionCount += 1;
    try {
      return await motion();
    } catch (error) {
      const isOpen = hasCode(error, 'port/timeout', 'device/bad-reply');
      if (isOpen || options.signal?.aborted === true) await this.stop();
      throw error;
    } finally {
      place.isMoving = false;
    }
  }

  async #move(targetMm: PositionMm, stopCount: number, options: MoveOptions): Promise<PositionMm> {
    const {controller, place, machine, benchAxes, config} = this.#stage;
    this.#assertNotStopped(stopCount);
    const fromMm = await place.readBeforeMotion(options);
    this.assertPositionTrusted();
    this.checkMove(targetMm, fromMm);
    const legs = this.legs(fromMm, targetMm);
    await this.#beforeMotion(stopCount);
    const restingMm = place.arrivedAtMm;
    place.leave();
    const isFirst = this.#isFirstMove;
    for (const leg of legs) {
      place.beginLine(axesOf(leg));
      await controller.command(machine.lineFor(leg, isFirst), {signal: options.signal});
      this.#assertNotStopped(stopCount);
    }
    const arrivedMm = await awaitArrival(
      {
        controller,
        axes: benchAxes.names,
        fromMm,
        targetMm,
        estimateMs: machine.timeOfLegsMs(fromMm, legs, isFirst),
        toleranceMm: config.toleranceMm,
        positionFrom: (status) => place.see(status),
        assertGoesOn: () => {
          this.#assertNotStopped(stopCount);
          this.assertPositionTrusted();
        },
        stop: () => this.stop(),
      },
      options,
    );
    this.#isFirstMove = false;
    place.arrive(arrivedMm, {...restingMm, ...targetMm}, axesOf(legs.at(-1) ?? {}));
    return arrivedMm;
  }

  /** What is known of the place is void until the stage rests again; kept before anything that moves is sent. */
  async #beforeMotion(stopCount: number): Promise<void> {
    await this.#stage.place.beforeMotion();
    this.#assertNotStopped(stopCount);
  }

  #assertNotStopped(stopCount: number): void {
    if (this.#stopCount !== stopCount) throw this.#stoppedError();
  }

  #stoppedError(): BenchError {
    return new BenchError(
      'plan/stopped',
      `The move of the ${this.#stage.controller.from} was stopped. It is not at its target; stored points are safe.`,
    );
  }

  async #home(stopCount: number, options: CallOptions): Promise<void> {
    const {controller, place, machine} = this.#stage;
    this.#assertNotStopped(stopCount);
    if (isCriticalAlarm(controller.alarmCode)) await controller.reset(options);
    await this.#beforeMotion(stopCount);
    place.lose('homing did not end');
    place.isHoming = true;
    try {
      await controller.command('$H', {signal: options.signal, timeoutMs: machine.homingTimeoutMs});
    } finally {
      place.isHoming = false;
    }
    const status = await controller.readStatus(options);
    if (status.state !== 'Idle') throw controller.isLocked ? controller.alarmError() : this.#stoppedError();
    place.trust.grant('homing');
    this.#isFirstMove = true;
    place.noteUnlock();
    place.trust.see(place.see(status), true);
    controller.link.noteHazard(false);
  }

  /** Relative motion with the controller's jog command; limits as for a move, but from where the stage is now. */
  async jog(distanceMm: PositionMm, feedMmPerMin: number, options: CallOptions): Promise<void> {
    const stopCount = this.#stopCount;
    const nowMm = await this.#stage.place.readBeforeMotion(options);
    this.assertPositionTrusted();
    const targets = axesOf(distanceMm).map(
      (axis) => [axis, (nowMm[axis] ?? Number.NaN) + (distanceMm[axis] ?? 0)] as const,
    );
    this.checkMove(Object.fromEntries(targets), nowMm);
    await this.#beforeMotion(stopCount);
    await this.#sendJog(distanceMm, feedMmPerMin, options);
  }

  async #startJog(
    asked: {readonly direction: PositionMm; readonly speedMmPerS: number; readonly stopCount: number},
    options: CallOptions,
  ): Promise<PositionMm> {
    const {place, benchAxes, machine, config} = this.#stage;
    const {direction, speedMmPerS, stopCount} = asked;
    this.#assertNotStopped(stopCount);
    const nowMm = await place.readBeforeMotion(options);
    this.assertPositionTrusted();
    const wayMm = jogDistances(benchAxes, direction, nowMm, (axis) => machine.reachMm(axis));
    const distancesMm = freeDistances(config, nowMm, wayMm);
    await this.#beforeMotion(stopCount);
    await this.#sendJog(distancesMm, speedMmPerS * 60, options);
    this.#assertNotStopped(stopCount);
    const ends = benchAxes.names.map(
      (axis) => [axis, (nowMm[axis] ?? 0) + (distancesMm[axis] ?? 0)] as const,
    );
    return Object.fromEntries(ends);
  }

  async #sendJog(distancesMm: PositionMm, feedMmPerMin: number, options: CallOptions): Promise<void> {
    const {controller, machine, place} = this.#stage;
    place.beginLine(axesOf(distancesMm));
    place.leave();
    this.#motionCount += 1;
    place.isJogging = true;
    await controller.command(machine.jogLineFor(distancesMm, feedMmPerMin), options);
  }

  /** Ends a jog and waits for rest. */
  async cancelJog(): Promise<void> {
    const {controller, machine, place} = this.#stage;
    controller.link.realtime(realtimeBytes.jogCancel);
    await controller.awaitRest(machine.brakingMs + timeoutMarginMs);
    place.isJogging = false;
  }

  async endJog(): Promise<PositionMm> {
    // At once, and again behind a start whose answer is still awaited: a cancel ahead of the jog has no effect.
    this.#stage.controller.link.realtime(realtimeBytes.jogCancel);
    return this.#motions.run(async () => {
      await this.cancelJog();
      return this.#stage.place.read({});
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
    const {controller, place, machine} = this.#stage;
    const wasHoming = place.isHoming;
    place.forget();
    this.#motionCount += 1;
    try {
      // The byte goes out first, in the same turn of the event loop; everything else can wait.
      // Homing knows no feed hold.
      const stopReset = wasHoming ? controller.reset() : undefined;
      if (!wasHoming) controller.link.realtime(realtimeBytes.feedHold);
      this.#motions.rejectWaiting(this.#stoppedError());
      controller.link.cancelPending(this.#stoppedError());
      await haltAndClear({controller, place, brakingMs: machine.brakingMs}, stopReset);
      const status = await proveRest(controller);
      place.isJogging = false;
      controller.link.noteHazard(false);
      if (status?.state === 'Idle') place.trust.see(place.see(status, false), true);
    } catch (error) {
      throw new BenchError(
        hasCode(error, 'port/closed') ? 'port/closed' : 'device/fault',
        `The ${controller.from} could not be proven at rest: ${(error as Error).message} ` +
          'It may still move: press its emergency stop.',
        {cause: error},
      );
    }
  }
}
