import {roundedText} from '../../src/base/number-format.ts';
import type {AxisName, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';

/** Soft limits of the bench's axes: which targets may be gone to, from where. */

/** Rounding of positions that were computed, mm: a target on the limit itself is allowed. */
const roundingMm = 1e-6;

export interface BenchAxis {
  readonly name: AxisName;
  readonly machineName: AxisName;
  readonly machineIndex: number;
  readonly direction: 1 | -1;
  readonly originMm: number;
  readonly limitsMm: readonly [number, number];
}

export interface LimitRules {
  /** Length of the approach from the smaller side, mm. */
  readonly backlashMm: number;
  /** An axis that stands beyond a limit by no more than this stands inside, mm. */
  readonly toleranceMm: number;
}

const limitError = (axis: string, targetMm: unknown, why: string, advice: string): BenchError =>
  new BenchError(
    'motion/limit',
    `${axis} to ${String(targetMm)} mm was refused: ${why}. Nothing moved; ${advice}.`,
    {
      details: {axis, targetMm},
    },
  );

/** The limit that an axis at `positionMm` stands beyond; undefined when it stands inside. */
export function limitPassed(
  axis: BenchAxis,
  positionMm: number | undefined,
  {toleranceMm}: LimitRules,
): number | undefined {
  const [minimumMm, maximumMm] = axis.limitsMm;
  const marginMm = Math.max(roundingMm, toleranceMm);
  if (positionMm === undefined) return undefined;
  if (positionMm > maximumMm + marginMm) return maximumMm;
  return positionMm < minimumMm - marginMm ? minimumMm : undefined;
}

/** Throws `motion/limit` where a target breaks the rule of `BenchAxes.check`. */
export function checkTarget(
  axes: readonly BenchAxis[],
  targetMm: PositionMm,
  fromMm: PositionMm,
  rules: LimitRules,
): void {
  for (const [name, value] of Object.entries(targetMm)) {
    if (value === undefined) continue;
    const axis = axes.find((candidate) => candidate.name === name);
    if (axis === undefined)
      throw limitError(
        name,
        value,
        `this stage has the axes ${axes.map((one) => one.name).join(', ')}`,
        'leave it out',
      );
    checkAxis(axis, value, fromMm[axis.name], rules);
  }
  checkOthers(axes, targetMm, fromMm, rules);
}

function checkAxis(axis: BenchAxis, targetMm: unknown, fromMm: number | undefined, rules: LimitRules): void {
  const {name} = axis;
  if (typeof targetMm !== 'number' || !Number.isFinite(targetMm))
    throw limitError(name, targetMm, 'that is no position', 'give a number');
  if (fromMm !== undefined && limitPassed(axis, fromMm, rules) !== undefined)
    return checkInward(axis, targetMm, fromMm, rules);
  const [minimumMm, maximumMm] = axis.limitsMm;
  const {backlashMm} = rules;
  const change = 'choose another target or change limitsMm in the bench file';
  if (targetMm > maximumMm + roundingMm) throw limitError(name, targetMm, `limit ${maximumMm} mm`, change);
  if (targetMm < minimumMm - roundingMm) throw limitError(name, targetMm, `limit ${minimumMm} mm`, change);
  // The same answer wherever the stage comes from: what a dry run allows must not fail in the run.
  const approachMm = targetMm - backlashMm;
  if (approachMm < minimumMm - roundingMm)
    throw limitError(
      name,
      targetMm,
      `its approach from ${roundedText(approachMm, 6)} mm (backlashMm ${backlashMm}) would pass the limit ${minimumMm} mm`,
      change,
    );
}

/** An axis that stands outside may only go back. */
function checkInward(axis: BenchAxis, targetMm: number, fromMm: number, rules: LimitRules): void {
  const {backlashMm} = rules;
  const passedMm = limitPassed(axis, fromMm, rules) ?? fromMm;
  const lowMm = Math.min(axis.limitsMm[0], fromMm);
  const highMm = Math.max(axis.limitsMm[1], fromMm);
  // A place that it has already may be named; it is approached anew from below where its nut is not seated.
  const isInward =
    Math.abs(targetMm - fromMm) < roundingMm || Math.sign(targetMm - fromMm) === Math.sign(passedMm - fromMm);
  const isWithin = [targetMm, targetMm - backlashMm].every(
    (cornerMm) => cornerMm >= lowMm - roundingMm && cornerMm <= highMm + roundingMm,
  );
  if (isInward && isWithin) return;
  const approach = backlashMm > 0 ? `, the approach over ${backlashMm} mm from below included` : '';
  throw limitError(
    axis.name,
    targetMm,
    `it stands at ${fromMm} mm, outside its limit ${passedMm} mm, and may only go back towards it${approach}`,
    'choose a target on the way back',
  );
}

/** While an axis stays outside, only axes that are outside may move: the stage is led back, not about. */
function checkOthers(
  axes: readonly BenchAxis[],
  targetMm: PositionMm,
  fromMm: PositionMm,
  rules: LimitRules,
): void {
  const isOutside = (axis: BenchAxis, positionMm: number | undefined): boolean =>
    limitPassed(axis, positionMm, rules) !== undefined;
  const endMm = ({name}: BenchAxis): number | undefined => targetMm[name] ?? fromMm[name];
  const out = axes.find((axis) => isOutside(axis, fromMm[axis.name]) && isOutside(axis, endMm(axis)));
  if (out === undefined) return;
  const moved = axes.find((axis) => {
    const [target, from] = [targetMm[axis.name], fromMm[axis.name]];
    if (target === undefined || isOutside(axis, from)) return false;
    return from === undefined || Math.abs(target - from) > rules.toleranceMm;
  });
  if (moved === undefined) return;
  throw limitError(
    moved.name,
    targetMm[moved.name],
    `${out.name} stands at ${fromMm[out.name]} mm, outside its limit ${limitPassed(out, fromMm[out.name], rules)} mm, and would stay outside`,
    `bring ${out.name} back first, or in the same move`,
  );
}
