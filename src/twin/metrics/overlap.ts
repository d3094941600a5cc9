/** A rectangle by its centre, sides and rotation (positive from x to y). */
export interface Rectangle {
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly rotationRad: number;
}

/**
 * Area that a rectangle shares with an upright one centred on the origin, mm^2. Upright pairs by interval lengths,
 * turned ones by clipping the polygon on the four sides (Sutherland and Hodgman) and the shoelace formula.
 */
export function computeOverlapArea(rectangle: Rectangle, widthMm: number, heightMm: number): number {
  if (rectangle.rotationRad === 0)
    return (
      sharedLength(rectangle.xMm, rectangle.widthMm, widthMm) *
      sharedLength(rectangle.yMm, rectangle.heightMm, heightMm)
    );
  let polygon = cornersOf(rectangle);
  for (const axis of [0, 1] as const)
    for (const side of [-1, 1] as const)
      polygon = clip(polygon, axis, side, (axis === 0 ? widthMm : heightMm) / 2);
  return areaOf(polygon);
}

type Point = readonly [x: number, y: number];

function sharedLength(center: number, length: number, otherLength: number): number {
  const low = Math.max(center - length / 2, -otherLength / 2);
  const high = Math.min(center + length / 2, otherLength / 2);
  return Math.max(0, high - low);
}

function cornersOf({xMm, yMm, widthMm, heightMm, rotationRad}: Rectangle): Point[] {
  const cos = Math.cos(rotationRad);
  const sin = Math.sin(rotationRad);
  const corners: Point[] = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ];
  return corners.map(([right, up]) => {
    const along = (right * widthMm) / 2;
    const across = (up * heightMm) / 2;
    return [xMm + along * cos - across * sin, yMm + along * sin + across * cos];
  });
}

/** Keeps the part of a convex polygon where side * coordinate <= limit. */
function clip(polygon: readonly Point[], axis: 0 | 1, side: -1 | 1, limit: number): Point[] {
  const kept: Point[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const from = polygon[i];
    const to = polygon[(i + 1) % polygon.length];
    const fromInside = limit - side * from[axis];
    const toInside = limit - side * to[axis];
    if (fromInside >= 0) kept.push(from);
    if (fromInside * toInside < 0) {
      const part = fromInside / (fromInside - toInside);
      kept.push([from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]);
    }
  }
  return kept;
}

function areaOf(polygon: readonly Point[]): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i++) {
    const from = polygon[i];
    const to = polygon[(i + 1) % polygon.length];
    twice += from[0] * to[1] - to[0] * from[1];
  }
  return Math.abs(twice) / 2;
}
