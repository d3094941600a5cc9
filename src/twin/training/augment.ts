import type {Random} from '../../base/random.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {positionMm} from '../../contract/optics.ts';
import {phaseTurnsOf, type Image} from '../field/object.ts';

/** How far a training image may be changed; all zero leaves it as it is. */
export interface Augmentation {
  /** Largest shift, pixels of the image. */
  readonly shiftPixels: number;
  readonly rotationDeg: number;
  /** Largest relative change of size, and of shear. */
  readonly scaleRatio: number;
  readonly shearRatio: number;
  /** Standard deviation of a smooth distortion, pixels of the image. */
  readonly elasticPixels: number;
  /** Largest change of the threshold of a mask: makes strokes thicker and thinner. */
  readonly thresholdChange: number;
}

/** Leaves training images as they are. */
export const noAugmentation: Augmentation = {
  shiftPixels: 0,
  rotationDeg: 0,
  scaleRatio: 0,
  shearRatio: 0,
  elasticPixels: 0,
  thresholdChange: 0,
};

const knots = 5;

/**
 * A changed training image as its object on a grid: amplitudes (0 or 1 for masks), or turns of phase of a phase object.
 * Draws from `random`.
 */
export function augmentedObject(
  image: Image,
  {grid, object}: Pick<DesignFile, 'grid' | 'object'>,
  {change, random}: {readonly change: Augmentation; readonly random: Random},
  into: Float32Array,
): void {
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  const angle = (within(change.rotationDeg) * Math.PI) / 180;
  const [scaleX, scaleY] = [1 + within(change.scaleRatio), 1 + within(change.scaleRatio)];
  const shear = within(change.shearRatio);
  const [shiftX, shiftY] = [within(change.shiftPixels), within(change.shiftPixels)];
  const threshold = object.threshold + within(change.thresholdChange);
  const bendX = Float64Array.from({length: knots * knots}, () => change.elasticPixels * random.normal());
  const bendY = Float64Array.from({length: knots * knots}, () => change.elasticPixels * random.normal());
  const {rows, columns} = image;
  const cellMm = object.sideMm / rows;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [ax, ay, bx, by] = [
    cos / scaleX,
    (sin + shear * cos) / scaleX,
    -sin / scaleY,
    (cos - shear * sin) / scaleY,
  ];
  const valueOf = valueOfGrey[object.kind](object);
  // Changed strokes may leave the image's square by this much.
  const reach = rows / 2 + 4;
  into.fill(0);
  for (let row = 0; row < grid.count; row++) {
    // Image axes: right and down, from the image's centre, in its pixels.
    const down = -positionMm(grid, row) / cellMm;
    if (Math.abs(down) > reach) continue;
    for (let column = 0; column < grid.count; column++) {
      const right = positionMm(grid, column) / cellMm;
      if (Math.abs(right) > reach) continue;
      let u = ax * right + ay * down - shiftX + columns / 2;
      let v = bx * right + by * down - shiftY + rows / 2;
      if (change.elasticPixels > 0) {
        const [p, q] = [u, v];
        u += bend(bendX, p / columns, q / rows);
        v += bend(bendY, p / columns, q / rows);
      }
      const grey = bilinear(image, v - 0.5, u - 0.5);
      into[row * grid.count + column] = valueOf(grey, threshold);
    }
  }
}

/** What grey values become, by the kind of the object. */
const valueOfGrey = {
  'binary-mask': () => (grey: number, threshold: number) => (grey >= threshold ? 1 : 0),
  'grey-amplitude': () => (grey: number) => grey,
  phase(object: DesignFile['object']) {
    const turns = phaseTurnsOf(object);
    return (grey: number) => turns * grey;
  },
} as const;

function bilinear({rows, columns, bytes}: Image, row: number, column: number): number {
  const [r, c] = [Math.floor(row), Math.floor(column)];
  if (r < -1 || c < -1 || r >= rows || c >= columns) return 0;
  const [fr, fc] = [row - r, column - c];
  const at = (y: number, x: number): number =>
    y < 0 || x < 0 || y >= rows || x >= columns ? 0 : bytes[y * columns + x];
  const upper = (1 - fc) * at(r, c) + fc * at(r, c + 1);
  const lower = (1 - fc) * at(r + 1, c) + fc * at(r + 1, c + 1);
  return ((1 - fr) * upper + fr * lower) / 255;
}

/** Smooth field given at knots x knots places of the unit square. */
function bend(values: Float64Array, x: number, y: number): number {
  const u = Math.min(Math.max(x, 0), 0.9999) * (knots - 1);
  const v = Math.min(Math.max(y, 0), 0.9999) * (knots - 1);
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [a, b] = [ease(u - i), ease(v - j)];
  const at = j * knots + i;
  return (
    (1 - b) * ((1 - a) * values[at] + a * values[at + 1]) +
    b * ((1 - a) * values[at + knots] + a * values[at + knots + 1])
  );
}

const ease = (t: number): number => t * t * (3 - 2 * t);
