import type {AxisName, CallOptions, PositionMm, TrustBasis} from '../../src/contract/devices.ts';
import type {BenchAxes} from './bench-axes.ts';
import type {GrblController, MachineStatus} from './grbl-controller.ts';
import {positionText} from './position-trust.ts';
import type {PositionTrust} from './position-trust.ts';

/** A stage at rest that nobody moves reports the same place to the last digit; this is beyond rounding, mm. */
const sameRestMm = 0.0025;

/** What the driver knows of a stage's position: the last report, where it came to rest, where it was moved to. */
export class StagePlace {
  readonly trust: PositionTrust;
  readonly #controller: GrblController;
  readonly #benchAxes: BenchAxes;
  readonly #seated = new Set<AxisName>();
  #lastMm: PositionMm | undefined;
  #arrivedAtMm: PositionMm = {};
  /** Where it was last seen at rest while nothing of ours could move it. */
  #restMm: PositionMm | undefined;
  #unlockCount = 0;
  isHoming = false;
  isMoving = false;
  /** A jog was sent and neither ended nor stopped since. */
  isJogging = false;

  constructor(controller: GrblController, benchAxes: BenchAxes, trust: PositionTrust) {
    this.#controller = controller;
    this.#benchAxes = benchAxes;
    this.trust = trust;
  }

  /** As last read; undefined while something may have moved it since. */
  get lastMm(): PositionMm | undefined {
    return this.#lastMm;
  }

  /** Target of the last move that arrived, as long as nothing else has moved the stage. */
  get arrivedAtMm(): PositionMm {
    return this.#arrivedAtMm;
  }

  /** How often the program itself may have changed whether the stage is locked or knows where it is. */
  get unlockCount(): number {
    return this.#unlockCount;
  }

  noteUnlock(): void {
    this.#unlockCount += 1;
  }

  /** The axis was last moved in the direction in which its play is taken up. */
  readonly isSeated = (axis: AxisName): boolean => this.#seated.has(axis);

  async read(options: CallOptions): Promise<PositionMm> {
    return this.see(await this.#controller.readStatus(options));
  }

  /** The position before something of a motion has been sent. */
  async readBeforeMotion(options: CallOptions): Promise<PositionMm> {
    return this.see(await this.#controller.readStatus(options), false);
  }

  /** Takes note of a report; the position in the bench frame. */
  see(status: MachineStatus, isUnderWay = this.isMoving || this.isHoming): PositionMm {
    const nowMm = this.#benchAxes.toBench(status.machineMm);
    this.#assessRest(status.state === 'Idle' && !isUnderWay && !this.isJogging, nowMm);
    const isAtRest = status.state === 'Idle' && !this.isMoving && !this.isHoming;
    this.trust.see(nowMm, isAtRest);
    // A jog that was sent may begin only after a report of rest.
    if (isAtRest && !this.isJogging) this.#controller.link.noteHazard(false);
    this.#lastMm = nowMm;
    return nowMm;
  }

  /** A stage at rest that reports another position without a motion of ours was rescaled, or moved by something else. */
  #assessRest(isQuiet: boolean, nowMm: PositionMm): void {
    if (isQuiet && this.#restMm !== undefined && !this.#isSame(this.#restMm, nowMm))
      this.lose(
        `the reported position went from ${positionText(this.#restMm)} to ${positionText(nowMm)} while nothing ` +
          'was asked to move: steps per mm, unit or offset were changed, or something else moved it',
      );
    this.#restMm = isQuiet ? nowMm : undefined;
  }

  #isSame(oneMm: PositionMm, otherMm: PositionMm): boolean {
    return this.#benchAxes.names.every(
      (axis) => Math.abs((oneMm[axis] ?? 0) - (otherMm[axis] ?? 0)) <= sameRestMm,
    );
  }

  /** Before anything that moves is sent: what is known of the place is void until the stage rests again. */
  beforeMotion(): Promise<void> {
    this.#controller.link.noteHazard(true);
    return this.trust.beforeMotion();
  }

  /** A reset at rest keeps the position; a board that started anew meanwhile does not. */
  async compareAfterReset(before: MachineStatus): Promise<void> {
    const restMm = this.#benchAxes.toBench(before.machineMm);
    const nowMm = this.#benchAxes.toBench((await this.#controller.readStatus()).machineMm);
    if (!this.#isSame(restMm, nowMm))
      this.lose(`after it was stopped at ${positionText(restMm)} it reports ${positionText(nowMm)}`, restMm);
  }

  /** The position is not trusted any more. */
  lose(reason: string, lastTrustedMm?: PositionMm): void {
    this.trust.lose(reason, lastTrustedMm);
    this.forget();
  }

  forget(): void {
    this.#arrivedAtMm = {};
    this.#seated.clear();
    this.#lastMm = undefined;
    this.forgetRest();
  }

  /** What was seen at rest is no measure any more for what is seen next. */
  forgetRest(): void {
    this.#restMm = undefined;
  }

  /** Trusts the position reported now. */
  grant(basis: TrustBasis): void {
    this.noteUnlock();
    this.forgetRest();
    this.trust.grant(basis);
    if (this.#lastMm !== undefined) this.trust.see(this.#lastMm, true);
  }

  /** A move begins; `arrive` is called when it has ended. */
  leave(): void {
    this.#arrivedAtMm = {};
    this.forgetRest();
  }

  /** A line that moves these axes is sent now. */
  beginLine(axes: readonly AxisName[]): void {
    for (const axis of axes) this.#seated.delete(axis);
    this.#lastMm = undefined;
  }

  /** A move has ended at rest; the axes of its last line have no play left. */
  arrive(arrivedMm: PositionMm, targetMm: PositionMm, seated: readonly AxisName[]): void {
    this.#restMm = arrivedMm;
    for (const axis of seated) this.#seated.add(axis);
    this.#arrivedAtMm = targetMm;
    this.trust.see(arrivedMm, true);
    this.#controller.link.noteHazard(false);
  }
}
