import type {DetectorRegion} from '../../contract/design-file.ts';
import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {createPlaneEvaluator, type PlaneSetting} from '../alignment/evaluate-plane.ts';
import {createStack} from '../alignment/stack.ts';
import type {StackSpec} from '../alignment/stack-spec.ts';
import type {BenchState} from '../alignment/state.ts';
import type {PlateModel} from '../layers/plate.ts';
import {heightNoise} from '../layers/print-roughness.ts';
import {computeScanWeights, sumOf} from '../metrics/regions.ts';

/** A network as it was built and where it stands, of which one plate may be another. */
export interface AsBuiltSpec {
  /** Plates in the order in which they stand, with their heights as printed. */
  readonly stack: StackSpec;
  /** Where everything stands, with the light and the index of the batch. */
  readonly state: BenchState;
  readonly regions: readonly DetectorRegion[];
  /** Step of the raster scan that reads the regions. */
  readonly scanStepMm: number;
}

/** A plate that is another one than was built. */
export interface ChangedPlate {
  /** Its place, from 0 along the beam. */
  readonly place: number;
  /** Heights above its base, mm; null for the plate that was built, as printed. */
  readonly heightsMm: Float32Array | null;
}

/** What is drawn anew for each batch of objects; `noDraw` is the bench as it was found. */
export interface AsBuiltDraw {
  /** Offset of the scan's points, as a part of the step along each axis. */
  readonly scanOffset: readonly [number, number];
  /** Where the new plate will stand against the place of the one before. */
  readonly plate: {
    readonly dxMm: number;
    readonly dyMm: number;
    readonly dzMm: number;
    readonly rotationDeg: number;
  };
  /** Roughness of the new plate's print; null for none. */
  readonly print: DrawnRoughness | null;
  /** What is not known of the heights of every plate that was built; null for nothing. */
  readonly unknown?: DrawnRoughness | null;
}

/** Roughness of a print, always the same for a seed. */
interface DrawnRoughness {
  readonly rmsMm: number;
  readonly correlationMm: number;
  readonly seed: string;
}

/** The bench as it was found, read by a scan whose points lie symmetrically about the axis. */
export const noDraw: AsBuiltDraw = {
  scanOffset: [0, 0],
  plate: {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0},
  print: null,
};

/** Sees the energies of the regions and says how a loss changes with each of them. */
export type EnergyGradient = (energies: Float64Array) => Float64Array;

/**
 * Energies of the detector regions behind a network as it was built, read at the points of a scan, and how a loss of them
 * changes with the relief of one plate. The optics are those that an alignment fits.
 */
export interface AsBuiltNetwork {
  /** Puts a plate in and everything where a draw has it. */
  prepare(changed: ChangedPlate, draw: AsBuiltDraw): void;
  /** Energies of the regions in the order of the design, power times mm^2. */
  energiesOf(object: ComplexPlane): Float64Array;
  /** Power at the points of a square raster over the whole plane, row by row from the smallest y. */
  planeOf(object: ComplexPlane, stepMm: number): {readonly side: number; readonly power: Float64Array};
  /** The energies, and the derivative of the loss by the height of every pixel of the changed plate, per mm. */
  gradientOf(
    object: ComplexPlane,
    byEnergies: EnergyGradient,
  ): {readonly energies: Float64Array; readonly heights: Float32Array};
}

/** Allocates the optics of a network in single precision. */
export function createAsBuiltNetwork(spec: AsBuiltSpec): AsBuiltNetwork {
  const {stack: stackSpec} = spec;
  const stack = createStack(stackSpec);
  const evaluator = createPlaneEvaluator(stack, stackSpec.probe);
  const pixelCount = stackSpec.grid.count ** 2;
  let place = 0;
  let state = spec.state;
  let scan = regionScan(spec, noDraw.scanOffset);
  const settingOf = (object: ComplexPlane): PlaneSetting => ({object, xMm: scan.xMm, yMm: scan.yMm});
  return {
    prepare(changed, draw) {
      ({place} = changed);
      stack.setPlates(platesWith(spec, changed, draw));
      state = drawnState(spec, place, draw);
      scan = regionScan(spec, draw.scanOffset);
    },
    energiesOf: (object) => scan.energiesOf(evaluator.evaluate(state, settingOf(object), []).power),
    planeOf(object, stepMm) {
      const {grid} = stackSpec;
      const side = Math.floor((grid.count * grid.pitchMm) / stepMm);
      const at = (i: number): number => (i - (side - 1) / 2) * stepMm;
      const xMm = Float64Array.from({length: side * side}, (_, i) => at(i % side));
      const yMm = Float64Array.from({length: side * side}, (_, i) => at(Math.floor(i / side)));
      return {side, power: evaluator.evaluate(state, {object, xMm, yMm}, []).power};
    },
    gradientOf(object, byEnergies) {
      let energies: Float64Array = new Float64Array();
      const weigh = (power: Float64Array): Float64Array => {
        energies = scan.energiesOf(power);
        return scan.spread(byEnergies(energies));
      };
      const {heights} = evaluator.powerAndHeights(state, settingOf(object), weigh, place);
      return {energies, heights: heights.slice(place * pixelCount, (place + 1) * pixelCount)};
    },
  };
}

/** The plates with another one in the place in question, printed as a draw has it; what of the others is unknown is drawn too. */
function platesWith(
  {stack: {plates}}: AsBuiltSpec,
  {place, heightsMm}: ChangedPlate,
  {print, unknown = null}: AsBuiltDraw,
): readonly PlateModel[] {
  return plates.map((plate, i) => {
    const isNew = i === place && heightsMm !== null;
    const {grid} = plate.relief;
    const values = Float64Array.from(isNew ? heightsMm : plate.relief.values);
    if (i === place) addRoughness(values, grid, print);
    if (!isNew && unknown !== null) addRoughness(values, grid, {...unknown, seed: `${unknown.seed}/${i}`});
    return {...plate, relief: {grid, values}};
  });
}

function addRoughness(values: Float64Array, grid: Grid, roughness: DrawnRoughness | null): void {
  if (roughness === null || roughness.rmsMm === 0) return;
  const noise = heightNoise(grid, roughness, roughness.seed);
  for (let i = 0; i < values.length; i++) values[i] += noise.values[i];
}

/** The bench with the new plate a little beside the place of the old one; regions are read in the output plane itself. */
function drawnState({state}: AsBuiltSpec, place: number, {plate: moved}: AsBuiltDraw): BenchState {
  const {dzMm} = state.frame;
  return {
    ...state,
    frame: {dxMm: 0, dyMm: 0, dzMm, rotationDeg: 0, scale: 1},
    plates: state.plates.map((own, i) =>
      i === place
        ? {
            ...own,
            dxMm: own.dxMm + moved.dxMm,
            dyMm: own.dyMm + moved.dyMm,
            dzMm: own.dzMm + moved.dzMm,
            rotationDeg: own.rotationDeg + moved.rotationDeg,
          }
        : own,
    ),
  };
}

/** Points of a raster whose cells reach into a region, and what each adds to the region's energy. */
function regionScan({regions, scanStepMm: step}: AsBuiltSpec, [u, v]: readonly [number, number]) {
  const reach = (of: (region: DetectorRegion) => number): number => Math.max(...regions.map(of)) + step;
  const halfX = reach(({centerXMm, widthMm}) => Math.abs(centerXMm) + widthMm / 2);
  const halfY = reach(({centerYMm, heightMm}) => Math.abs(centerYMm) + heightMm / 2);
  const [columns, rows] = [Math.ceil(halfX / step), Math.ceil(halfY / step)];
  const [allX, allY]: [number[], number[]] = [[], []];
  for (let row = -rows; row <= rows; row++)
    for (let column = -columns; column <= columns; column++) {
      const [x, y] = [(column + u) * step, (row + v) * step];
      const isNear = regions.some(
        ({centerXMm, centerYMm, widthMm, heightMm}) =>
          Math.abs(x - centerXMm) < (widthMm + step) / 2 && Math.abs(y - centerYMm) < (heightMm + step) / 2,
      );
      if (!isNear) continue;
      allX.push(x);
      allY.push(y);
    }
  const [xMm, yMm] = [Float64Array.from(allX), Float64Array.from(allY)];
  const weights = computeScanWeights({xMm, yMm, cellWidthMm: step, cellHeightMm: step}, regions).map(
    ({index, areaMm2, regionAreaMm2}) => {
      const covered = sumOf(areaMm2);
      return {index, factor: areaMm2.map((area) => (regionAreaMm2 * area) / covered)};
    },
  );
  return {
    xMm,
    yMm,
    energiesOf: (power: ArrayLike<number>): Float64Array =>
      Float64Array.from(weights, ({index, factor}) =>
        index.reduce((sum, point, i) => sum + factor[i] * power[point], 0),
      ),
    /** Derivative by the power of each point, from that by each region's energy. */
    spread(byEnergies: ArrayLike<number>): Float64Array {
      const out = new Float64Array(xMm.length);
      weights.forEach(({index, factor}, k) =>
        index.forEach((point, i) => (out[point] += factor[i] * byEnergies[k])),
      );
      return out;
    },
  };
}
