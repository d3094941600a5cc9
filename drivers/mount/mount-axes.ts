import type {MountConfig} from '../../src/contract/bench-file.ts';
import type {PlateAxis, PlateLimits, PlateOffset} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';

/** From offsets of plates to positions of controllers and back, and the limits of both. */

export interface MountAxis {
  readonly name: PlateAxis;
  /** Number at the controller. */
  readonly axis: number;
  readonly direction: 1 | -1;
  /** Length of a step in the axis' unit. */
  readonly unitPerStep: number;
  readonly unit: 'mm' | 'deg';
  /** Position of zero once the axis has been homed. */
  readonly zeroSteps: number | undefined;
  readonly limits: readonly [number, number];
  readonly tolerance: number;
}

export interface MountPlate {
  readonly address: number;
  readonly axes: readonly MountAxis[];
}

/** Rounding of offsets that were computed. */
const rounding = 1e-6;
/** A microstep's number has 32 bits. */
const largestSteps = 2 ** 31 - 1;

function axesOf(config: MountConfig, index: number): readonly MountAxis[] {
  const {axes} = config.plates[index] ?? {axes: {}};
  const found: MountAxis[] = [];
  for (const [key, name] of [
    ['x', 'dxMm'],
    ['y', 'dyMm'],
    ['z', 'dzMm'],
  ] as const) {
    const given = axes[key];
    if (given)
      found.push({
        name,
        axis: given.axis,
        direction: given.direction,
        unitPerStep: given.mmPerStep,
        unit: 'mm',
        zeroSteps: given.zeroSteps,
        limits: given.limitsMm,
        tolerance: config.toleranceMm,
      });
  }
  const {rotation} = axes;
  if (rotation)
    found.push({
      name: 'rotationDeg',
      axis: rotation.axis,
      direction: rotation.direction,
      unitPerStep: rotation.degPerStep,
      unit: 'deg',
      zeroSteps: rotation.zeroSteps,
      limits: rotation.limitsDeg,
      tolerance: config.toleranceDeg,
    });
  return found;
}

/** The plates of a bench file. Throws `file/invalid` when two plates or axes share an address. */
export function mountPlatesFrom(config: MountConfig): readonly MountPlate[] {
  const wrong = (what: string): BenchError =>
    new BenchError(
      'file/invalid',
      `The bench file's mount cannot be used: ${what}. Nothing was sent; correct mount.plates.`,
    );
  const plates = config.plates.map(({address}, index) => ({address, axes: axesOf(config, index)}));
  for (const [index, {address, axes}] of plates.entries()) {
    if (axes.length === 0) throw wrong(`plate ${index + 1} has no axis`);
    if (plates.findIndex((plate) => plate.address === address) !== index)
      throw wrong(`two plates have the address ${address}`);
    const doubled = axes.find(({axis}, at) => axes.findIndex((other) => other.axis === axis) !== at);
    if (doubled) throw wrong(`plate ${index + 1} uses the controller's axis ${doubled.axis} twice`);
  }
  return plates;
}

export const limitsOf = ({axes}: MountPlate): PlateLimits =>
  Object.fromEntries(axes.map(({name, limits}) => [name, limits]));

/** Refuses a target before a byte is sent. Throws `motion/limit` naming plate, axis, target and limit. */
export function checkTarget(plateNumber: number, plate: MountPlate, target: PlateOffset): void {
  for (const [name, value] of Object.entries(target)) {
    if (value === undefined) continue;
    const refuse = (why: string, advice: string): BenchError =>
      new BenchError(
        'motion/limit',
        `Plate ${plateNumber}, ${name} to ${String(value)} was refused: ${why}. Nothing moved; ${advice}.`,
        {details: {plate: plateNumber, axis: name, target: value}},
      );
    const axis = plate.axes.find((candidate) => candidate.name === name);
    if (axis === undefined)
      throw refuse(`its mount has ${plate.axes.map((one) => one.name).join(', ')}`, 'leave it out');
    if (!Number.isFinite(value)) throw refuse('that is no position', 'give a number');
    const [minimum, maximum] = axis.limits;
    const limit = value > maximum + rounding ? maximum : value < minimum - rounding ? minimum : undefined;
    if (limit !== undefined)
      throw refuse(
        `limit ${limit} ${axis.unit}`,
        'choose another target or change the limits in the bench file',
      );
  }
}

/** Position for an offset, steps. Throws `motion/limit` where the controller cannot count so far. */
export function stepsFrom(axis: MountAxis, zeroSteps: number, offset: number): number {
  const steps = Math.round(zeroSteps + (axis.direction * offset) / axis.unitPerStep);
  if (Math.abs(steps) <= largestSteps) return steps;
  throw new BenchError(
    'motion/limit',
    `${axis.name} to ${offset} needs ${steps} steps, more than a controller counts.`,
  );
}

export const offsetFrom = (axis: MountAxis, zeroSteps: number, steps: number): number =>
  Number((axis.direction * (steps - zeroSteps) * axis.unitPerStep).toFixed(9)) + 0;
