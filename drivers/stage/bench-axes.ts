import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {AxisName, LimitsMm, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';

/** From the bench frame to the machine's axes and back, soft limits, and the approach that leaves no backlash. */

const axisNames: readonly AxisName[] = ['x', 'y', 'z'];
const machineIndex: Readonly<Record<AxisName, number>> = {x: 0, y: 1, z: 2};
/** Rounding of positions that were computed, mm: a target on the limit itself is allowed. */
const roundingMm = 1e-6;

/** Takes away the binary rounding of a difference; adding zero turns -0 into 0. */
const tidyMm = (mm: number): number => Number(mm.toFixed(6)) + 0;

export interface BenchAxis {
  readonly name: AxisName;
  readonly machineName: AxisName;
  readonly machineIndex: number;
  readonly direction: 1 | -1;
  readonly originMm: number;
  readonly limitsMm: readonly [number, number];
}

export interface BenchAxes {
  readonly list: readonly BenchAxis[];
  readonly names: readonly AxisName[];
  readonly limitsMm: LimitsMm;
  toMachineMm(axis: BenchAxis, benchMm: number): number;
  /** Bench position from the machine's, by index. */
  toBench(machineMm: readonly number[]): PositionMm;
  /** Throws `motion/limit` naming axis, target and limit. */
  check(targetMm: PositionMm): void;
}

const limitError = (axis: string, targetMm: unknown, why: string, advice: string): BenchError =>
  new BenchError(
    'motion/limit',
    `${axis} to ${String(targetMm)} mm was refused: ${why}. Nothing moved; ${advice}.`,
    {
      details: {axis, targetMm},
    },
  );

/** Bench axes of a bench file. `backlashMm` is the length of the approach from the smaller side. */
export function createBenchAxes(config: StageConfig): BenchAxes {
  const list = axisNames.flatMap((name): BenchAxis[] => {
    const axis = config.axes[name];
    if (axis === undefined) return [];
    return [
      {
        name,
        machineName: axis.machineAxis,
        machineIndex: machineIndex[axis.machineAxis],
        direction: axis.direction,
        originMm: axis.originMm,
        limitsMm: axis.limitsMm,
      },
    ];
  });
  const doubled = list.find((axis, index) =>
    list.some((other, otherIndex) => otherIndex < index && other.machineIndex === axis.machineIndex),
  );
  if (doubled !== undefined)
    throw new BenchError(
      'file/invalid',
      `The bench file gives the machine axis ${doubled.machineName} to two bench axes (one is ${doubled.name}). ` +
        'Nothing was sent; correct axes.*.machineAxis.',
    );

  const checkAxis = (name: string, targetMm: unknown): void => {
    const axis = list.find((candidate) => candidate.name === name);
    if (axis === undefined)
      throw limitError(
        name,
        targetMm,
        `this stage has the axes ${list.map((one) => one.name).join(', ')}`,
        'leave it out',
      );
    if (typeof targetMm !== 'number' || !Number.isFinite(targetMm))
      throw limitError(name, targetMm, 'that is no position', 'give a number');
    const [minimumMm, maximumMm] = axis.limitsMm;
    const change = 'choose another target or change limitsMm in the bench file';
    if (targetMm > maximumMm + roundingMm) throw limitError(name, targetMm, `limit ${maximumMm} mm`, change);
    if (targetMm < minimumMm - roundingMm) throw limitError(name, targetMm, `limit ${minimumMm} mm`, change);
    // The same answer wherever the stage comes from: what a dry run allows must not fail in the run.
    if (targetMm - config.backlashMm < minimumMm - roundingMm)
      throw limitError(
        name,
        targetMm,
        `its approach from ${Number((targetMm - config.backlashMm).toFixed(6))} mm (backlashMm ${config.backlashMm}) would pass the limit ${minimumMm} mm`,
        change,
      );
  };

  return {
    list,
    names: list.map(({name}) => name),
    limitsMm: Object.fromEntries(list.map(({name, limitsMm}) => [name, limitsMm])),
    toMachineMm: (axis, benchMm) => axis.originMm + axis.direction * benchMm,
    toBench: (machineMm) =>
      Object.fromEntries(
        list.map((axis) => {
          const reportedMm = machineMm[axis.machineIndex];
          if (reportedMm === undefined)
            throw new BenchError(
              'device/bad-reply',
              `The controller reports ${machineMm.length} axes, but the bench file puts ${axis.name} on its axis ` +
                `${axis.machineName}. Nothing moved; correct axes.${axis.name}.machineAxis.`,
            );
          return [axis.name, tidyMm(axis.direction * (reportedMm - axis.originMm))];
        }),
      ),
    check(targetMm) {
      for (const [name, value] of Object.entries(targetMm)) if (value !== undefined) checkAxis(name, value);
    },
  };
}

export interface ApproachOptions {
  readonly backlashMm: number;
  /** Positions closer than this are the same. */
  readonly resolutionMm: number;
  /** Axes whose last motion ended upwards over the whole backlash: their nut lies on the right flank. */
  readonly isSeated: (axis: AxisName) => boolean;
}

/**
 * Legs of a move so that every axis arrives travelling upwards over at least `backlashMm`: none when the stage is
 * there already, one, or two with the first below the target.
 */
export function planLegs(fromMm: PositionMm, targetMm: PositionMm, options: ApproachOptions): PositionMm[] {
  const {backlashMm, resolutionMm, isSeated} = options;
  const first: Partial<Record<AxisName, number>> = {};
  const last: Partial<Record<AxisName, number>> = {};
  for (const name of axisNames) {
    const target = targetMm[name];
    if (target === undefined) continue;
    const travel = target - (fromMm[name] ?? Number.NaN);
    const isThere = Math.abs(travel) < resolutionMm;
    if (isThere && (backlashMm === 0 || isSeated(name))) continue;
    last[name] = target;
    // A nut that is seated stays so while it goes on upwards, however short the way.
    const isUpwards = travel >= backlashMm || (travel > 0 && isSeated(name));
    if (backlashMm > 0 && !isUpwards) first[name] = target - backlashMm;
  }
  if (Object.keys(last).length === 0) return [];
  if (Object.keys(first).length === 0) return [last];
  // Both legs name every axis, so that the last one starts where the first has ended.
  return [{...last, ...first}, last];
}
