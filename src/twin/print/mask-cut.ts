import type {RealArray} from '../../contract/optics.ts';
import type {Point} from './plate-shape.ts';

/** A mask as a foil: which of its square pixels are cut out. */
export interface MaskPixels {
  readonly count: number;
  readonly pitchMm: number;
  /** 1 where light passes; row-major, row 0 = smallest y. */
  readonly isOpen: Uint8Array;
}

/** A mask whose islands are held. */
export interface BridgedMask extends MaskPixels {
  /** Pixels that the bridges cover. */
  readonly bridgedCount: number;
  /** Islands that nothing holds. */
  readonly islandCount: number;
}

/** Pixels of a transmission that pass light. */
export const maskPixelsFrom = (
  {count, pitchMm}: {readonly count: number; readonly pitchMm: number},
  transmission: RealArray,
): MaskPixels => ({count, pitchMm, isOpen: Uint8Array.from(transmission, (t) => (t > 0.5 ? 1 : 0))});

const ways = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/**
 * Holds each island of foil (inside of a 0) by two bridges, or one where there is one way only: straight, where the gap
 * is smallest, `bridgeMm` wide in whole pixels. Pixels that touch at a corner alone do not hold each other.
 */
export function bridgeIslands(mask: MaskPixels, bridgeMm: number): BridgedMask {
  const isOpen = Uint8Array.from(mask.isOpen);
  if (bridgeMm <= 0) return {...mask, bridgedCount: 0, islandCount: islandsOf(mask).length};
  const width = Math.max(1, Math.round(bridgeMm / mask.pitchMm));
  let bridgedCount = 0;
  let islands = islandsOf({...mask, isOpen});
  while (islands.length > 0) {
    const [island] = islands;
    const best = ways
      .flatMap((way) => shortestGap({...mask, isOpen}, island, way) ?? [])
      .sort((a, b) => a.length - b.length)
      .slice(0, 2);
    for (const gap of best) bridgedCount += closeGap({...mask, isOpen}, gap, width);
    // Each round joins an island to another part of the foil, so there are fewer of them.
    islands = islandsOf({...mask, isOpen});
  }
  return {...mask, isOpen, bridgedCount, islandCount: 0};
}

/** Parts of the foil (closed pixels that share edges) that do not reach the border, as lists of pixels. */
function islandsOf({count, isOpen}: MaskPixels): readonly (readonly number[])[] {
  const isSeen = Uint8Array.from(isOpen);
  const islands: number[][] = [];
  for (let start = 0; start < isSeen.length; start++) {
    if (isSeen[start] === 1) continue;
    isSeen[start] = 1;
    const part = [start];
    let reachesBorder = false;
    for (const at of part) {
      const [row, column] = [Math.floor(at / count), at % count];
      for (const [dx, dy] of ways) {
        const [x, y] = [column + dx, row + dy];
        if (x < 0 || y < 0 || x >= count || y >= count) reachesBorder = true;
        else if (isSeen[y * count + x] === 0) {
          isSeen[y * count + x] = 1;
          part.push(y * count + x);
        }
      }
    }
    if (!reachesBorder) islands.push(part);
  }
  return islands;
}

interface Gap {
  readonly from: number;
  readonly way: readonly [number, number];
  readonly length: number;
}

/** The fewest open pixels from an island straight to another part of the foil or its rim; null when there is none that way. */
function shortestGap(
  {count, isOpen}: MaskPixels,
  island: readonly number[],
  way: readonly [number, number],
): Gap | null {
  const own = new Set(island);
  let best: Gap | null = null;
  for (const from of island) {
    let [x, y, length] = [(from % count) + way[0], Math.floor(from / count) + way[1], 0];
    while (x >= 0 && y >= 0 && x < count && y < count && isOpen[y * count + x] === 1) {
      [x, y, length] = [x + way[0], y + way[1], length + 1];
    }
    // Beyond the border is the rim of the foil.
    const isInside = x >= 0 && y >= 0 && x < count && y < count;
    if (length === 0 || (isInside && own.has(y * count + x))) continue;
    if (best === null || length < best.length) best = {from, way, length};
  }
  return best;
}

/** Closes the open pixels of a gap and of its neighbours beside it; returns how many. */
function closeGap({count, isOpen}: MaskPixels, {from, way, length}: Gap, width: number): number {
  let closed = 0;
  const [row, column] = [Math.floor(from / count), from % count];
  for (let beside = 0; beside < width; beside++) {
    const offset = beside - Math.floor((width - 1) / 2);
    for (let step = 1; step <= length; step++) {
      const x = column + way[0] * step + (way[1] === 0 ? 0 : offset);
      const y = row + way[1] * step + (way[0] === 0 ? 0 : offset);
      if (x < 0 || y < 0 || x >= count || y >= count || isOpen[y * count + x] === 0) continue;
      isOpen[y * count + x] = 0;
      closed++;
    }
  }
  return closed;
}

/**
 * Outlines of the open pixels, mm in the design's frame; each counter-clockwise around what is cut out, holes in it
 * clockwise. Open pixels that touch at a corner alone have outlines of their own.
 */
export function cutLoops({count, pitchMm, isOpen}: MaskPixels): readonly (readonly Point[])[] {
  const side = count + 1;
  const openAt = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < count && y < count && isOpen[y * count + x] === 1;
  // Of each corner of a pixel the corners that an outline goes on to, with the open side on the left.
  const onward = new Map<number, number[]>();
  const go = (fromX: number, fromY: number, toX: number, toY: number): void => {
    const from = fromY * side + fromX;
    onward.set(from, [...(onward.get(from) ?? []), toY * side + toX]);
  };
  for (let y = 0; y < count; y++)
    for (let x = 0; x < count; x++) {
      if (!openAt(x, y)) continue;
      if (!openAt(x, y - 1)) go(x, y, x + 1, y);
      if (!openAt(x + 1, y)) go(x + 1, y, x + 1, y + 1);
      if (!openAt(x, y + 1)) go(x + 1, y + 1, x, y + 1);
      if (!openAt(x - 1, y)) go(x, y + 1, x, y);
    }
  const loops: Point[][] = [];
  const placeOf = (corner: number): Point => [
    ((corner % side) - count / 2) * pitchMm,
    (Math.floor(corner / side) - count / 2) * pitchMm,
  ];
  for (const start of onward.keys())
    while ((onward.get(start)?.length ?? 0) > 0)
      loops.push(cornersOf(walk(onward, start, side)).map(placeOf));
  return loops;
}

/** Follows an outline once around, to the left where two meet, and takes its edges away. */
function walk(onward: Map<number, number[]>, start: number, side: number): number[] {
  const path = [start];
  let [at, step] = [start, 0];
  do {
    const choices = onward.get(at) ?? [];
    const left = step === 1 ? side : step === side ? -1 : step === -1 ? -side : 1;
    const wanted = choices.length > 1 && path.length > 1 ? choices.indexOf(at + left) : 0;
    const [next] = choices.splice(Math.max(0, wanted), 1);
    step = next - at;
    at = next;
    path.push(at);
  } while (at !== start);
  path.pop();
  return path;
}

/** Without the corners that lie on a straight line between their neighbours. */
const cornersOf = (path: readonly number[]): number[] =>
  path.filter((at, i) => at - path[(i + path.length - 1) % path.length] !== path[(i + 1) % path.length] - at);
