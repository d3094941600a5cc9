/** A rectangle of a chart, px; y runs down. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Where the name of a point is written, px: at its right, its left, above or below it, the first of these that lies in
 * the area and covers no box that is taken; at its right or left where none does.
 */
export function nameBox(
  {x, y}: {readonly x: number; readonly y: number},
  {width, height}: {readonly width: number; readonly height: number},
  area: Box,
  taken: readonly Box[],
): Box {
  const away = 0.7 * height;
  const boxAt = (left: number, top: number): Box => ({left, top, right: left + width, bottom: top + height});
  const sides = [boxAt(x + away, y - height / 2), boxAt(x - away - width, y - height / 2)];
  const middle = Math.max(area.left, Math.min(x - width / 2, area.right - width));
  const places = [...sides, boxAt(middle, y - away - height), boxAt(middle, y + away)];
  // Beside a point on the upper or lower edge a name reaches beyond it by half its height.
  const isInside = (box: Box): boolean =>
    box.left >= area.left &&
    box.right <= area.right &&
    box.top >= area.top - height / 2 &&
    box.bottom <= area.bottom + height / 2;
  const isFree = (box: Box): boolean =>
    taken.every(
      (other) =>
        box.right <= other.left ||
        box.left >= other.right ||
        box.bottom <= other.top ||
        box.top >= other.bottom,
    );
  return places.find((box) => isInside(box) && isFree(box)) ?? sides.find(isInside) ?? sides[0];
}
