import type {MountConfig} from '../../src/contract/bench-file.ts';
import type {PlateAxis, PlateLimits, PlateOffset} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {plateAxisNames, plateAxisUnit} from '../../src/contract/plate-labels.ts';

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
  /** Resolution to which the length of a step belongs, where the bench file says it. */
  readonly microsteps: number | undefined;
  readonly limits: readonly [number, number];
  readonly tolerance: number;
  /** Largest change of one correction, in the axis' unit. */
  readonly maxCorrection: number;
}

export interface MountPlate {
  /** Counted along the beam; 1 is the plate behind the object. */
  readonly number: number;
  readonly address: number;
  readonly axes: readonly MountAxis[];
}

/** Rounding of offsets that were computed. */
const rounding = 1e-6;
/** A microstep's number has 32 bits. */
const largestSteps = 2 ** 31 - 1;

function axesOf(config: MountConfig, {axes}: MountConfig['plates'][number]): readonly MountAxis[] {
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
        microsteps: given.microsteps,
        limits: given.limitsMm,
        tolerance: config.toleranceMm,
        maxCorrection: given.maxCorrectionMm,
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
      microsteps: rotation.microsteps,
      limits: rotation.limitsDeg,
      tolerance: config.toleranceDeg,
      maxCorrection: rotation.maxCorrectionDeg,
    });
  return found;
}

/** The plates of a bench file, the nearest to the object first. */
export const mountPlatesFrom = (config: MountConfig): readonly MountPlate[] =>
  config.plates
    .map((plate, index) => ({
      number: plate.plate ?? index + 1,
      address: plate.address,
      axes: axesOf(config, plate),
    }))
    .sort((a, b) => a.number - b.number);

export const limitsOf = ({axes}: MountPlate): PlateLimits =>
  Object.fromEntries(axes.map(({name, limits}) => [name, limits]));

/** One number of each axis. */
export const byAxis = ({axes}: MountPlate, of: (axis: MountAxis) => number): PlateOffset =>
  Object.fromEntries(axes.map((axis) => [axis.name, of(axis)]));

/** Refuses a target before a byte is sent. Throws `motion/limit` naming plate, axis, target and limit. */
export function checkTarget(plate: MountPlate, target: PlateOffset): void {
  for (const [name, value] of Object.entries(target) as [PlateAxis, number | undefined][]) {
    if (value === undefined) continue;
    const refuse = (why: string, advice: string): BenchError =>
      new BenchError(
        'motion/limit',
        `Plate ${plate.number}, ${plateAxisNames[name]} to ${String(value)} ${plateAxisUnit(name)} was refused: ${why}. Nothing moved; ${advice}.`,
        {details: {plate: plate.number, axis: name, target: value}},
      );
    const axis = plate.axes.find((candidate) => candidate.name === name);
    if (axis === undefined) throw refuse(`its mount has ${namesOf(plate)}`, 'leave it out');
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

const namesOf = ({axes}: MountPlate): string =>
  axes.map(({name}) => plateAxisNames[name]).join(', ') || 'no axis';

/** Throws `motion/limit` where a plate's mount has no such axis. */
export function axisOf(plate: MountPlate, name: PlateAxis): MountAxis {
  const axis = plate.axes.find((candidate) => candidate.name === name);
  if (axis !== undefined) return axis;
  throw new BenchError(
    'motion/limit',
    `The mount of plate ${plate.number} has no ${plateAxisNames[name]}, but ${namesOf(plate)}. Nothing moved.`,
    {details: {plate: plate.number, axis: name}},
  );
}

/**
 * Refuses to home an axis that could not be used afterwards, before a byte is sent. Throws `motion/not-homed` saying
 * what to put into the bench file.
 */
export function checkHoming(plate: MountPlate, name: PlateAxis): void {
  const axis = axisOf(plate, name);
  if (axis.zeroSteps !== undefined) return;
  const key = name === 'rotationDeg' ? 'rotation' : plateAxisNames[name];
  throw new BenchError(
    'motion/not-homed',
    `Homing ${plateAxisNames[name]} of plate ${plate.number} was refused: it drives the plate to the end of its travel, and the ` +
      'bench file does not say where the zero of the plate is from there, so that the plate could not be brought back. ' +
      `Nothing moved; give zeroSteps in mount.plates, plate ${plate.number}, axes.${key}: the position of its zero, counted in ` +
      'steps from the switch (for a plate that belongs in the middle, half of the travel).',
    {details: {plate: plate.number, axis: name}},
  );
}

/** Position for an offset, steps. Throws `motion/limit` where the controller cannot count so far. */
export function stepsFrom(axis: MountAxis, zeroSteps: number, offset: number): number {
  const steps = Math.round(zeroSteps + (axis.direction * offset) / axis.unitPerStep);
  if (Math.abs(steps) <= largestSteps) return steps;
  throw new BenchError(
    'motion/limit',
    `${plateAxisNames[axis.name]} to ${offset} ${axis.unit} needs ${steps} steps, more than a controller counts. Nothing moved.`,
  );
}

export const offsetFrom = (axis: MountAxis, zeroSteps: number, steps: number): number =>
  Number((axis.direction * (steps - zeroSteps) * axis.unitPerStep).toFixed(9)) + 0;
