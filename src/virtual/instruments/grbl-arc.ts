import {GrblError, type AxisValues} from './grbl-settings.ts';

/** An arc in a plane: axes a, b span it, the third moves linearly. Lengths mm, angles rad. */
export interface Arc {
  readonly axes: readonly [a: number, b: number, linear: number];
  readonly isClockwise: boolean;
  readonly start: Readonly<AxisValues>;
  readonly target: Readonly<AxisValues>;
  /** Centre relative to the start, in the plane. */
  readonly offset: readonly [a: number, b: number];
  readonly radiusMm: number;
}

/** Axes of G17, G18, G19. */
export const planeAxes = {17: [0, 1, 2], 18: [2, 0, 1], 19: [1, 2, 0]} as const satisfies Record<
  number,
  readonly [number, number, number]
>;

/** Centre of an arc given by its radius. Throws error 34 when the target is further away than the diameter. */
export function centerFromRadius(
  dx: number,
  dy: number,
  radiusMm: number,
  isClockwise: boolean,
): [number, number] {
  const discriminant = 4 * radiusMm * radiusMm - dx * dx - dy * dy;
  if (discriminant < 0) throw new GrblError(34);
  let ratio = -Math.sqrt(discriminant) / Math.hypot(dx, dy);
  if (!isClockwise) ratio = -ratio;
  // A negative radius asks for the longer way.
  if (radiusMm < 0) ratio = -ratio;
  return [0.5 * (dx - dy * ratio), 0.5 * (dy + dx * ratio)];
}

/** Radius of an arc given by its centre. Throws error 33 when start and target are not equally far from it. */
export function radiusFromCenter(dx: number, dy: number, [i, j]: readonly [number, number]): number {
  const radius = Math.hypot(i, j);
  const difference = Math.abs(Math.hypot(dx - i, dy - j) - radius);
  if (difference > 0.005 && (difference > 0.5 || difference > 0.001 * radius)) throw new GrblError(33);
  return radius;
}

/** Corner points of the chords that replace an arc within `toleranceMm` ($12), the target last. */
export function chordsOf(arc: Arc, toleranceMm: number): AxisValues[] {
  const [a, b, linear] = arc.axes;
  const center = [arc.start[a] + arc.offset[0], arc.start[b] + arc.offset[1]] as const;
  const [fromA, fromB] = [-arc.offset[0], -arc.offset[1]];
  const [toA, toB] = [arc.target[a] - center[0], arc.target[b] - center[1]];
  let angle = Math.atan2(fromA * toB - fromB * toA, fromA * toA + fromB * toB);
  const smallest = 5e-7;
  if (arc.isClockwise) {
    if (angle >= -smallest) angle -= 2 * Math.PI;
  } else if (angle <= smallest) angle += 2 * Math.PI;
  const chordMm = Math.sqrt(toleranceMm * (2 * arc.radiusMm - toleranceMm));
  const count = Math.floor(Math.abs(0.5 * angle * arc.radiusMm) / chordMm);
  const points: AxisValues[] = [];
  for (let i = 1; i < count; i++) {
    const [cos, sin] = [Math.cos((angle * i) / count), Math.sin((angle * i) / count)];
    const point: AxisValues = [0, 0, 0];
    point[a] = center[0] + fromA * cos - fromB * sin;
    point[b] = center[1] + fromA * sin + fromB * cos;
    point[linear] = arc.start[linear] + ((arc.target[linear] - arc.start[linear]) * i) / count;
    points.push(point);
  }
  return [...points, [...arc.target]];
}
