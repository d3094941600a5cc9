import type {Grid} from '../../contract/optics.ts';
import {createThickMedium} from '../layers/thick-medium.ts';
import {
  createTiltWays,
  isTilted,
  slopePerDegree,
  slopesOf,
  TiltedFrame,
  type TiltWays,
} from '../layers/tilted-frame.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {FieldView} from './sampling.ts';
import {createStackPlates, type PlateScreen, type StackPlates} from './stack-plates.ts';
import type {StackSpec} from './stack-spec.ts';
import type {BenchState} from './state.ts';

/** What of a plate changes the light from within it: its material, and the tilt of its plane about its x and y axes. */
export type InnerQuantity = 'n' | 'k' | 'tiltX' | 'tiltY';

/** How a sum of the light behind a plate changes with its tilts, per degree. */
export interface TiltGradient {
  readonly tiltX: number;
  readonly tiltY: number;
}

/** What is asked on the way back through a part. */
export interface PartVisit {
  /** Called with the field behind each screen of a print. */
  readonly screen?: ((screen: PlateScreen, behind: FieldView) => void) | undefined;
  /** Called with Re <b, dU> per degree, of a plate whose tilts are wanted. */
  readonly tilt?: ((perDegree: TiltGradient) => void) | undefined;
}

/** What of the plates is put where, and of which plates the tilts are to be turned. */
export interface PlatesSetting {
  readonly present?: readonly boolean[] | undefined;
  /** Plates (from 0) whose derivatives by tilts are asked for. */
  readonly tilting?: ReadonlySet<number> | undefined;
}

/** Object and plates of a stack, of which plates may stand tilted. */
export interface TiltedPlates extends Omit<StackPlates, 'setState' | 'carryChange' | 'carryBack'> {
  setState(state: BenchState, setting: PlatesSetting): void;
  /** As `StackPlates.carryChange`, also for the change by a tilt (per degree). */
  carryChange(
    part: number,
    plane: KernelPlane,
    incident: KernelPlane,
    quantity?: InnerQuantity,
  ): KernelPlane | undefined;
  /** Adjoint of the way through a part, in place. */
  carryBack(part: number, plane: KernelPlane, incident: KernelPlane, visit?: PartVisit): void;
}

/** A plate whose plane is computed for itself, with the fields of the light that it was lit with last. */
interface TiltedPart {
  readonly frame: TiltedFrame;
  readonly sideMm: Float64Array;
  /** Light that falls on the tilted plane, and its derivative by the plane's depth, per mm. */
  readonly entered: KernelPlane;
  readonly along: KernelPlane;
  /** Light behind the plate on its plane, and what of it comes to the plane across the beam before it is weighted. */
  readonly passed: KernelPlane;
  readonly left: KernelPlane;
  /** Slopes of the plane per degree of its tilts. */
  perDegree: TiltGradient;
}

/**
 * Plates that act each on its own plane: the light goes from the plane across the beam to the tilted one, through the plate as it
 * does upright, and back (tilted-frame.ts). With E for the first way, t for the plate and J E^H for the last, a change of a slope
 * by x changes E by X E_z, with X the position and E_z its derivative by depth, so that behind the plate
 * dU = J E^H t X E_z U + J E_z^H X t E U - F E^H t E U, F = fx / fz. Nothing of it is computed for a plate that stands upright
 * and whose tilts are not asked for.
 */
export function createTiltedPlates(convolver: Convolver, grid: Grid, spec: StackSpec): TiltedPlates {
  const plates = createStackPlates(convolver, grid, spec);
  const known = new Map<number, TiltedPart>();
  let tilted = new Map<number, TiltedPart>();
  let isSlopeWanted = false;
  let shared: {readonly ways: TiltWays; readonly out: KernelPlane; readonly scratch: KernelPlane} | undefined;
  const common = (): NonNullable<typeof shared> => (shared ??= createShared(convolver, grid, spec));
  const partOf = (plate: number): TiltedPart => {
    let part = known.get(plate);
    if (!part) known.set(plate, (part = createPart(convolver, common().ways)));
    return part;
  };
  return {
    setPlates: (next) => plates.setPlates(next),
    isPresent: (plate) => plates.isPresent(plate),
    hasHeights: (plate) => plates.hasHeights(plate),
    setObject: (object) => plates.setObject(object),
    setState(state, {present, tilting}) {
      plates.setState(state, present);
      tilted = new Map();
      isSlopeWanted = tilting !== undefined && tilting.size > 0;
      // Allocated before light is sent: views of planes end when memory grows.
      if (isSlopeWanted) for (const axis of ['x', 'y'] as const) common().ways.obliquityOf(axis);
      state.plates.forEach((own, plate) => {
        if (!plates.isPresent(plate) || !(isTilted(own) || tilting?.has(plate))) return;
        const part = partOf(plate);
        part.frame.setSlopes(slopesOf(own));
        // About x the slope along y grows, about y that along x shrinks.
        part.perDegree = {
          tiltX: slopePerDegree(own.tiltXDeg ?? 0),
          tiltY: -slopePerDegree(own.tiltYDeg ?? 0),
        };
        tilted.set(plate + 1, part);
      });
    },
    leave(part, incident) {
      const own = tilted.get(part);
      if (!own) return plates.leave(part, incident);
      const {frame, entered, along, passed, left} = own;
      frame.enter(incident, entered, isSlopeWanted ? along : undefined);
      const {from, mask} = plates.leave(part, entered);
      multiplyInto(convolver.view(passed), convolver.view(from), mask && convolver.view(mask));
      frame.leave(passed, left);
      const {out} = common();
      frame.weigh(left, out);
      return {from: out};
    },
    carryChange(part, plane, incident, quantity) {
      const own = tilted.get(part);
      if (!own) return plates.carryChange(part, plane, incident, materialOf(quantity));
      const {frame, entered} = own;
      const tilt = quantity === 'tiltX' || quantity === 'tiltY' ? quantity : undefined;
      frame.enter(plane, plane);
      if (tilt) addAlong(own, tilt, convolver.view(plane), convolver.view(own.along));
      const mask = plates.carryChange(part, plane, entered, materialOf(quantity));
      if (mask) multiplyInto(convolver.view(plane), convolver.view(plane), convolver.view(mask));
      leaveChanged(own, plane, tilt);
      return undefined;
    },
    carryBack(part, plane, incident, visit = {}) {
      const own = tilted.get(part);
      if (!own) return plates.carryBack(part, plane, incident, visit.screen);
      const {frame, entered, along, passed} = own;
      const {scratch} = common();
      const wanted = isSlopeWanted ? visit.tilt : undefined;
      const sum = wanted ? weightOverlaps(own, plane) : {tiltX: 0, tiltY: 0};
      frame.weigh(plane, plane);
      frame.enter(plane, plane, wanted && scratch);
      if (wanted) addOverlaps(sum, own, convolver.view(scratch), convolver.view(passed));
      plates.carryBack(part, plane, entered, visit.screen);
      if (wanted) addOverlaps(sum, own, convolver.view(plane), convolver.view(along));
      frame.leave(plane, plane);
      wanted?.(sum);
    },
  };

  /** J E^H of a change on the tilted plane, with what changes by the way back itself where the plate's tilt does. */
  function leaveChanged(own: TiltedPart, plane: KernelPlane, tilt: Tilt | undefined): void {
    const {frame, passed, left, perDegree} = own;
    if (!tilt) {
      frame.leave(plane, plane);
      return frame.weigh(plane, plane);
    }
    const {ways, scratch} = common();
    const moved = convolver.view(scratch);
    clear(moved);
    addAlong(own, tilt, moved, convolver.view(passed));
    frame.leave(plane, plane, scratch);
    frame.weigh(plane, plane);
    ways.medium.convolver.apply(ways.obliquityOf(axisOf[tilt]), left, scratch);
    addScaled(convolver.view(plane), convolver.view(scratch), -perDegree[tilt]);
  }

  /** -Re <F b, E^H t E U> per degree. */
  function weightOverlaps({left, perDegree}: TiltedPart, b: KernelPlane): {tiltX: number; tiltY: number} {
    const {ways, scratch} = common();
    const sumOf = (tilt: Tilt): number => {
      ways.medium.convolver.apply(ways.obliquityOf(axisOf[tilt]), b, scratch);
      return -perDegree[tilt] * overlap(convolver.view(scratch), convolver.view(left));
    };
    return {tiltX: sumOf('tiltX'), tiltY: sumOf('tiltY')};
  }
}

type Tilt = 'tiltX' | 'tiltY';
type Field = ReturnType<Convolver['view']>;

/** The axis along which a tilt changes the plane's slope. */
const axisOf = {tiltX: 'y', tiltY: 'x'} as const;

const materialOf = (quantity: InnerQuantity | undefined): 'n' | 'k' | undefined =>
  quantity === 'n' || quantity === 'k' ? quantity : undefined;

function createShared(convolver: Convolver, grid: Grid, {wavelengthMm, plates}: StackSpec) {
  const {kernel, precision} = convolver;
  const medium = createThickMedium(grid, wavelengthMm, {precision, kernel});
  const sideMm = Math.max(...plates.map(({relief}) => relief.grid.count * relief.grid.pitchMm));
  const ways = createTiltWays(medium, sideMm);
  return {ways, out: convolver.createPlane(), scratch: convolver.createPlane()};
}

function createPart(convolver: Convolver, ways: TiltWays): TiltedPart {
  const frame = new TiltedFrame(ways);
  return {
    frame,
    sideMm: frame.sideMm,
    entered: convolver.createPlane(),
    along: convolver.createPlane(),
    passed: convolver.createPlane(),
    left: convolver.createPlane(),
    perDegree: {tiltX: 0, tiltY: 0},
  };
}

/** to += per degree of a tilt, the position along its axis times the field. */
function addAlong({sideMm, perDegree}: TiltedPart, tilt: Tilt, to: Field, field: Field): void {
  const count = sideMm.length;
  const stride = Math.round(Math.sqrt(to.re.length));
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      const at = row * stride + column;
      const factor = perDegree[tilt] * sideMm[tilt === 'tiltX' ? row : column];
      to.re[at] += factor * field.re[at];
      to.im[at] += factor * field.im[at];
    }
}

/** Adds, per degree, Re of the sum over conj(a) b times the position along each tilt's axis. */
function addOverlaps(
  sum: {tiltX: number; tiltY: number},
  {sideMm, perDegree}: TiltedPart,
  a: Field,
  b: Field,
): void {
  const count = sideMm.length;
  const stride = Math.round(Math.sqrt(a.re.length));
  let [byRow, byColumn] = [0, 0];
  for (let row = 0; row < count; row++) {
    let line = 0;
    for (let column = 0; column < count; column++) {
      const at = row * stride + column;
      const product = a.re[at] * b.re[at] + a.im[at] * b.im[at];
      line += product;
      byColumn += product * sideMm[column];
    }
    byRow += line * sideMm[row];
  }
  sum.tiltX += perDegree.tiltX * byRow;
  sum.tiltY += perDegree.tiltY * byColumn;
}

function overlap(a: Field, b: Field): number {
  let sum = 0;
  for (let i = 0; i < a.re.length; i++) sum += a.re[i] * b.re[i] + a.im[i] * b.im[i];
  return sum;
}

function clear({re, im}: Field): void {
  re.fill(0);
  im.fill(0);
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
