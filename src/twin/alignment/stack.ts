import {BenchError} from '../../contract/errors.ts';
import type {Probe} from '../../contract/illumination.ts';
import {positionMm, type ComplexPlane, type Grid} from '../../contract/optics.ts';
import {radFromDeg} from '../../contract/units.ts';
import {createIllumination} from '../field/illumination.ts';
import {radicesOf} from '../kernel/plan.ts';
import {plateTransmission, pixelIndices, resampleObject, type PlateModel} from '../layers/plate.ts';
import {modeResponse} from '../layers/probe.ts';
import {
  createConvolver,
  type Convolver,
  type KernelPlane,
  type KernelTransfer,
} from '../propagation/convolver.ts';
import type {PropagationMethod} from '../propagation/transfer-function.ts';
import {createGapWriter, type GapPlace} from './gap-transfer.ts';
import {createLineFilter, type LineFilter} from './line-filter.ts';
import {illuminationFrom, type BeamState, type BenchState} from './state.ts';

/** A stack of plates whose numbers an alignment turns. */
export interface StackSpec {
  readonly wavelengthMm: number;
  /** Grid of the design. */
  readonly grid: Grid;
  /** Samples along the side of a design pixel; 2 is what the bounds of docs/alignment.md hold for. */
  readonly oversample: number;
  readonly method: PropagationMethod;
  /** Relief, base, place along z and flips; index, extinction and the rest of the placement come with the state. */
  readonly plates: readonly PlateModel[];
  readonly outputZMm: number;
  readonly probe: Probe;
}

/** Light on its way, all planes in one kernel memory; everything in the axes of the part where it is. */
export interface Stack {
  readonly grid: Grid;
  readonly designGrid: Grid;
  readonly wavelengthMm: number;
  readonly convolver: Convolver;
  readonly filter: LineFilter;
  readonly plateCount: number;
  /** Field that falls on part j (0 object, 1.. plates, last: the output plane in the last plate's axes). */
  readonly incident: readonly KernelPlane[];
  /** d/dz of the incident field, per mm. Filled by `propagate` when the slopes along z are wanted. */
  readonly incidentZ: readonly KernelPlane[];
  /** Transmission of part j (0: the object that was lit last). */
  readonly masks: readonly KernelPlane[];
  /** Height of each plate's print at the samples, mm. */
  readonly heights: readonly Float32Array[];
  /** Turn from part j - 1 to part j, rad; 0 towards the output plane. */
  readonly turns: readonly number[];
  readonly state: BenchState;
  /** Puts other plates in the places of those of the specification. */
  setPlates(plates: readonly PlateModel[]): void;
  /** Whether plate j (from 0) stands in the bench. */
  isPresent(plate: number): boolean;
  /** Puts everything where a state has it. */
  setState(
    state: BenchState,
    options: {readonly withSlopes: boolean; readonly present?: readonly boolean[] | undefined},
  ): void;
  /** Sends light through an object; the fields stay until the next call. */
  propagate(object: ComplexPlane | null): void;
  /** Carries a plane over gap j (from part j to part j + 1), times the mask of part j where `isMasked`. */
  carry(gap: number, plane: KernelPlane, isMasked: boolean): void;
  /** Adjoint of `carry` without a mask. */
  carryBack(gap: number, plane: KernelPlane): void;
  /** Position of the output plane's samples: from the bench frame into the last plate's axes. */
  toOutputAxes(xMm: number, yMm: number): readonly [number, number];
}

/** Free margin around the design's field for turned corners and shifted scan points, mm. */
const marginMm = 2.4;

/**
 * Allocates a stack in single precision. Its grid is that of the design, `oversample` times as fine, with a free
 * margin.
 */
export function createStack(spec: StackSpec): Stack {
  const grid = gridWithMargin(spec.grid, spec.oversample);
  const length = 2 * grid.count;
  const convolver = createConvolver(grid.count, length, 'single');
  const {kernel} = convolver;
  const filter = createLineFilter(kernel, grid.count, convolver.stride);
  const writer = createGapWriter(convolver, grid, spec.wavelengthMm, spec.method);
  const plateCount = spec.plates.length;
  const planes = (count: number): KernelPlane[] => Array.from({length: count}, () => convolver.createPlane());
  const incident = planes(plateCount + 2);
  const incidentZ = planes(plateCount + 2);
  const masks = planes(plateCount + 1);
  const transfers: KernelTransfer[] = Array.from({length: plateCount + 1}, () => convolver.createTransfer());
  const slopes: KernelTransfer[] = Array.from({length: plateCount + 1}, () => convolver.createTransfer());
  let plates = spec.plates;
  let heights = plates.map((plate) => heightsOf(plate, grid));
  const designedMm = [0, ...spec.plates.map(({zMm}) => zMm), spec.outputZMm];
  const {probe} = spec;
  const response =
    probe.kind === 'mode'
      ? (fx: number, fy: number): number => modeResponse(probe, fx, fy, spec.wavelengthMm)
      : undefined;
  let state: BenchState | undefined;
  let hasSlopes = false;
  let turns: number[] = [];
  let present: readonly boolean[] = spec.plates.map(() => true);
  const maskKeys: string[] = [];
  const gapKeys: string[] = [];
  let lightKey = '';

  const current = (): BenchState => {
    if (!state) throw new BenchError('internal', 'A stack was used before its state was set.');
    return state;
  };
  const light = (beam: BeamState): ComplexPlane => {
    const {dxMm, dyMm, rotationDeg} = current().object;
    return createIllumination(illuminationFrom(beam), grid, spec.wavelengthMm, {
      xMm: dxMm,
      yMm: dyMm,
      rotationRad: radFromDeg(rotationDeg),
    });
  };

  return {
    grid,
    designGrid: spec.grid,
    wavelengthMm: spec.wavelengthMm,
    convolver,
    filter,
    plateCount,
    incident,
    incidentZ,
    masks,
    get heights() {
      return heights;
    },
    get turns() {
      return turns;
    },
    get state() {
      return current();
    },
    setPlates(next) {
      plates = next;
      heights = plates.map((plate) => heightsOf(plate, grid));
      maskKeys.length = 0;
    },
    isPresent: (plate) => present[plate],
    setState(next, {withSlopes, present: nextPresent}) {
      state = next;
      hasSlopes = withSlopes;
      present = nextPresent ?? spec.plates.map(() => true);
      const frames = [next.object, ...next.plates];
      turns = frames.map((frame, j) =>
        j === 0 ? 0 : radFromDeg(frame.rotationDeg - frames[j - 1].rotationDeg),
      );
      turns.push(0);
      for (let gap = 0; gap <= plateCount; gap++) {
        const place = gapPlace(next, gap, designedMm);
        const key = JSON.stringify(place);
        const last = gap === plateCount ? response : undefined;
        const distanceMm = designedMm[gap + 1] - designedMm[gap];
        if (gapKeys[2 * gap] !== key) writer.write(transfers[gap], distanceMm, place, last);
        gapKeys[2 * gap] = key;
        if (!withSlopes || gapKeys[2 * gap + 1] === key) continue;
        writer.writeDerivative(slopes[gap], distanceMm, place, last);
        gapKeys[2 * gap + 1] = key;
      }
      const presentKey = present.join();
      plates.forEach((plate, i) => {
        const {refractiveIndex, extinction} = next.plates[i];
        const key = `${refractiveIndex} ${extinction} ${presentKey}`;
        if (maskKeys[i] === key) return;
        const mask = present[i]
          ? plateTransmission({...plate, refractiveIndex, extinction}, grid, spec.wavelengthMm)
          : openFrame(spec.grid, grid);
        convolver.write(masks[i + 1], mask.re, mask.im);
        maskKeys[i] = key;
      });
      const nextLightKey = JSON.stringify([next.beam, next.object]);
      if (lightKey === nextLightKey) return;
      const lightPlane = light(next.beam);
      convolver.write(incident[0], lightPlane.re, lightPlane.im);
      lightKey = nextLightKey;
    },
    propagate(object) {
      const mask = object === null ? openFrame(spec.grid, grid) : resampleObject(object, grid);
      convolver.write(masks[0], mask.re, mask.im);
      for (let gap = 0; gap <= plateCount; gap++) {
        const [from, to] = [incident[gap], incident[gap + 1]];
        convolver.apply(transfers[gap], from, to, {mask: masks[gap]});
        filter.turn([to.re, to.im], turns[gap + 1]);
        if (!hasSlopes) continue;
        const z = incidentZ[gap + 1];
        convolver.apply(slopes[gap], from, z, {mask: masks[gap]});
        filter.turn([z.re, z.im], turns[gap + 1]);
      }
    },
    carry(gap, plane, isMasked) {
      convolver.apply(transfers[gap], plane, plane, isMasked ? {mask: masks[gap]} : {});
      filter.turn([plane.re, plane.im], turns[gap + 1]);
    },
    carryBack(gap, plane) {
      // A turn by the opposite angle is the adjoint of a turn.
      filter.turn([plane.re, plane.im], -turns[gap + 1]);
      convolver.apply(transfers[gap], plane, plane, {adjoint: true});
    },
    toOutputAxes(xMm, yMm) {
      const last = current().plates[plateCount - 1];
      const [x, y] = [xMm - last.dxMm, yMm - last.dyMm];
      const angle = radFromDeg(last.rotationDeg);
      return [Math.cos(angle) * x + Math.sin(angle) * y, -Math.sin(angle) * x + Math.cos(angle) * y];
    },
  };
}

/** The design's samples refined, with a margin, on a side whose double has only the factors 2, 3 and 5. */
export function gridWithMargin(design: Grid, oversample: number): Grid {
  const pitchMm = design.pitchMm / oversample;
  const inner = design.count * oversample;
  let count = inner + 2 * Math.ceil(marginMm / pitchMm);
  // The same parity as the design keeps the samples where the pixels are.
  while ((count - inner) % 2 !== 0 || count % 4 !== 0 || radicesOf(2 * count).some((radix) => radix > 5))
    count++;
  return {count, pitchMm};
}

function gapPlace(state: BenchState, gap: number, designedMm: readonly number[]): GapPlace {
  const frames = [{...state.object, dzMm: 0}, ...state.plates];
  const from = frames[gap];
  const isLast = gap === frames.length - 1;
  // The output plane is looked at in the last plate's axes; where the scan stands in it is the reader's business.
  const to = isLast ? {...from, dzMm: state.frame.dzMm} : frames[gap + 1];
  const [dx, dy] = [to.dxMm - from.dxMm, to.dyMm - from.dyMm];
  const angle = radFromDeg(from.rotationDeg);
  const distanceMm = designedMm[gap + 1] + to.dzMm - designedMm[gap] - from.dzMm;
  if (!(distanceMm > 0))
    throw new BenchError(
      'twin/invalid',
      `Plate ${gap} would stand behind the part after it (${distanceMm.toFixed(3)} mm). Nothing was computed.`,
    );
  return {
    distanceMm,
    shiftXMm: Math.cos(angle) * dx + Math.sin(angle) * dy,
    shiftYMm: -Math.sin(angle) * dx + Math.cos(angle) * dy,
  };
}

function openFrame(design: Grid, grid: Grid): ComplexPlane {
  const side = {count: 1, pitchMm: design.count * design.pitchMm};
  return resampleObject({grid: side, re: Float64Array.of(1), im: Float64Array.of(0)}, grid);
}

function heightsOf({relief, baseMm, placement = {}}: PlateModel, grid: Grid): Float32Array {
  const pixels = pixelIndices(relief.grid, grid);
  const side = relief.grid.count;
  const heights = new Float32Array(grid.count * grid.count);
  for (let row = 0; row < grid.count; row++) {
    if (pixels[row] < 0) continue;
    const v = placement.flipY ? side - 1 - pixels[row] : pixels[row];
    for (let column = 0; column < grid.count; column++) {
      if (pixels[column] < 0) continue;
      const u = placement.flipX ? side - 1 - pixels[column] : pixels[column];
      heights[row * grid.count + column] = baseMm + relief.values[v * side + u];
    }
  }
  return heights;
}

/** Positions of the samples along a side, mm. */
export const sidePositions = (grid: Grid): Float64Array =>
  Float64Array.from({length: grid.count}, (_, i) => positionMm(grid, i));
