import type {KernelPlane} from '../propagation/convolver.ts';
import {inAxes, rigidMotions, type Motion} from './motion.ts';
import {fillLightChange} from './light-change.ts';
import {isTiltQuantity, type Parameter} from './parameters.ts';
import type {FieldView} from './sampling.ts';
import type {PlateScreen} from './stack-plates.ts';
import {sidePositions, type Stack} from './stack.ts';
import type {PartVisit} from './tilted-part.ts';

/** Overlaps Re sum conj(A) g of an adjoint field A with the slopes g of the field at a part: what any motion needs. */
interface PartOverlaps {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** sum over the slope along x times the row's y (per mm of both), and along y times the column's x. */
  readonly xByRow: number;
  readonly yByColumn: number;
}

/** Fields of the way back. */
export interface WayBack {
  /** dL/d(conj U) at the output plane; used up. */
  readonly work: KernelPlane;
  /** Slopes (per sample) of the field that falls on a part. */
  readonly slopesAt: (part: number) => {readonly x: FieldView; readonly y: FieldView};
  /** Overwritten. */
  readonly scratch: FieldView;
}

/** Derivatives by parameters, as they are gathered. */
interface Gradient {
  readonly parameters: readonly Parameter[];
  readonly out: Float64Array;
}

/**
 * Derivative of a weighted sum L of powers by each parameter that acts inside the stack (not the scan's frame, which
 * is read off the plane), from `work` = dL/d(conj U) at the output plane. One way back serves all parameters: with A
 * the adjoint field in front of a part, a part that moves by d changes L by 2 Re <A(part), (d . grad) U(part)> -
 * 2 Re <A(next), (d . grad) U(next)>, as the field in front of it is seen moved and the one behind it moved back.
 */
export function vjpParameters(
  stack: Stack,
  parameters: readonly Parameter[],
  {work, slopesAt, scratch}: WayBack,
): Float64Array {
  const {convolver, plateCount, state} = stack;
  const out = new Float64Array(parameters.length);
  const motions = rigidMotions(parameters);
  const isAlongZ = motions.some(({own}) => own.dzMm !== 0);
  const view = (plane: KernelPlane): FieldView => convolver.view(plane) as FieldView;
  let behind: PartOverlaps | undefined;
  for (let part = plateCount + 1; part >= 0; part--) {
    if (part <= plateCount) {
      stack.carryBack(part, work);
      const gradient = {parameters, out};
      stack.passBack(part, work, {
        screen: visitMaterial(stack, part, gradient),
        tilt: visitTilt(part, gradient),
      });
    }
    const here = motions.filter((motion) => motion.part === part);
    const isWanted = here.length > 0 || motions.some((motion) => motion.part === part - 1);
    const gz = isAlongZ && part > 0 ? view(stack.incidentZ[part]) : undefined;
    const own = isWanted ? overlapsAt(stack, view(work), slopesAt(part), gz) : undefined;
    for (const {index, own: motion, factor} of here) {
      if (part > 0 && !stack.isPresent(part - 1)) continue;
      if (own && behind)
        out[index] =
          2 *
          factor *
          (change(own, inAxes(state, part, part, motion)) -
            change(behind, inAxes(state, part, part + 1, motion)));
    }
    if (part === 0) vjpBeam(stack, {parameters, out}, view(work), scratch);
    behind = own;
  }
  return out;
}

function change(
  {x, y, z, xByRow, yByColumn}: PartOverlaps,
  {x: dx, y: dy, z: dz, turnRad, aboutXMm, aboutYMm}: Motion,
): number {
  const turned = yByColumn - aboutXMm * y - (xByRow - aboutYMm * x);
  return dx * x + dy * y + dz * z + turnRad * turned;
}

function overlapsAt(
  {grid}: Stack,
  a: FieldView,
  {x: gx, y: gy}: {readonly x: FieldView; readonly y: FieldView},
  gz: FieldView | undefined,
): PartOverlaps {
  const side = sidePositions(grid);
  const sums = {x: 0, y: 0, z: 0, xByRow: 0, yByColumn: 0};
  for (let row = 0; row < grid.count; row++) {
    let lineX = 0;
    for (let column = 0; column < grid.count; column++) {
      const at = row * grid.count + column;
      const re = a.re[at];
      const im = a.im[at];
      lineX += re * gx.re[at] + im * gx.im[at];
      const alongY = re * gy.re[at] + im * gy.im[at];
      sums.y += alongY;
      sums.yByColumn += alongY * side[column];
      if (gz) sums.z += re * gz.re[at] + im * gz.im[at];
    }
    sums.x += lineX;
    sums.xByRow += lineX * side[row];
  }
  const perMm = 1 / grid.pitchMm;
  return {
    x: sums.x * perMm,
    y: sums.y * perMm,
    z: sums.z,
    xByRow: sums.xByRow * perMm,
    yByColumn: sums.yByColumn * perMm,
  };
}

/** Index and extinction: light behind m of a material changes by (2 pi / lambda) m times i (index) or -1 (extinction). */
function visitMaterial(
  stack: Stack,
  part: number,
  {parameters, out}: Gradient,
): ((screen: PlateScreen, behind: FieldView) => void) | undefined {
  if (part === 0 || !stack.isPresent(part - 1)) return undefined;
  const wanted = parameters.flatMap(({target}, index) => {
    const isMaterial =
      target.part === 'plates' ||
      (target.part === 'plate' &&
        target.plate === part - 1 &&
        (target.quantity === 'n' || target.quantity === 'k'));
    return isMaterial ? [{index, quantity: target.quantity}] : [];
  });
  if (wanted.length === 0) return undefined;
  const factor = (4 * Math.PI) / stack.wavelengthMm;
  return ({incident: u, material: m}, b) => {
    // Sum of conj(b) (m screen) u.
    let [real, imaginary] = [0, 0];
    for (let i = 0; i < u.re.length; i++) {
      const re = m.re[i] * u.re[i] - m.im[i] * u.im[i];
      const im = m.re[i] * u.im[i] + m.im[i] * u.re[i];
      real += b.re[i] * re + b.im[i] * im;
      imaginary += b.im[i] * re - b.re[i] * im;
    }
    for (const {index, quantity} of wanted) out[index] += factor * (quantity === 'n' ? imaginary : -real);
  };
}

/** Tilts of a plate, of which the stack knows the sums. */
function visitTilt(part: number, {parameters, out}: Gradient): PartVisit['tilt'] {
  const wanted = parameters.flatMap(({target}, index) =>
    target.part === 'plate' && target.plate === part - 1 && isTiltQuantity(target.quantity)
      ? [{index, quantity: target.quantity}]
      : [],
  );
  if (wanted.length === 0) return undefined;
  return (perDegree) => {
    for (const {index, quantity} of wanted) out[index] = 2 * perDegree[quantity];
  };
}

function vjpBeam(stack: Stack, {parameters, out}: Gradient, a: FieldView, scratch: FieldView): void {
  parameters.forEach((parameter, index) => {
    if (parameter.target.part !== 'beam') return;
    fillLightChange(stack, parameter.target.quantity, scratch);
    let sum = 0;
    for (let i = 0; i < a.re.length; i++) sum += a.re[i] * scratch.re[i] + a.im[i] * scratch.im[i];
    out[index] = 2 * sum;
  });
}
