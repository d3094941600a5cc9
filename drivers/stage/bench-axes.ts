import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {AxisName, LimitsMm, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {type BenchAxis, checkTarget, limitPassed} from './axis-limits.ts';

/** From the bench frame to the machine's axes and back, and the approach that leaves no backlash. */

export type {BenchAxis} from './axis-limits.ts';

const axisNames: readonly AxisName[] = ['x', 'y', 'z'];
const machineIndex: Readonly<Record<AxisName, number>> = {x: 0, y: 1, z: 2};
/** Takes away the binary rounding of a difference; adding zero turns -0 into 0. */
const tidyMm = (mm: number): number => Number(mm.toFixed(6)) + 0;

export interface BenchAxes {
  readonly list: readonly BenchAxis[];
  readonly names: readonly AxisName[];
  readonly limitsMm: LimitsMm;
  toMachineMm(axis: BenchAxis, benchMm: number): number;
  /** Bench position from the machine's, by index. */
  toBench(machineMm: readonly number[]): PositionMm;
  /**
   * Throws `motion/limit` naming axis, target and limit. The rule: every corner of the way, approach included, lies
   * within the limits. An axis that stands outside (by more than the tolerance) may move only so that it ends nearer to
   * them than it stands, and no corner lies further out. As long as an axis would stay outside, axes that are inside stay where
   * they are. Without `fromMm` the stage is taken to stand inside.
   */
  check(targetMm: PositionMm, fromMm?: PositionMm): void;
  /** The limit that an axis at `positionMm` stands beyond; undefined when it stands inside. */
  limitPassed(axis: BenchAxis, positionMm: number | undefined): number | undefined;
}

/** The axes of a bench file; throws where two of them are one axis of the machine. */
function axesFrom(config: StageConfig): readonly BenchAxis[] {
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
  return list;
}

function benchPositionMm(axis: BenchAxis, machineMm: readonly number[]): number {
  const reportedMm = machineMm[axis.machineIndex];
  if (reportedMm === undefined)
    throw new BenchError(
      'device/bad-reply',
      `The controller reports ${machineMm.length} axes, but the bench file puts ${axis.name} on its axis ` +
        `${axis.machineName}. Nothing moved; correct axes.${axis.name}.machineAxis.`,
    );
  return tidyMm(axis.direction * (reportedMm - axis.originMm));
}

/** Bench axes of a bench file. `backlashMm` is the length of the approach from the smaller side. */
export function createBenchAxes(config: StageConfig): BenchAxes {
  const list = axesFrom(config);
  return {
    list,
    names: list.map(({name}) => name),
    limitsMm: Object.fromEntries(list.map(({name, limitsMm}) => [name, limitsMm])),
    toMachineMm: (axis, benchMm) => axis.originMm + axis.direction * benchMm,
    toBench: (machineMm) =>
      Object.fromEntries(list.map((axis) => [axis.name, benchPositionMm(axis, machineMm)])),
    limitPassed: (axis, positionMm) => limitPassed(axis, positionMm, config),
    check: (targetMm, fromMm = {}) => checkTarget(list, targetMm, fromMm, config),
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
