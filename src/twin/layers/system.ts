import {BenchError} from '../../contract/errors.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import type {PlateOptics} from '../../contract/plate-optics.ts';
import {noPlacement, type Placement} from '../../contract/placement.ts';
import {radFromDeg} from '../../contract/units.ts';
import {createIllumination, type Frame} from '../field/illumination.ts';
import {cropPlane, multiplyPlanes} from '../field/complex-plane.ts';
import {interpolationReach, rotateField} from '../field/interpolation.ts';
import {radicesOf} from '../kernel/plan.ts';
import {createPropagator, transformLength, type PropagationOptions} from '../propagation/propagator.ts';
import type {KernelTransfer} from '../propagation/convolver.ts';
import {createPlatePasses} from './plate-passes.ts';
import {edgesOn, type PixelEdges} from './pixel-filter.ts';
import {openFrame, resampleObject, type PlateModel} from './plate.ts';
import {isTilted, tiltMarginMm} from './tilt-ways.ts';

/**
 * A bench from illumination to output plane. Every part is computed in its own frame: a gap carries the field from
 * the samples of one part to the samples of the next where those really stand, so that a lateral shift costs no
 * resampling at all (it is inside the kernel or a phase ramp in its spectrum) and a plate's pixels stay whole. Only
 * a rotation of one part against the part before it is interpolated, and there it is the smooth field in front of
 * the plate, never the plate (interpolation.ts states the error). docs/decisions/0007-placement.md has the figures.
 */
export interface OpticalModel {
  readonly wavelengthMm: number;
  /** Grid of the design; computing is finer by `oversample`. */
  readonly grid: Grid;
  readonly illumination: Illumination;
  /** Transmission at z = 0; null for an open frame. */
  readonly object: ComplexPlane | null;
  readonly plates: readonly PlateModel[];
  /** How the plates act on light; thin unless given. */
  readonly plateOptics?: PlateOptics | undefined;
  readonly outputZMm: number;
  readonly placement?: {
    readonly object?: Partial<Placement> | undefined;
    readonly source?: Partial<Placement> | undefined;
    readonly output?: Partial<Placement> | undefined;
  };
}

/** How a bench is computed: propagation, sampling, and how it is followed and stopped. */
export interface SystemOptions extends PropagationOptions {
  /** Samples along the side of a design pixel; 1 takes each pixel as a point, as training does. */
  readonly oversample?: number;
  /** How samples see square pixels; band-limited where they are fine enough unless given. */
  readonly edges?: PixelEdges | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the field just behind each part (0 = object, 1.. = plates), in that part's frame. */
  readonly onPlane?: (index: number, field: ComplexPlane) => void;
}

/** A bench that is ready to carry objects to its output plane. */
export interface OpticalSystem {
  /** Grid of the fields that come out. */
  readonly grid: Grid;
  /** Field at the output plane, in the output frame, for an object at z = 0. */
  propagate(object: ComplexPlane | null): ComplexPlane;
  /** Power that an object lets into the bench: sum |field|^2 pitch^2 just behind it, mm^2. */
  inputPower(object: ComplexPlane | null): number;
}

interface Part {
  readonly frame: Frame;
  readonly zMm: number;
}

/** Prepares a bench for many objects. Throws `twin/invalid` when parts are out of order along z. */
export function createOpticalSystem(
  model: Omit<OpticalModel, 'object'>,
  {oversample = 1, edges: givenEdges, signal, onPlane, ...propagation}: SystemOptions,
): OpticalSystem {
  if (!Number.isInteger(oversample) || oversample < 1 || oversample > 16) {
    throw new BenchError(
      'twin/invalid',
      `An oversampling of ${oversample} is refused: give a whole number from 1 to 16.`,
    );
  }
  const objectPlacement = {...noPlacement, ...model.placement?.object};
  const parts: Part[] = [
    partAt(0, objectPlacement),
    ...model.plates.map((plate) => partAt(plate.zMm, {...noPlacement, ...plate.placement})),
    partAt(model.outputZMm, {...noPlacement, ...model.placement?.output}),
  ];
  assertOrder(parts);
  const fine: Grid = {count: model.grid.count * oversample, pitchMm: model.grid.pitchMm / oversample};
  const turns = parts.slice(1).map((part, i) => part.frame.rotationRad - parts[i].frame.rotationRad);
  const grid = withMargin(fine, {turns, plates: model.plates}, propagation);
  const propagator = createPropagator(grid, model.wavelengthMm, propagation);
  const gaps = createGaps(parts, (distanceMm, dx, dy) => propagator.prepare(distanceMm, dx, dy));
  const edges = givenEdges ?? edgesOn(grid, model.wavelengthMm);
  const passes = createPlatePasses(model, {grid, edges, precision: propagation.precision ?? 'double'});
  const light = createIllumination(
    model.illumination,
    grid,
    model.wavelengthMm,
    relativeFrame(parts[0].frame, partAt(0, {...noPlacement, ...model.placement?.source}).frame),
  );

  const lit = (object: ComplexPlane | null, own: PixelEdges): ComplexPlane =>
    multiplyPlanes(light, objectAt(object, {model, grid, placement: objectPlacement, edges: own}));

  return {
    grid: fine,
    propagate(object) {
      signal?.throwIfAborted();
      let field = lit(object, edges);
      onPlane?.(0, cropPlane(field, fine));
      for (let i = 0; i < gaps.length; i++) {
        signal?.throwIfAborted();
        field = propagator.forward(gaps[i], field);
        if (turns[i] !== 0) field = rotateField(field, turns[i]);
        if (i < passes.length) {
          field = passes[i](field);
          onPlane?.(i + 1, cropPlane(field, fine));
        }
      }
      return cropPlane(field, fine);
    },
    inputPower(object) {
      // All of the light that passes, also what no sample can hold.
      const {re, im} = lit(object, 'sampled');
      let sum = 0;
      for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2;
      return sum * grid.pitchMm ** 2;
    },
  };
}

/** An object, or the open frame, at the samples. Values on the samples themselves are a field, not square pixels. */
function objectAt(
  object: ComplexPlane | null,
  {
    model: {wavelengthMm, grid: designed},
    grid,
    placement,
    edges,
  }: {
    readonly model: Pick<OpticalModel, 'wavelengthMm' | 'grid'>;
    readonly grid: Grid;
    readonly placement: Placement;
    readonly edges: PixelEdges;
  },
): ComplexPlane {
  if (object === null) return resampleObject(openFrame(designed), grid, {}, {edges, wavelengthMm});
  const isField = Math.abs(object.grid.pitchMm - grid.pitchMm) < 1e-9;
  return resampleObject(object, grid, placement, {edges: isField ? 'sampled' : edges, wavelengthMm});
}

/** Field at the output plane, in the output frame, on the design's grid refined by `oversample`. */
export const propagateSystem = (model: OpticalModel, options: SystemOptions): ComplexPlane =>
  createOpticalSystem(model, options).propagate(model.object);

/** |field|^2, sample by sample. */
export function intensityOf(field: ComplexPlane): Float64Array {
  return Float64Array.from(field.re, (re, i) => re * re + field.im[i] * field.im[i]);
}

function partAt(zMm: number, placement: Placement): Part {
  return {
    zMm: zMm + placement.dzMm,
    frame: {xMm: placement.dxMm, yMm: placement.dyMm, rotationRad: radFromDeg(placement.rotationDeg)},
  };
}

function assertOrder(parts: readonly Part[]): void {
  for (let i = 1; i < parts.length; i++) {
    if (parts[i].zMm > parts[i - 1].zMm) continue;
    const name = i === parts.length - 1 ? 'The output plane' : `Plate ${i}`;
    throw new BenchError(
      'twin/invalid',
      `${name} stands at z = ${parts[i].zMm} mm, not behind the part before it (${parts[i - 1].zMm} mm). ` +
        'Nothing was computed; check zMm and dzMm.',
    );
  }
}

/** A frame as seen from another: how the source lies in the object's own axes is found by undoing the source's shift. */
function relativeFrame(frame: Frame, origin: Frame): Frame {
  if (origin.xMm === 0 && origin.yMm === 0 && origin.rotationRad === 0) return frame;
  const [cos, sin] = [Math.cos(origin.rotationRad), Math.sin(origin.rotationRad)];
  const [dx, dy] = [frame.xMm - origin.xMm, frame.yMm - origin.yMm];
  return {
    xMm: cos * dx + sin * dy,
    yMm: -sin * dx + cos * dy,
    rotationRad: frame.rotationRad - origin.rotationRad,
  };
}

function createGaps(
  parts: readonly Part[],
  prepare: (distanceMm: number, shiftXMm: number, shiftYMm: number) => KernelTransfer,
): KernelTransfer[] {
  const known = new Map<string, KernelTransfer>();
  return parts.slice(1).map((part, i) => {
    const {xMm, yMm} = relativeFrame({...part.frame, rotationRad: 0}, parts[i].frame);
    const distanceMm = part.zMm - parts[i].zMm;
    // Equal gaps of a design share one transfer function; rounding makes 150 - 120 and 30 - 0 the same gap.
    const key = [distanceMm, xMm, yMm].map((value) => value.toFixed(9)).join(' ');
    let gap = known.get(key);
    if (!gap) known.set(key, (gap = prepare(distanceMm, xMm, yMm)));
    return gap;
  });
}

/**
 * A larger grid with the same samples in its middle where something is rotated or tilted, so that samples at the edge find what
 * they need.
 */
function withMargin(
  grid: Grid,
  {turns, plates}: {readonly turns: readonly number[]; readonly plates: readonly PlateModel[]},
  propagation: PropagationOptions,
): Grid {
  const leastMm = plates.some(({placement}) => isTilted(placement)) ? tiltMarginMm : 0;
  const turnRad = Math.max(...turns.map(Math.abs));
  if (turnRad === 0 && leastMm === 0) return grid;
  const corner = (grid.count / 2) * (Math.abs(Math.sin(turnRad)) + Math.abs(Math.cos(turnRad)) - 1);
  const margin = Math.max(
    Math.ceil(Math.max(corner, 0)) + interpolationReach,
    Math.ceil(leastMm / grid.pitchMm),
  );
  let count = grid.count + 2 * margin;
  while (radicesOf(transformLength(count, propagation)).some((radix) => radix > 5)) count += 2;
  return {count, pitchMm: grid.pitchMm};
}
