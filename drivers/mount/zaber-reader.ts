import type {CallOptions, PlateAxis, PlateOffset, PlateState} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {plateAxisNames} from '../../src/contract/plate-labels.ts';
import {badReply} from '../kit/index.ts';
import {offsetFrom, type MountAxis, type MountPlate} from './mount-axes.ts';
import type {ZaberTrust} from './zaber-trust.ts';
import type {ZaberPlace, ZaberWire} from './zaber-wire.ts';
import {describeFlag, isFault} from './zaber-labels.ts';

/** An axis as it must be known before it is moved. */
export interface AxisState {
  readonly axis: MountAxis;
  readonly place: ZaberPlace;
  readonly steps: number;
  readonly zeroSteps: number;
  /** It does not know where it is and takes relative moves only. */
  readonly isLost: boolean;
}

/** A whole device as it was read at one time. */
export interface DeviceState {
  readonly flags: readonly string[];
  readonly isBusy: boolean;
  /** In the order of the plate's axes. */
  readonly steps: readonly number[];
  readonly offset: PlateOffset;
  /** Why an axis has no offset. */
  readonly unknown: BenchError | undefined;
}

interface Seen {
  readonly all: string;
  readonly byAxis: readonly (readonly string[])[];
  /** Reply to `get pos` with which they were read. */
  readonly positions: string;
}

/** What can be asked of the devices on a chain: where they stand and what they report. Nothing moves by it. */
export class ZaberReader {
  readonly #wire: ZaberWire;
  readonly #trust: ZaberTrust;
  /** By plate number: flags of each axis, valid as long as the device shows the same ones at the same position. */
  readonly #seen = new Map<number, Seen>();

  constructor(wire: ZaberWire, trust: ZaberTrust) {
    this.#wire = wire;
    this.#trust = trust;
  }

  /** The next reading asks every axis for its flags again: a motion is about to change them. */
  forget({number}: MountPlate): void {
    this.#seen.delete(number);
  }

  /**
   * Reads a whole device by two questions, where asking each axis would take eight. The flags of each axis are asked again
   * when the device shows other flags than before, or stands elsewhere although this program has not moved it: after it
   * was switched off it may show the same flags for other axes.
   */
  async readDevice(plate: MountPlate, options: CallOptions): Promise<DeviceState> {
    const {number, address, axes} = plate;
    const device = {address, axis: 0};
    const flags = await this.#wire.readFlags(device, options);
    const all = flags.join(' ');
    const {data, isBusy} = await this.#wire.ask(device, 'get pos', options);
    let seen = this.#seen.get(number);
    const isElsewhere = seen?.positions !== data && !isBusy && !this.#trust.isMoving(plate);
    if (seen?.all !== all || isElsewhere) {
      const byAxis: (readonly string[])[] = [];
      for (const {axis} of axes) byAxis.push(await this.#wire.readFlags({address, axis}, options));
      seen = {all, byAxis, positions: data};
      this.#seen.set(number, seen);
    }
    const positions = data.split(' ');
    const offset: Partial<Record<PlateAxis, number>> = {};
    let unknown: BenchError | undefined;
    const steps = axes.map((axis, i) => {
      const text = positions[axis.axis - 1] ?? '';
      if (text === 'NA')
        throw new BenchError(
          'device/fault',
          `The mount of plate ${number} has no motor at its axis ${axis.axis}, which the bench file gives to ` +
            `${plateAxisNames[axis.name]}. Nothing moved; connect it, or correct mount.plates.`,
          {details: {plate: number, axis: axis.name}},
        );
      if (!/^-?\d+$/.test(text))
        throw badReply({from: this.#wire.from, asked: 'get pos'}, data, `a position of axis ${axis.axis}`);
      const steps = Number(text);
      const zero = this.#trust.zeroOf(plate, axis, {steps, flags: seen.byAxis[i], isBusy});
      if ('unknown' in zero) unknown ??= zero.unknown;
      else offset[axis.name] = offsetFrom(axis, zero.zeroSteps, steps);
      return steps;
    });
    return {flags, isBusy, steps, offset, unknown};
  }

  /** Throws `motion/not-homed` where the zero of an axis is not known. */
  async readOffset(plate: MountPlate, options: CallOptions): Promise<PlateOffset> {
    const {offset, unknown} = await this.readDevice(plate, options);
    if (unknown) throw unknown;
    return offset;
  }

  async readState(plate: MountPlate, options: CallOptions): Promise<PlateState> {
    const {flags, isBusy, offset, unknown} = await this.readDevice(plate, options);
    const faults = flags.filter(isFault).map(describeFlag);
    const problem =
      faults.length > 0
        ? `The mount of plate ${plate.number} reports ${faults.join(', ')}.`
        : (unknown?.message ?? '');
    const unproven = this.#trust.doubtfulOf(plate);
    const doubt = Object.keys(unproven).length === 0 ? {} : {unproven};
    return {plate: plate.number, offset, isMoving: isBusy, problem, ...doubt};
  }

  /** Axis by axis, nothing remembered: what a move starts from. Throws `motion/not-homed`. */
  async readAxes(
    plate: MountPlate,
    axes: readonly MountAxis[],
    options: CallOptions,
  ): Promise<readonly AxisState[]> {
    const states: AxisState[] = [];
    for (const axis of axes) {
      const place = {address: plate.address, axis: axis.axis};
      const flags = await this.#wire.readFlags(place, options);
      const steps = await this.#wire.askNumber(place, 'get pos', options);
      const zero = this.#trust.zeroOf(plate, axis, {steps, flags, isBusy: false});
      if ('unknown' in zero) throw zero.unknown;
      states.push({axis, place, zeroSteps: zero.zeroSteps, isLost: flags.includes('WR'), steps});
    }
    return states;
  }

  /** Reads the resolution of a device's axes, unless it has been seen not to tell it. Nothing is thrown for that. */
  async readMicrosteps({address, axes}: MountPlate, options: CallOptions): Promise<void> {
    const data = await this.#wire.askIfKnown({address, axis: 0}, 'get resolution', options);
    const values = data?.split(' ') ?? [];
    for (const axis of axes) {
      const text = values[axis.axis - 1] ?? '';
      this.#trust.noteMicrosteps(axis, /^\d+$/.test(text) ? Number(text) : undefined);
    }
  }

  /** Throws `device/fault` naming what a device reports. */
  async assertNoFault({number, address}: MountPlate, options: CallOptions): Promise<void> {
    const faults = (await this.#wire.readFlags({address, axis: 0}, options)).filter(isFault);
    if (faults.length === 0) return;
    throw new BenchError(
      'device/fault',
      `The mount of plate ${number} reports ${faults.map(describeFlag).join(', ')}. The plate may stand elsewhere than ` +
        'counted; look at it, free it, clear the warning (clear-faults) and read its offset before it is moved again.',
      {details: {plate: number, faults}},
    );
  }
}

export const offsetOf = (states: readonly AxisState[]): PlateOffset =>
  Object.fromEntries(
    states.map(({axis, zeroSteps, steps}) => [axis.name, offsetFrom(axis, zeroSteps, steps)]),
  );
