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
  const dark = valueOf(0, threshold);
  const bends = change.elasticPixels > 0 ? [bendX, bendY] : undefined;
  const inked = inkedPart(image, bends);
  // Changed strokes may leave the image's square by this much.
  const reach = rows / 2 + 4;
  const moved = {u: 0, v: 0};
  into.fill(0);
  for (let row = 0; row < grid.count; row++) {
    // Image axes: right and down, from the image's centre, in its pixels.
    const down = -positionMm(grid, row) / cellMm;
    if (Math.abs(down) > reach) continue;
    for (let column = 0; column < grid.count; column++) {
      const right = positionMm(grid, column) / cellMm;
      if (Math.abs(right) > reach) continue;
      const u = ax * right + ay * down - shiftX + columns / 2;
      const v = bx * right + by * down - shiftY + rows / 2;
      const at = row * grid.count + column;
      if (u < inked.left || u > inked.right || v < inked.top || v > inked.bottom) {
        into[at] = dark;
        continue;
      }
      moved.u = u;
      moved.v = v;
      if (bends !== undefined) bend(bends, moved, image);
      into[at] = valueOf(bilinear(image, moved.v - 0.5, moved.u - 0.5), threshold);
    }
  }
}

/** Part of the plane, in pixels of the image, beyond which every sample is dark, however far it is bent. */
function inkedPart({rows, columns, bytes}: Image, bends: readonly Float64Array[] | undefined) {
  let [left, right, top, bottom] = [columns, -1, rows, -1];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      if (bytes[row * columns + column] === 0) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
    }
  // A pixel lights samples within one pixel of its centre.
  const [across, along] = (bends ?? [[0], [0]]).map((own) => 1 + largestOf(own));
  return {
    left: left + 0.5 - across,
    right: right + 0.5 + across,
    top: top + 0.5 - along,
    bottom: bottom + 0.5 + along,
  };
}

const largestOf = (values: ArrayLike<number>): number =>
  Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0);

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
  const [hasUpper, hasLower, hasLeft, hasRight] = [r >= 0, r + 1 < rows, c >= 0, c + 1 < columns];
  const first = r * columns + c;
  const upperLeft = hasUpper && hasLeft ? bytes[first] : 0;
  const upperRight = hasUpper && hasRight ? bytes[first + 1] : 0;
  const lowerLeft = hasLower && hasLeft ? bytes[first + columns] : 0;
  const lowerRight = hasLower && hasRight ? bytes[first + columns + 1] : 0;
  const upper = (1 - fc) * upperLeft + fc * upperRight;
  const lower = (1 - fc) * lowerLeft + fc * lowerRight;
  return ((1 - fr) * upper + fr * lower) / 255;
}

interface Place {
  u: number;
  v: number;
}

/** Moves a place in an image by two smooth fields, across and along, given at knots x knots places of its square. */
function bend([across, along]: readonly Float64Array[], place: Place, {rows, columns}: Image): void {
  const x = Math.min(Math.max(place.u / columns, 0), 0.9999) * (knots - 1);
  const y = Math.min(Math.max(place.v / rows, 0), 0.9999) * (knots - 1);
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const [a, b] = [ease(x - i), ease(y - j)];
  const at = j * knots + i;
  place.u += between(across, at, a, b);
  place.v += between(along, at, a, b);
}

const between = (values: Float64Array, at: number, a: number, b: number): number =>
  (1 - b) * ((1 - a) * values[at] + a * values[at + 1]) +
  b * ((1 - a) * values[at + knots] + a * values[at + knots + 1]);

const ease = (t: number): number => t * t * (3 - 2 * t);
