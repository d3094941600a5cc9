import type {Grid} from '../../contract/optics.ts';
import type {PlateFrame} from '../../contract/plate-export.ts';
import type {TriangleMesh} from './triangle-mesh.ts';

/** Width of the slope between two square pixels, mm: a thousandth of an inch's tenth, far below a printer's dot. */
export const stepWidthMm = 0.01;

/** Where the surface of a block has its vertices, and from which pixel each takes its height. */
interface Samples {
  readonly positionsMm: readonly number[];
  readonly pixels: readonly number[];
}

/**
 * Block from z = 0 to a height map, closed. Its heights stand over x and y as in the plane; x is turned to -x for a plate
 * whose relief faces the source, which is laid on its back to be printed.
 *
 * Square pixels: each is flat up to `stepWidthMm` / 2 from its edges and meets its neighbours in a slope, so that no edge
 * belongs to more than two triangles, not even where two tall pixels touch at a corner alone. The volume is that of the
 * pixels: half of a slope's height belongs to each side.
 */
export function heightBlock(
  grid: Grid,
  surfaceMm: ArrayLike<number>,
  {relief, isTurned}: {readonly relief: PlateFrame['relief']; readonly isTurned: boolean},
): TriangleMesh {
  const {positionsMm, pixels} = relief === 'square-pixels' ? squareSamples(grid) : middleSamples(grid);
  const side = positionsMm.length;
  const ringCount = 4 * (side - 1);
  const positions = new Float32Array(3 * (side * side + ringCount + 1));
  const last = grid.count - 1;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const pixel = isTurned ? last - pixels[column] : pixels[column];
      positions.set(
        [positionsMm[column], positionsMm[row], surfaceMm[pixels[row] * grid.count + pixel]],
        3 * (row * side + column),
      );
    }
  const ring = ringOf(side);
  ring.forEach((vertex, i) =>
    positions.set([positions[3 * vertex], positions[3 * vertex + 1], 0], 3 * (side * side + i)),
  );
  // The middle of the floor is the last vertex, at the origin.
  return {positions, triangles: blockTriangles(side, ring)};
}

/** Two vertices a pixel, just inside of its edges; at the border on them. */
function squareSamples({count, pitchMm}: Grid): Samples {
  const inset = stepWidthMm / 2;
  const positionsMm: number[] = [];
  const pixels: number[] = [];
  for (let i = 0; i < count; i++) {
    const leftMm = (i - count / 2) * pitchMm;
    positionsMm.push(i === 0 ? leftMm : leftMm + inset, leftMm + pitchMm - (i === count - 1 ? 0 : inset));
    pixels.push(i, i);
  }
  return {positionsMm, pixels};
}

/** One vertex in the middle of each pixel; the outermost half pixels are flat. */
function middleSamples({count, pitchMm}: Grid): Samples {
  const half = (count * pitchMm) / 2;
  const middles = Array.from({length: count}, (_, i) => (i - (count - 1) / 2) * pitchMm);
  return {
    positionsMm: [-half, ...middles, half],
    pixels: [0, ...middles.map((_, i) => i), count - 1],
  };
}

/** Vertices of the border, counter-clockwise as seen from above. */
function ringOf(side: number): number[] {
  const last = side - 1;
  const along = Array.from({length: last}, (_, i) => i);
  return [
    ...along.map((i) => i),
    ...along.map((i) => i * side + last),
    ...along.map((i) => last * side + (last - i)),
    ...along.map((i) => (last - i) * side),
  ];
}

function blockTriangles(side: number, ring: readonly number[]): Uint32Array {
  const cells = (side - 1) * (side - 1);
  const triangles = new Uint32Array(3 * (2 * cells + 3 * ring.length));
  let at = 0;
  const put = (a: number, b: number, c: number): void => {
    triangles.set([a, b, c], at);
    at += 3;
  };
  for (let row = 0; row < side - 1; row++)
    for (let column = 0; column < side - 1; column++) {
      const near = row * side + column;
      put(near, near + 1, near + side + 1);
      put(near, near + side + 1, near + side);
    }
  const floor = side * side;
  const middle = floor + ring.length;
  ring.forEach((top, i) => {
    const next = (i + 1) % ring.length;
    put(floor + i, floor + next, ring[next]);
    put(floor + i, ring[next], top);
    put(middle, floor + next, floor + i);
  });
  return triangles;
}
