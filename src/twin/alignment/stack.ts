import {BenchError} from '../../contract/errors.ts';
import {positionMm, type ComplexPlane, type Grid} from '../../contract/optics.ts';
import {radFromDeg} from '../../contract/units.ts';
import {createIllumination} from '../field/illumination.ts';
import {radicesOf} from '../kernel/plan.ts';
import type {PlateModel} from '../layers/plate.ts';
import {createConvolver, type Convolver, type KernelPlane} from '../propagation/convolver.ts';
import {createLineFilter, type LineFilter} from './line-filter.ts';
import {createStackGaps} from './stack-gaps.ts';
import type {StackSpec} from './stack-spec.ts';
import {createTiltedPlates, type PlatesSetting} from './stack-tilts.ts';
import {illuminationFrom, type BenchState} from './state.ts';
import type {InnerQuantity, PartVisit} from './tilted-part.ts';

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
  /** Turn from part j - 1 to part j, rad; 0 towards the output plane. */
  readonly turns: readonly number[];
  readonly state: BenchState;
  /** Puts other plates in the places of those of the specification. */
  setPlates(plates: readonly PlateModel[]): void;
  /** Whether plate j (from 0) stands in the bench. */
  isPresent(plate: number): boolean;
  /** Whether a plate is present and has a print, whose heights may be off. */
  hasHeights(plate: number): boolean;
  /** Puts everything where a state has it. */
  setState(state: BenchState, options: PlatesSetting & {readonly withSlopes: boolean}): void;
  /** Sends light through an object; the fields stay until the next call. */
  propagate(object: ComplexPlane | null): void;
  /**
   * Carries a change of the light in front of part j through the part and over the gap behind it, to part j + 1. With a
   * quantity, what its change (of a tilt by a degree) does to the light that the plate was lit with last is added on the way.
   */
  carryChange(part: number, plane: KernelPlane, quantity?: InnerQuantity): void;
  /** Adjoint of the way over the gap behind part j. */
  carryBack(part: number, plane: KernelPlane): void;
  /** Adjoint of the way through part j. */
  passBack(part: number, plane: KernelPlane, visit?: PartVisit): void;
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
  const convolver = createConvolver(grid.count, 2 * grid.count, 'single');
  const filter = createLineFilter(convolver.kernel, grid.count, convolver.stride);
  const plateCount = spec.plates.length;
  const createPlanes = (): KernelPlane[] =>
    Array.from({length: plateCount + 2}, () => convolver.createPlane());
  const incident = createPlanes();
  const incidentZ = createPlanes();
  const plates = createTiltedPlates(convolver, grid, spec);
  const writeLight = createLightWriter(convolver, incident[0], grid, spec.wavelengthMm);
  const gaps = createStackGaps(convolver, filter, grid, spec);
  let state: BenchState | undefined;
  let hasSlopes = false;

  const current = (): BenchState => {
    if (!state) throw new BenchError('internal', 'A stack was used before its state was set.');
    return state;
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
    get turns() {
      return gaps.turns;
    },
    get state() {
      return current();
    },
    setPlates: (next) => plates.setPlates(next),
    isPresent: (plate) => plates.isPresent(plate),
    hasHeights: (plate) => plates.hasHeights(plate),
    setState(next, {withSlopes, ...setting}) {
      state = next;
      hasSlopes = withSlopes;
      gaps.setState(next, withSlopes);
      plates.setState(next, setting);
      writeLight(next);
    },
    propagate(object) {
      plates.setObject(object);
      for (let gap = 0; gap <= plateCount; gap++) {
        const {from, mask} = plates.leave(gap, incident[gap]);
        gaps.carry(gap, from, incident[gap + 1], mask);
        if (hasSlopes) gaps.carrySlope(gap, from, incidentZ[gap + 1], mask);
      }
    },
    carryChange(part, plane, quantity) {
      const mask = plates.carryChange(part, plane, incident[part], quantity);
      gaps.carry(part, plane, plane, mask);
    },
    carryBack: (part, plane) => gaps.carryBack(part, plane),
    passBack: (part, plane, visit) => plates.carryBack(part, plane, incident[part], visit),
    toOutputAxes: (xMm, yMm) => toAxesOf(current().plates[plateCount - 1], xMm, yMm),
  };
}

/** Writes the light of a state into a plane, unless it stands there already. */
function createLightWriter(
  convolver: Convolver,
  plane: KernelPlane,
  grid: Grid,
  wavelengthMm: number,
): (state: BenchState) => void {
  let written = '';
  return (state) => {
    const key = JSON.stringify([state.beam, state.object]);
    if (written === key) return;
    const {re, im} = lightOf(state, grid, wavelengthMm);
    convolver.write(plane, re, im);
    written = key;
  };
}

/** The beam as the object sees it. */
const lightOf = (
  {beam, object: {dxMm, dyMm, rotationDeg}}: BenchState,
  grid: Grid,
  wavelengthMm: number,
): ComplexPlane =>
  createIllumination(illuminationFrom(beam), grid, wavelengthMm, {
    xMm: dxMm,
    yMm: dyMm,
    rotationRad: radFromDeg(rotationDeg),
  });

/** A position of the bench frame in the axes of a plate. */
function toAxesOf(
  {dxMm, dyMm, rotationDeg}: BenchState['plates'][number],
  xMm: number,
  yMm: number,
): readonly [number, number] {
  const [x, y] = [xMm - dxMm, yMm - dyMm];
  const angle = radFromDeg(rotationDeg);
  return [Math.cos(angle) * x + Math.sin(angle) * y, -Math.sin(angle) * x + Math.cos(angle) * y];
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

/** Positions of the samples along a side, mm. */
export const sidePositions = (grid: Grid): Float64Array =>
  Float64Array.from({length: grid.count}, (_, i) => positionMm(grid, i));
