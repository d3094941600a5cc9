import type {Grid} from '../../contract/optics.ts';
import {createThickMedium} from '../layers/thick-medium.ts';
import {createTiltWays, slopePerDegree, slopesOf, type TiltWays} from '../layers/tilt-ways.ts';
import {TiltedFrame} from '../layers/tilted-frame.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {PlateScreen, StackPlates} from './stack-plates.ts';
import type {FieldView} from './sampling.ts';
import type {StackSpec} from './stack-spec.ts';
import type {PlateState} from './state.ts';

/** What of a plate changes the light from within it: its material, and the tilt of its plane about its x and y axes. */
export type InnerQuantity = 'n' | 'k' | Tilt;
type Tilt = 'tiltX' | 'tiltY';

/** How a sum of the light behind a plate changes with its tilts, per degree. */
export type TiltGradient = Readonly<Record<Tilt, number>>;

/** What is asked on the way back through a part. */
export interface PartVisit {
  /** Called with the field behind each screen of a print. */
  readonly screen?: ((screen: PlateScreen, behind: FieldView) => void) | undefined;
  /** Called with Re <b, dU> per degree, of a plate whose tilts are wanted. */
  readonly tilt?: ((perDegree: TiltGradient) => void) | undefined;
}

/** What the tilted plates of a stack have together. */
export interface TiltedBench {
  readonly plates: StackPlates;
  readonly ways: TiltWays;
  /** Light behind the plate that it passed last. */
  readonly out: KernelPlane;
  readonly scratch: KernelPlane;
}

/** Allocates what the tilted plates of a stack need. */
export function createTiltedBench(
  plates: StackPlates,
  convolver: Convolver,
  grid: Grid,
  {wavelengthMm, plates: models}: StackSpec,
): TiltedBench {
  const {kernel, precision} = convolver;
  const medium = createThickMedium(grid, wavelengthMm, {precision, kernel});
  const sideMm = Math.max(...models.map(({relief}) => relief.grid.count * relief.grid.pitchMm));
  const ways = createTiltWays(medium, sideMm);
  return {plates, ways, out: convolver.createPlane(), scratch: convolver.createPlane()};
}

/** The axis along which a tilt changes the plane's slope. */
const axisOf = {tiltX: 'y', tiltY: 'x'} as const;

const isTilt = (quantity: InnerQuantity | undefined): quantity is Tilt =>
  quantity === 'tiltX' || quantity === 'tiltY';

/**
 * A plate of a stack on a plane of its own: the light goes from the plane across the beam to the tilted one, through the plate as it
 * does upright, and back (tilted-frame.ts), its fields kept for derivatives. With E for the first way, t for the plate and J E^H for
 * the last, a slope changes E by X E_z, X the position along it and E_z the derivative of E by depth, so that behind the plate
 * dU = J E^H t X E_z U + J E_z^H X t E U - F E^H t E U, F = fx / fz or fy / fz.
 */
export class TiltedPart {
  private readonly bench: TiltedBench;
  private readonly frame: TiltedFrame;
  /** Light that falls on the tilted plane, and its derivative by the plane's depth, per mm. */
  private readonly entered: KernelPlane;
  private readonly along: KernelPlane;
  /** Light behind the plate on its plane, and what of it comes to the plane across the beam before it is weighted. */
  private readonly passed: KernelPlane;
  private readonly left: KernelPlane;
  /** Slopes of the plane per degree of its tilts. */
  private perDegree: TiltGradient = {tiltX: 0, tiltY: 0};
  private isSlopeWanted = false;

  constructor(bench: TiltedBench) {
    this.bench = bench;
    this.frame = new TiltedFrame(bench.ways);
    const {convolver} = bench.ways.medium;
    this.entered = convolver.createPlane();
    this.along = convolver.createPlane();
    this.passed = convolver.createPlane();
    this.left = convolver.createPlane();
  }

  /** Tilts the plate; `isSlopeWanted` where derivatives by tilts will be asked for. Allocates what the light will need. */
  setState(state: PlateState, isSlopeWanted: boolean): void {
    this.frame.setSlopes(slopesOf(state));
    // About x the slope along y grows, about y that along x shrinks.
    const {tiltXDeg = 0, tiltYDeg = 0} = state;
    this.perDegree = {tiltX: slopePerDegree(tiltXDeg), tiltY: -slopePerDegree(tiltYDeg)};
    this.isSlopeWanted = isSlopeWanted;
    // Views of planes end when memory grows.
    if (isSlopeWanted) for (const axis of ['x', 'y'] as const) this.bench.ways.obliquityOf(axis);
  }

  /** Light through the part, into a plane that all tilted plates share. */
  pass(part: number, incident: KernelPlane): KernelPlane {
    const {frame, entered, passed, left, bench} = this;
    frame.enter(incident, entered, this.isSlopeWanted ? this.along : undefined);
    const {from, mask} = bench.plates.leave(part, entered);
    multiplyInto(this.view(passed), this.view(from), mask && this.view(mask));
    frame.leave(passed, left);
    frame.weigh(left, bench.out);
    return bench.out;
  }

  /** As `StackPlates.carryChange`, also for the change by a tilt, per degree. */
  carryChange(part: number, plane: KernelPlane, quantity?: InnerQuantity): KernelPlane | undefined {
    const {frame, entered, bench} = this;
    const tilt = isTilt(quantity) ? quantity : undefined;
    const material = isTilt(quantity) ? undefined : quantity;
    if (frame.isFlat && !tilt) return bench.plates.carryChange(part, plane, entered, material);
    if (!frame.isFlat) frame.enter(plane, plane);
    if (tilt) this.addAlong(tilt, plane, this.along);
    const mask = bench.plates.carryChange(part, plane, entered, material);
    if (mask) multiplyInto(this.view(plane), this.view(plane), this.view(mask));
    if (tilt) this.leaveTilting(plane, tilt);
    else {
      frame.leave(plane, plane);
      frame.weigh(plane, plane);
    }
    return undefined;
  }

  /** Adjoint of the way through the part, in place. */
  carryBack(part: number, plane: KernelPlane, visit: PartVisit): void {
    const {frame, entered, along, passed, bench} = this;
    const wanted = this.isSlopeWanted ? visit.tilt : undefined;
    const sum = wanted ? this.weightOverlaps(plane) : {tiltX: 0, tiltY: 0};
    frame.weigh(plane, plane);
    if (wanted || !frame.isFlat) frame.enter(plane, plane, wanted && bench.scratch);
    if (wanted) this.addOverlaps(sum, bench.scratch, passed);
    bench.plates.carryBack(part, plane, entered, visit.screen);
    if (wanted) this.addOverlaps(sum, plane, along);
    if (!frame.isFlat) frame.leave(plane, plane);
    wanted?.(sum);
  }

  private view(plane: KernelPlane): Field {
    return this.bench.ways.medium.convolver.view(plane);
  }

  /** J E^H of a change on the tilted plane, and what changes by the way back itself as the plate is tilted. */
  private leaveTilting(plane: KernelPlane, tilt: Tilt): void {
    const {frame, bench, left, passed} = this;
    const {ways, scratch} = bench;
    const moved = this.view(scratch);
    moved.re.fill(0);
    moved.im.fill(0);
    this.addAlong(tilt, scratch, passed);
    frame.leave(plane, plane, scratch);
    frame.weigh(plane, plane);
    ways.medium.convolver.apply(ways.obliquityOf(axisOf[tilt]), left, scratch);
    addScaled(this.view(plane), this.view(scratch), -this.perDegree[tilt]);
  }

  /** -Re <F b, E^H t E U> per degree. */
  private weightOverlaps(b: KernelPlane): Record<Tilt, number> {
    const {ways, scratch} = this.bench;
    const sumOf = (tilt: Tilt): number => {
      ways.medium.convolver.apply(ways.obliquityOf(axisOf[tilt]), b, scratch);
      return -this.perDegree[tilt] * overlap(this.view(scratch), this.view(this.left));
    };
    return {tiltX: sumOf('tiltX'), tiltY: sumOf('tiltY')};
  }

  /** to += per degree of a tilt, the position along its axis times the field. */
  private addAlong(tilt: Tilt, to: KernelPlane, field: KernelPlane): void {
    const {sideMm} = this.frame;
    const {stride} = this.bench.ways.medium.convolver;
    const [sum, own] = [this.view(to), this.view(field)];
    for (let row = 0; row < sideMm.length; row++)
      for (let column = 0; column < sideMm.length; column++) {
        const at = row * stride + column;
        const factor = this.perDegree[tilt] * sideMm[tilt === 'tiltX' ? row : column];
        sum.re[at] += factor * own.re[at];
        sum.im[at] += factor * own.im[at];
      }
  }

  /** Adds, per degree, Re of the sum over conj(a) b times the position along each tilt's axis. */
  private addOverlaps(sum: Record<Tilt, number>, a: KernelPlane, b: KernelPlane): void {
    const {sideMm} = this.frame;
    const {stride} = this.bench.ways.medium.convolver;
    const [one, other] = [this.view(a), this.view(b)];
    let [byRow, byColumn] = [0, 0];
    for (let row = 0; row < sideMm.length; row++) {
      let line = 0;
      for (let column = 0; column < sideMm.length; column++) {
        const at = row * stride + column;
        const product = one.re[at] * other.re[at] + one.im[at] * other.im[at];
        line += product;
        byColumn += product * sideMm[column];
      }
      byRow += line * sideMm[row];
    }
    sum.tiltX += this.perDegree.tiltX * byRow;
    sum.tiltY += this.perDegree.tiltY * byColumn;
  }
}

type Field = ReturnType<Convolver['view']>;

function overlap(a: Field, b: Field): number {
  let sum = 0;
  for (let i = 0; i < a.re.length; i++) sum += a.re[i] * b.re[i] + a.im[i] * b.im[i];
  return sum;
}

function addScaled(to: Field, from: Field, factor: number): void {
  for (let i = 0; i < to.re.length; i++) {
    to.re[i] += factor * from.re[i];
    to.im[i] += factor * from.im[i];
  }
}

/** to = from times a mask; `to` may be `from`. */
function multiplyInto(to: Field, from: Field, mask: Field | undefined): void {
  if (!mask) {
    to.re.set(from.re);
    to.im.set(from.im);
    return;
  }
  for (let i = 0; i < from.re.length; i++) {
    const re = from.re[i];
    const im = from.im[i];
    to.re[i] = re * mask.re[i] - im * mask.im[i];
    to.im[i] = re * mask.im[i] + im * mask.re[i];
  }
}
