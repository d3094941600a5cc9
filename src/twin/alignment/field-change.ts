import type {KernelPlane} from '../propagation/convolver.ts';
import type {Motion} from './motion.ts';
import type {FieldView} from './sampling.ts';
import {sidePositions, type Stack} from './stack.ts';

/**
 * The change of the light when something in the bench changes, on its way through a stack whose fields are filled: one
 * plane of the kernel's memory that is cleared, filled at a part and carried on to the output plane.
 */
export interface FieldChange {
  readonly plane: KernelPlane;
  readonly view: FieldView;
  /** Overwritten by the slopes of odd parts; free while those are not needed. */
  readonly scratch: FieldView;
  clear(): void;
  /** Fills the slopes (per sample) of the field that falls on a part; those of the part behind it stay. */
  fillSlopes(part: number): void;
  /** Fills and returns the slopes of the field that falls on a part. */
  slopesAt(this: void, part: number): {readonly x: FieldView; readonly y: FieldView};
  /** Adds factor times the change of the field at a part under a motion; the part's slopes must be filled. */
  addMotion(part: number, motion: Motion, factor: number): void;
  /** Carries the change from a part to the output plane, through every part on the way. */
  carryOn(fromPart: number): void;
}

/**
 * Change of the light in `stack`. Allocates its planes in the memory of the stack; the stack must have been lit
 * first.
 */
export function createFieldChange(stack: Stack): FieldChange {
  const {convolver, filter, grid, plateCount} = stack;
  const plane = convolver.createPlane();
  // Slopes of the field at a part and at the part behind it.
  const slots = [0, 1].map(() => ({x: convolver.createPlane(), y: convolver.createPlane()}));
  const side = sidePositions(grid);
  const viewOf = (of: KernelPlane): FieldView => convolver.view(of) as FieldView;
  const fillSlopes = (part: number): void => {
    const {x, y} = slots[part % 2];
    const field = stack.incident[part];
    for (const half of ['re', 'im'] as const) {
      filter.derivativeX(field[half], x[half]);
      filter.derivativeY(field[half], y[half]);
    }
  };
  const slopesOf = (part: number): {x: FieldView; y: FieldView} => {
    const {x, y} = slots[part % 2];
    return {x: viewOf(x), y: viewOf(y)};
  };
  return {
    plane,
    get view() {
      return viewOf(plane);
    },
    get scratch() {
      return viewOf(slots[1].x);
    },
    clear() {
      const {re, im} = viewOf(plane);
      re.fill(0);
      im.fill(0);
    },
    fillSlopes,
    slopesAt(part) {
      fillSlopes(part);
      return slopesOf(part);
    },
    addMotion(part, motion, factor) {
      const to = viewOf(plane);
      addShift(to, slopesOf(part), side, {motion, perMm: factor / grid.pitchMm});
      if (motion.z !== 0) addScaled(to, viewOf(stack.incidentZ[part]), factor * motion.z);
    },
    carryOn(fromPart) {
      for (let part = fromPart; part <= plateCount; part++) stack.carryChange(part, plane);
    },
  };
}

/** to += (d . grad) U for a shift and a turn in the plane of the part. `side`: positions of rows and columns, mm. */
function addShift(
  to: FieldView,
  {x: gx, y: gy}: {readonly x: FieldView; readonly y: FieldView},
  side: ArrayLike<number>,
  {motion, perMm}: {readonly motion: Motion; readonly perMm: number},
): void {
  const {x, y, turnRad, aboutXMm, aboutYMm} = motion;
  const count = side.length;
  for (let row = 0; row < count; row++) {
    const ax = (x - turnRad * (side[row] - aboutYMm)) * perMm;
    const line = row * count;
    for (let column = 0; column < count; column++) {
      const ay = (y + turnRad * (side[column] - aboutXMm)) * perMm;
      const at = line + column;
      to.re[at] += ax * gx.re[at] + ay * gy.re[at];
      to.im[at] += ax * gx.im[at] + ay * gy.im[at];
    }
  }
}

function addScaled(to: FieldView, from: FieldView, factor: number): void {
  for (let at = 0; at < to.re.length; at++) {
    to.re[at] += factor * from.re[at];
    to.im[at] += factor * from.im[at];
  }
}
