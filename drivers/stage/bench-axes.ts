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

  const limitPassed = (axis: BenchAxis, positionMm: number | undefined): number | undefined => {
    const [minimumMm, maximumMm] = axis.limitsMm;
    const marginMm = Math.max(roundingMm, config.toleranceMm);
    if (positionMm === undefined) return undefined;
    if (positionMm > maximumMm + marginMm) return maximumMm;
    return positionMm < minimumMm - marginMm ? minimumMm : undefined;
  };

  const checkAxis = (name: string, targetMm: unknown, fromMm: number | undefined): void => {
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
    const passedMm = limitPassed(axis, fromMm);
    if (passedMm !== undefined && fromMm !== undefined) return checkInward(axis, targetMm, fromMm, passedMm);
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

  const checkInward = (axis: BenchAxis, targetMm: number, fromMm: number, passedMm: number): void => {
    const lowMm = Math.min(axis.limitsMm[0], fromMm);
    const highMm = Math.max(axis.limitsMm[1], fromMm);
    // A place that it has already may be named; it is approached anew from below where its nut is not seated.
    const isInward =
      Math.abs(targetMm - fromMm) < roundingMm ||
      Math.sign(targetMm - fromMm) === Math.sign(passedMm - fromMm);
    const isWithin = [targetMm, targetMm - config.backlashMm].every(
      (cornerMm) => cornerMm >= lowMm - roundingMm && cornerMm <= highMm + roundingMm,
    );
    if (isInward && isWithin) return;
    const approach =
      config.backlashMm > 0 ? `, the approach over ${config.backlashMm} mm from below included` : '';
    throw limitError(
      axis.name,
      targetMm,
      `it stands at ${fromMm} mm, outside its limit ${passedMm} mm, and may only go back towards it${approach}`,
      'choose a target on the way back',
    );
  };

  /** While an axis stays outside, only axes that are outside may move: the stage is led back, not about. */
  const checkOthers = (targetMm: PositionMm, fromMm: PositionMm): void => {
    const out = list.find((axis) => {
      const endMm = targetMm[axis.name] ?? fromMm[axis.name];
      return limitPassed(axis, fromMm[axis.name]) !== undefined && limitPassed(axis, endMm) !== undefined;
    });
    if (out === undefined) return;
    const moved = list.find((axis) => {
      const [target, from] = [targetMm[axis.name], fromMm[axis.name]];
      if (target === undefined || limitPassed(axis, from) !== undefined) return false;
      return from === undefined || Math.abs(target - from) > config.toleranceMm;
    });
    if (moved === undefined) return;
    throw limitError(
      moved.name,
      targetMm[moved.name],
      `${out.name} stands at ${fromMm[out.name]} mm, outside its limit ${limitPassed(out, fromMm[out.name])} mm, and would stay outside`,
      `bring ${out.name} back first, or in the same move`,
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
    limitPassed,
    check(targetMm, fromMm = {}) {
      for (const [name, value] of Object.entries(targetMm))
        if (value !== undefined) checkAxis(name, value, fromMm[name as AxisName]);
      checkOthers(targetMm, fromMm);
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
