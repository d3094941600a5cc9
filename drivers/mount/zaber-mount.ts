import type {MountConfig} from '../../src/contract/bench-file.ts';
import type {
  CallOptions,
  Condition,
  DeviceIdentity,
  PlateAxis,
  PlateLimits,
  PlateMemory,
  PlateOffset,
  PlateState,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {ActionArgs, MountDevice} from '../kit/index.ts';
import {axisOf, byAxis, checkHoming, checkTarget, limitsOf, type MountPlate} from './mount-axes.ts';
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
import type {ZaberDynamics} from './zaber-identity.ts';
import type {ZaberReader} from './zaber-reader.ts';
import {ZaberMotion, type MoveOptions} from './zaber-motion.ts';
import type {ZaberTrust} from './zaber-trust.ts';
import type {ZaberWire} from './zaber-wire.ts';

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
  readonly #reader: ZaberReader;
  readonly #trust: ZaberTrust;
  readonly #motion: ZaberMotion;
  readonly #firmware: readonly string[];

  constructor(
    wire: ZaberWire,
    config: MountConfig,
    found: {
      readonly plates: readonly MountPlate[];
      readonly dynamics: readonly (readonly (ZaberDynamics | undefined)[])[];
      readonly identity: DeviceIdentity;
      readonly firmware: readonly string[];
      readonly reader: ZaberReader;
      readonly trust: ZaberTrust;
    },
  ) {
    this.wire = wire;
    this.#reader = found.reader;
    this.#trust = found.trust;
    this.role = config.role;
    this.identity = found.identity;
    this.#plates = found.plates;
    this.#motion = new ZaberMotion({wire, ...found});
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

  checkHome(plate: number, axis: PlateAxis): void {
    checkHoming(this.#plate(plate), axis);
  }

  estimateMoveMs(plate: number, from: PlateOffset, to: PlateOffset): number | undefined {
    return this.#motion.estimateMs(this.#plate(plate), from, to);
  }

  async readOffset(plate: number, options: CallOptions = {}): Promise<PlateOffset> {
    return this.#reader.readOffset(this.#plate(plate), options);
  }

  async readStates(options: CallOptions = {}): Promise<readonly PlateState[]> {
    const states: PlateState[] = [];
    for (const plate of this.#plates) states.push(await this.#reader.readState(plate, options));
    return states;
  }

  async readCondition(
    options: CallOptions = {},
  ): Promise<Condition & {readonly plates: readonly PlateState[]}> {
    const {motionCount} = this.#motion;
    const plates = await this.readStates(options);
    return {plates, facts: factsOfPlates(plates, (plate) => this.tolerancesOf(plate), motionCount)};
  }

  async moveTo(plate: number, target: PlateOffset, options: MoveOptions = {}): Promise<PlateOffset> {
    this.checkMove(plate, target);
    return this.#motion.moveTo(this.#plate(plate), target, options);
  }

  stop(): Promise<void> {
    return this.#motion.stop();
  }

  async home(plate: number, axis: PlateAxis, options: MoveOptions = {}): Promise<void> {
    this.checkHome(plate, axis);
    const own = this.#plate(plate);
    await this.#motion.home(own, axisOf(own, axis), options);
  }

  async clearFaults(plate: number, options: CallOptions = {}): Promise<void> {
    const own = this.#plate(plate);
    this.#reader.forget(own);
    await this.wire.ask({address: own.address, axis: 0}, 'warnings clear', options);
    await this.#reader.assertNoFault(own, options);
  }

  async trustPosition(plate: number, shown: PlateOffset, options: CallOptions = {}): Promise<void> {
    const own = this.#plate(plate);
    // What it reports now, not what it reported when the person looked.
    await this.#reader.readDevice(own, options);
    this.#trust.confirmPosition(own, shown);
    await this.#reader.readOffset(own, options);
  }
  recall(plate: number, memory: PlateMemory): void {
    this.#trust.recall(this.#plate(plate), memory);
  }
  memoryOf(plate: number): PlateMemory | undefined {
    return this.#trust.memoryOf(this.#plate(plate));
  }

  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const settings: Record<string, string | number> = {unansweredMoves: this.#motion.unansweredCount};
    for (const [index, plate] of this.#plates.entries()) {
      const {number} = plate;
      await this.#reader.readMicrosteps(plate, options);
      const {flags, steps, offset} = await this.#reader.readDevice(plate, options);
      settings[`plate${number}Firmware`] = this.#firmware[index];
      settings[`plate${number}Warnings`] = flags.join(' ');
      plate.axes.forEach(({name}, i) => {
        const value = offset[name];
        if (value !== undefined) settings[plateValueName(number, name)] = value;
        settings[`${plateValueName(number, name)}Steps`] = steps[i];
        const microsteps = this.#trust.microstepsOf(plate.axes[i]);
        if (microsteps !== undefined) settings[`${plateValueName(number, name)}Microsteps`] = microsteps;
      });
    }
    return settings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#motion.isMoving && this.wire.link.isOpen) await this.stop();
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
}
