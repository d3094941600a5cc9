import {fixedText, roundedText} from '../../src/base/number-format.ts';
import type {AxisName, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {BenchAxes, BenchAxis} from './bench-axes.ts';

/** Shorter jogs are not begun, mm. */
const shortestMm = 0.002;
const decimals = 1000;

/** Towards zero, so that rounding never passes a limit. */
const truncateMm = (mm: number): number => Math.trunc(mm * decimals) / decimals + 0;

/**
 * Distances by axis of a straight way along `direction` from `nowMm` to the first limit, mm. An axis that stands at
 * its limit is left out, so that a diagonal slides along it. While an axis stands outside its limits and does not come
 * back with this jog, only axes that are outside move. Throws `motion/limit` when no way is left.
 */
export function jogDistances(
  axes: BenchAxes,
  direction: PositionMm,
  nowMm: PositionMm,
  reachMm: (axis: BenchAxis) => readonly [number, number],
): PositionMm {
  for (const [name, share] of Object.entries(direction))
    if (share !== 0 && share !== undefined && !axes.names.includes(name as AxisName))
      throw new BenchError(
        'motion/limit',
        `This stage has no axis ${name}: it has ${axes.names.join(', ')}. Nothing moved.`,
      );
  const ways = axes.list.flatMap((axis) => {
    const share = direction[axis.name] ?? 0;
    const positionMm = nowMm[axis.name];
    if (!Number.isFinite(share) || share === 0 || positionMm === undefined) return [];
    const [minimumMm, maximumMm] = reachMm(axis);
    const limitMm = share > 0 ? maximumMm : minimumMm;
    return [{axis, share, limitMm, roomMm: (limitMm - positionMm) * Math.sign(share)}];
  });
  const free = ways.filter(({roomMm}) => roomMm > shortestMm);
  if (free.length === 0) throw noWayLeft(ways);
  const isOut = (axis: BenchAxis): boolean => axes.limitPassed(axis, nowMm[axis.name]) !== undefined;
  const staysOut = axes.list.find((axis) => isOut(axis) && !free.some((way) => way.axis === axis));
  const open = staysOut === undefined ? free : free.filter(({axis}) => isOut(axis));
  if (open.length === 0 && staysOut !== undefined) throw outsideFirst(staysOut, nowMm);
  const length = Math.min(...open.map(({roomMm, share}) => roomMm / Math.abs(share)));
  return Object.fromEntries(open.map(({axis, share}) => [axis.name, truncateMm(share * length)]));
}

const outsideFirst = (axis: BenchAxis, nowMm: PositionMm): BenchError =>
  new BenchError(
    'motion/limit',
    `${axis.name} stands at ${fixedText(nowMm[axis.name] ?? Number.NaN, 3)} mm, outside its limits ${axis.limitsMm.join(' to ')} mm. Nothing moved; ` +
      `bring ${axis.name} back first.`,
    {details: {axes: [axis.name]}},
  );

function noWayLeft(ways: readonly {readonly axis: BenchAxis; readonly limitMm: number}[]): BenchError {
  if (ways.length === 0)
    return new BenchError('motion/limit', 'The jog has no direction. Nothing moved; give one axis at least.');
  const words = ways.map(({axis, limitMm}) => `${axis.name} at ${roundedText(limitMm, 3)} mm`);
  return new BenchError(
    'motion/limit',
    `The stage stands at its limit (${words.join(', ')}) and does not go further that way. Nothing moved; jog the other way.`,
    {details: {axes: ways.map(({axis}) => axis.name)}},
  );
}
