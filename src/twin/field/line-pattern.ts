import type {Random} from '../../base/random.ts';

/** A square picture of lines and bars, row-major, 0..255. */
export type LinePattern = Uint8Array<ArrayBuffer>;

/**
 * Draws lines and groups of bars on a dark square: a third each of single lines, of groups of parallel bars as wide as
 * the gaps between them, and of both. Widths are from 2 pixels to a twelfth of the side, directions are any, grey values
 * from 0.4 to 1. What an imaging network learns from them is not tied to the look of one set of images.
 */
export function drawLinePattern(side: number, random: Random): LinePattern {
  const grey = new Float32Array(side * side);
  const kind = random.integer(3);
  if (kind !== 1) for (let k = 2 + random.integer(5); k > 0; k--) addBars(grey, side, random, 1);
  if (kind !== 0)
    for (let k = 1 + random.integer(3); k > 0; k--) addBars(grey, side, random, 3 + random.integer(4));
  return Uint8Array.from(grey, (value) => Math.round(255 * value));
}

/** Adds parallel bars, gaps as wide as they are, the brighter of old and new at each pixel; edges are a pixel soft. */
function addBars(grey: Float32Array, side: number, random: Random, barCount: number): void {
  const within = (low: number, high: number): number => low + (high - low) * random.uniform();
  const width = within(2, side / 12);
  const halfLength = within(side / 20, side / 4);
  const angle = random.uniform() < 0.5 ? (Math.PI / 2) * random.integer(2) : Math.PI * random.uniform();
  const value = within(0.4, 1);
  const [x0, y0] = [within(0.2, 0.8) * side, within(0.2, 0.8) * side];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const halfSpan = ((2 * barCount - 1) * width) / 2;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = cos * x + sin * y;
      const across = cos * y - sin * x + halfSpan;
      if (Math.abs(along) > halfLength + 1 || across < -1 || across > 2 * halfSpan + 1) continue;
      const bar = Math.min(Math.max(Math.round((across - width / 2) / (2 * width)), 0), barCount - 1);
      const fromMiddle = Math.abs(across - width / 2 - 2 * width * bar);
      const inside = Math.min(softEdge(width / 2 - fromMiddle), softEdge(halfLength - Math.abs(along)));
      const at = row * side + column;
      grey[at] = Math.max(grey[at], value * inside);
    }
}

/** Part of a pixel that lies inside an edge, given the distance of its middle from the edge in pixels. */
const softEdge = (inside: number): number => Math.min(Math.max(inside + 0.5, 0), 1);
