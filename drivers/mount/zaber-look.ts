import type {CallOptions, PlateAxis, PlateOffset, PlateState} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {plateAxisNames} from '../../src/contract/plate-words.ts';
import {badReply} from '../kit/index.ts';
import {offsetFrom, type MountAxis, type MountPlate} from './mount-axes.ts';
import type {ZaberPlace, ZaberWire} from './zaber-wire.ts';
import {describeFlag, isFault} from './zaber-words.ts';

/** An axis as it must be known before it is moved. */
export interface AxisState {
  readonly axis: MountAxis;
  readonly place: ZaberPlace;
  readonly steps: number;
  readonly zeroSteps: number;
  /** It does not know where it is and takes relative moves only. */
  readonly isLost: boolean;
}

/** A device at one glance. */
export interface DeviceLook {
  readonly flags: readonly string[];
  readonly isBusy: boolean;
  /** In the order of the plate's axes. */
  readonly steps: readonly number[];
  readonly offset: PlateOffset;
  /** Why an axis has no offset. */
  readonly unknown: BenchError | undefined;
}

/** What can be asked of the devices on a chain: where they stand and what they report. Nothing moves by it. */
export class ZaberLook {
  readonly #wire: ZaberWire;
  /** Flags of each axis, as long as its device shows the same ones; by plate number. */
  readonly #seen = new Map<number, {readonly all: string; readonly byAxis: readonly (readonly string[])[]}>();

  constructor(wire: ZaberWire) {
    this.#wire = wire;
  }

  /** Which axis has which flag is asked anew: one of them is about to change. */
  forget({number}: MountPlate): void {
    this.#seen.delete(number);
  }

  /**
   * A whole device by two questions, where asking each axis would take eight. Which of its axes has which flag is asked
   * anew when the device shows other flags than before.
   */
  async look({number, address, axes}: MountPlate, options: CallOptions): Promise<DeviceLook> {
    const device = {address, axis: 0};
    const flags = await this.#wire.readFlags(device, options);
    const all = flags.join(' ');
    let seen = this.#seen.get(number);
    if (seen?.all !== all) {
      const byAxis: (readonly string[])[] = [];
      for (const {axis} of axes) byAxis.push(await this.#wire.readFlags({address, axis}, options));
      seen = {all, byAxis};
      this.#seen.set(number, seen);
    }
    const {data, isBusy} = await this.#wire.ask(device, 'get pos', options);
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
      const zeroSteps = zeroStepsOf(axis, seen.byAxis[i]);
      if (zeroSteps === undefined) unknown ??= zeroUnknown(number, axis);
      else offset[axis.name] = offsetFrom(axis, zeroSteps, Number(text));
      return Number(text);
    });
    return {flags, isBusy, steps, offset, unknown};
  }

  /** Throws `motion/not-homed` where the zero of an axis is not known. */
  async readOffset(plate: MountPlate, options: CallOptions): Promise<PlateOffset> {
    const {offset, unknown} = await this.look(plate, options);
    if (unknown) throw unknown;
    return offset;
  }

  async readState(plate: MountPlate, options: CallOptions): Promise<PlateState> {
    const {flags, isBusy, offset, unknown} = await this.look(plate, options);
    const faults = flags.filter(isFault).map(describeFlag);
    const problem =
      faults.length > 0
        ? `The mount of plate ${plate.number} reports ${faults.join(', ')}.`
        : (unknown?.message ?? '');
    return {plate: plate.number, offset, isMoving: isBusy, problem};
  }

  /** Axis by axis, nothing remembered: what a move starts from. Throws `motion/not-homed`. */
  async readAxes(
    {number, address}: MountPlate,
    axes: readonly MountAxis[],
    options: CallOptions,
  ): Promise<readonly AxisState[]> {
    const states: AxisState[] = [];
    for (const axis of axes) {
      const place = {address, axis: axis.axis};
      const flags = await this.#wire.readFlags(place, options);
      const zeroSteps = zeroStepsOf(axis, flags);
      if (zeroSteps === undefined) throw zeroUnknown(number, axis);
      states.push({
        axis,
        place,
        zeroSteps,
        isLost: flags.includes('WR'),
        steps: await this.#wire.askNumber(place, 'get pos', options),
      });
    }
    return states;
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

/** Never homed: it counts from where it was switched on (or was told to count), and that is its zero. */
const zeroStepsOf = (axis: MountAxis, flags: readonly string[]): number | undefined =>
  flags.includes('WR') || flags.includes('WH') ? 0 : axis.zeroSteps;

const zeroUnknown = (plate: number, {name}: MountAxis): BenchError =>
  new BenchError(
    'motion/not-homed',
    `${plateAxisNames[name]} of plate ${plate} was homed, and the bench file does not say where its zero is from there. ` +
      `Nothing moved; give zeroSteps for it (mount.plates, plate ${plate}).`,
    {details: {plate, axis: name}},
  );
