import type {StageConfig} from '../../src/contract/bench-file.ts';
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
import {metaOf, ParameterSet} from '../kit/index.ts';
import type {ActionArgs, Parameter, ParameterMeta, StageDevice} from '../kit/index.ts';
import {createBenchAxes} from './bench-axes.ts';
import type {BenchAxes} from './bench-axes.ts';
import {callGrbl, grblActions, grblColumns} from './grbl-actions.ts';
import type {MoveOptions} from './grbl-arrival.ts';
import {factsOfStage} from './grbl-condition.ts';
import type {GrblController} from './grbl-controller.ts';
import {createGrblMachine} from './grbl-machine.ts';
import type {GrblMachine} from './grbl-machine.ts';
import {changedMeaning, givesPositionMeaning} from './grbl-meaning.ts';
import {GrblMotions} from './grbl-motions.ts';
import {checkMode, createStageCheck} from './grbl-settings-check.ts';
import {createPositionTrust} from './position-trust.ts';
import {StagePlace} from './stage-place.ts';

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
  readonly #place: StagePlace;
  readonly #motions: GrblMotions;
  /** As last read: what somebody else changes shows in the next reading. */
  #settings: SettingsSnapshot | undefined;

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
    const trust = createPositionTrust(
      config.homeAtStart ? {distrust: 'the stage has not been homed since it was connected'} : 'bench-file',
    );
    this.#place = new StagePlace(controller, this.#benchAxes, trust);
    this.#motions = new GrblMotions({
      controller,
      config,
      benchAxes: this.#benchAxes,
      machine: this.#machine,
      place: this.#place,
    });
    this.settingsCheck = createStageCheck({
      config,
      parameters,
      set: (name, value, options) => this.set(name, value, options),
      reset: (options) => controller.reset(options),
    });
    controller.onPositionLost = (reason) => this.#place.lose(reason);
  }

  /** Reads the settings that motion depends on. */
  async refresh(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const settings = await this.#set.snapshot(options);
    const changed = this.#settings === undefined ? '' : changedMeaning(this.#settings, settings);
    if (changed !== '') this.#place.lose(`settings were changed and not by this program: ${changed}`);
    this.#takeSettings(settings);
    return settings;
  }

  #takeSettings(settings: SettingsSnapshot): void {
    this.#settings = settings;
    this.controller.isInch = settings['isReportInInches'] === true;
    this.#machine.update(settings);
  }

  keepPlace(keeper: PlaceKeeper): void {
    this.#place.trust.keepIn(keeper, this.#place.lastMm);
  }

  /** What is known of the place is void until the stage rests again; kept before anything that moves is sent. */
  beforeMotion(): Promise<void> {
    return this.#place.beforeMotion();
  }

  /** Trusts the position reported now: on `operator`, because a person has confirmed it. */
  trustPosition(basis: TrustBasis = 'operator'): void {
    this.#place.grant(basis);
  }

  distrustPosition(reason: string, lastTrustedMm?: PositionMm): void {
    this.#place.lose(reason, lastTrustedMm);
  }

  get isPositionTrusted(): boolean {
    return this.#place.trust.isTrusted;
  }
  get distrust(): string {
    return this.#place.trust.distrust;
  }
  get trustBasis(): TrustBasis | undefined {
    return this.#place.trust.basis;
  }
  get lastTrustedMm(): PositionMm | undefined {
    return this.#place.trust.lastTrustedMm;
  }
  get isHomingDue(): boolean {
    return this.controller.isLocked && this.controller.alarmCode === 0;
  }

  checkMove(targetMm: PositionMm, fromMm?: PositionMm): void {
    this.#motions.checkMove(targetMm, fromMm);
  }

  estimateMoveMs(fromMm: PositionMm, toMm: PositionMm): number {
    return this.#machine.timeOfLegsMs(
      fromMm,
      this.#motions.legs(fromMm, toMm, () => true),
    );
  }

  readPosition(options: CallOptions = {}): Promise<PositionMm> {
    return this.#place.read(options);
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
    const counts = {motionCount: this.#motions.motionCount, unlockCount: this.#place.unlockCount};
    const targetMm = this.#place.arrivedAtMm;
    const status = await this.controller.readStatus(options);
    const positionMm = this.#place.see(status);
    const facts = factsOfStage(
      {status, positionMm, distrust: this.distrust},
      {targetMm, toleranceMm: this.config.toleranceMm, ...counts},
    );
    return {facts, positionMm, controllerState: status.state.toLowerCase()};
  }

  moveTo(targetMm: PositionMm, options: MoveOptions = {}): Promise<PositionMm> {
    return this.#motions.moveTo(targetMm, options);
  }

  assertPositionTrusted(): void {
    this.#motions.assertPositionTrusted();
  }

  home(options: CallOptions = {}): Promise<void> {
    return this.#motions.home(options);
  }

  planPath(fromMm: PositionMm, targetMm: PositionMm): readonly PositionMm[] {
    return this.#motions.legs(fromMm, targetMm).map((leg) => ({...fromMm, ...leg}));
  }

  /** Relative motion with the controller's jog command; limits as for a move, but from where the stage is now. */
  jog(axis: AxisName, distanceMm: number, feedMmPerMin: number, options: CallOptions = {}): Promise<void> {
    return this.#motions.jog({[axis]: distanceMm}, feedMmPerMin, options);
  }

  startJog(direction: PositionMm, speedMmPerS: number, options: CallOptions = {}): Promise<PositionMm> {
    return this.#motions.startJog(direction, speedMmPerS, options);
  }

  /** Ends a jog and waits for rest. */
  cancelJog(): Promise<void> {
    return this.#motions.cancelJog();
  }

  endJog(): Promise<PositionMm> {
    return this.#motions.endJog();
  }

  stop(): Promise<void> {
    return this.#motions.stop();
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
        this.#place.lose(`${name} was set from ${String(before)} to ${String(asked)}`);
    }
    const got = await this.#set.set(name, asked, options);
    if (name === 'isReportInInches') this.controller.forgetReports();
    this.#takeSettings(await this.#set.snapshot(options));
    this.#place.forgetRest();
    return got;
  }

  call(action: string, args: ActionArgs = {}, options: CallOptions = {}): Promise<unknown> {
    this.#place.noteUnlock();
    return callGrbl(this, action, args, options);
  }

  async readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    const status = await this.controller.readStatus(options);
    const position = this.#place.see(status);
    const columns = this.axes.map((axis) => [`${axis}Mm`, position[axis] ?? Number.NaN] as const);
    return {...Object.fromEntries(columns), state: status.state};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const {isMoving, isJogging} = this.#place;
      if ((isMoving || isJogging) && this.controller.link.isOpen) await this.stop();
      // After a move that failed; a stage that cannot tell leaves its place unknown.
      if (this.#place.trust.isRestDue && this.controller.link.isOpen)
        await this.readPosition().catch(() => undefined);
    } finally {
      try {
        await this.controller.link.close();
      } finally {
        await this.#place.trust.close();
      }
    }
  }
}
