import {roundedText} from '../../src/base/number-format.ts';
import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {AxisName, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';

/** Places into which the stage must not go, and the outline that it must not leave: whole ways, in the bench frame. */

type Zone = NonNullable<StageConfig['keepOut']>[number];
export type StageArea = Pick<StageConfig, 'keepOut' | 'envelopeMm'>;

/** Rounding of positions, mm: a way along an edge touches nothing. */
const edgeMm = 1e-6;
/** A jog ends so far before what it must not enter, mm. */
const jogMarginMm = 0.05;

const axisNames: readonly AxisName[] = ['x', 'y', 'z'];
const boundsOf = (zone: Zone, axis: AxisName): readonly [number, number] | undefined =>
  ({x: zone.xMm, y: zone.yMm, z: zone.zMm})[axis];

/** Part of a straight way that lies within a zone, from 0 at its start to 1 at its end; undefined for none. */
function stretchWithin(
  zone: Zone,
  fromMm: PositionMm,
  toMm: PositionMm,
): readonly [enters: number, leaves: number] | undefined {
  let [enters, leaves] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const axis of axisNames) {
    const bounds = boundsOf(zone, axis);
    const to = toMm[axis];
    // Where an axis stands is not known, or it is none of this stage: it may be anywhere.
    if (bounds === undefined || to === undefined) continue;
    const [low, high] = [bounds[0] + edgeMm, bounds[1] - edgeMm];
    const from = fromMm[axis] ?? to;
    const way = to - from;
    if (way === 0) {
      if (from <= low || from >= high) return undefined;
      continue;
    }
    const ends = [(low - from) / way, (high - from) / way];
    enters = Math.max(enters, Math.min(...ends));
    leaves = Math.min(leaves, Math.max(...ends));
  }
  return enters < leaves && leaves > 0 && enters < 1 ? [enters, leaves] : undefined;
}

/** The zone that a straight way enters; one that it begins in may be left. */
const zoneEntered = (zones: readonly Zone[], fromMm: PositionMm, toMm: PositionMm): Zone | undefined =>
  zones.find((zone) => {
    const stretch = stretchWithin(zone, fromMm, toMm);
    if (!stretch) return false;
    const [enters, leaves] = stretch;
    const isLeft = enters < 0 && leaves < 1;
    return !isLeft;
  });

type Corner = readonly [xMm: number, yMm: number];

/** Whether a place lies within a polygon, its edges included (crossing number). */
function isWithin(outline: readonly Corner[], [x, y]: Corner): boolean {
  let isInside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [outline[i], outline[j]];
    if (distanceToEdge([x, y], [xi, yi], [xj, yj]) <= edgeMm) return true;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) isInside = !isInside;
  }
  return isInside;
}

function distanceToEdge([x, y]: Corner, [ax, ay]: Corner, [bx, by]: Corner): number {
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / lengthSquared;
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - part * dx, y - ay - part * dy);
}

/** Parts of a straight way at which it meets the outline, in order, its ends included. */
function meetings(outline: readonly Corner[], [ax, ay]: Corner, [bx, by]: Corner): number[] {
  const parts = [0, 1];
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [[cx, cy], [dx, dy]] = [outline[j], outline[i]];
    const cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
    if (cross === 0) continue;
    const along = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / cross;
    const onEdge = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / cross;
    if (along > 0 && along < 1 && onEdge >= 0 && onEdge <= 1) parts.push(along);
  }
  return parts.toSorted((one, other) => one - other);
}

/** Part of a straight way after which it is outside the outline; 1 where it never is. A start outside may come back. */
function insideUntil(outline: readonly Corner[], from: Corner, to: Corner): number {
  const parts = meetings(outline, from, to);
  const at = (part: number): Corner => [
    from[0] + part * (to[0] - from[0]),
    from[1] + part * (to[1] - from[1]),
  ];
  let isBack = isWithin(outline, from);
  for (let i = 0; i + 1 < parts.length; i++) {
    const isInside = isWithin(outline, at((parts[i] + parts[i + 1]) / 2));
    if (isBack && !isInside) return parts[i];
    isBack ||= isInside;
  }
  return isBack ? 1 : 0;
}

/** Whether the way stays within the outline; one that begins outside has to end inside. */
function staysInside(outline: readonly Corner[], fromMm: PositionMm, toMm: PositionMm): boolean {
  const [x, y] = [toMm.x ?? fromMm.x, toMm.y ?? fromMm.y];
  // An axis whose place is not known is judged when it is.
  if (x === undefined || y === undefined) return true;
  return insideUntil(outline, [fromMm.x ?? x, fromMm.y ?? y], [x, y]) >= 1;
}

/**
 * Throws `motion/limit` where a straight way from `fromMm` over each of `cornersMm` enters a keep-out zone or leaves the
 * outline, naming it. What `fromMm` does not know is taken to be where the first corner is.
 */
export function checkWay(
  {keepOut = [], envelopeMm}: StageArea,
  fromMm: PositionMm,
  cornersMm: readonly PositionMm[],
): void {
  let beforeMm = fromMm;
  for (const corner of cornersMm) {
    const toMm: PositionMm = {...beforeMm, ...corner};
    const zone = zoneEntered(keepOut, beforeMm, toMm);
    if (zone)
      throw refused(fromMm, toMm, {
        why: `its way enters the keep-out zone "${zone.name}" (${zoneText(zone)})`,
        field: 'keepOut',
        zone: zone.name,
      });
    if (envelopeMm && !staysInside(envelopeMm, beforeMm, toMm))
      throw refused(fromMm, toMm, {
        why: 'its way leaves the mechanical envelope (envelopeMm)',
        field: 'envelopeMm',
        zone: 'envelope',
      });
    beforeMm = toMm;
  }
}

/** Distances of a jog, cut off before what the stage must not enter. Throws `motion/limit` where nothing is left. */
export function freeDistances(
  {keepOut = [], envelopeMm}: StageArea,
  fromMm: PositionMm,
  distancesMm: PositionMm,
): PositionMm {
  const axes = axisNames.filter((axis) => distancesMm[axis] !== undefined);
  const toMm: PositionMm = {
    ...fromMm,
    ...Object.fromEntries(axes.map((axis) => [axis, (fromMm[axis] ?? 0) + (distancesMm[axis] ?? 0)])),
  };
  const lengthMm = Math.hypot(...axes.map((axis) => distancesMm[axis] ?? 0));
  const stretches = keepOut.flatMap((zone) => {
    const stretch = stretchWithin(zone, fromMm, toMm);
    return stretch ? [{zone, enters: stretch[0], leaves: stretch[1]}] : [];
  });
  // Out of a zone that it stands in: as far as the way leaves it.
  const trapped = stretches.find(({enters, leaves}) => enters < 0 && leaves >= 1);
  const entered = stretches.filter(({enters}) => enters >= 0);
  const {x, y} = {x: toMm.x ?? 0, y: toMm.y ?? 0};
  const outlined = envelopeMm ? insideUntil(envelopeMm, [fromMm.x ?? x, fromMm.y ?? y], [x, y]) : 1;
  const first = Math.min(outlined, ...entered.map(({enters}) => enters));
  if (first >= 1 && !trapped) return distancesMm;
  const part = trapped ? 0 : first - jogMarginMm / lengthMm;
  if (part * lengthMm > jogMarginMm)
    return Object.fromEntries(axes.map((axis) => [axis, roundedToZero((distancesMm[axis] ?? 0) * part)]));
  const what = trapped?.zone ?? entered.find(({enters}) => enters === first)?.zone;
  throw new BenchError(
    'motion/limit',
    `The stage stands at ${what ? `the keep-out zone "${what.name}" (${zoneText(what)})` : 'its mechanical envelope (envelopeMm)'} and does not go further that way. Nothing moved; jog the other way.`,
    {details: {zone: what?.name ?? 'envelope'}},
  );
}

const roundedToZero = (mm: number): number => Math.trunc(mm * 1000) / 1000 + 0;

const zoneText = (zone: Zone): string =>
  axisNames
    .flatMap((axis) => {
      const bounds = boundsOf(zone, axis);
      return bounds ? [`${axis} ${bounds[0]} to ${bounds[1]} mm`] : [];
    })
    .join(', ');

const placeText = (positionMm: PositionMm): string =>
  axisNames
    .flatMap((axis) =>
      positionMm[axis] === undefined ? [] : [`${axis} ${roundedText(positionMm[axis], 3)}`],
    )
    .join(', ');

const refused = (
  fromMm: PositionMm,
  toMm: PositionMm,
  {why, field, zone}: {readonly why: string; readonly field: string; readonly zone: string},
): BenchError =>
  new BenchError(
    'motion/limit',
    `The move ${Object.keys(fromMm).length === 0 ? '' : `from ${placeText(fromMm)} `}to ${placeText(toMm)} mm was refused: ${why}. ` +
      `Nothing moved; go round in several moves, or change ${field} in the bench file.`,
    {details: {zone, targetMm: toMm}},
  );
