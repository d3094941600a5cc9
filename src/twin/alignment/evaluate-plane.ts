import type {Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {createFieldChange, type FieldChange} from './field-change.ts';
import {createScanReaders, readFrame, subtractOutput, type LitScan} from './frame-change.ts';
import {vjpHeights} from './height-gradient.ts';
import {fillLightChange} from './light-change.ts';
import {inAxes, rigidMotions} from './motion.ts';
import {vjpParameters} from './parameter-gradient.ts';
import {isTiltQuantity, type Parameter, type PlateQuantity} from './parameters.ts';
import type {FieldView} from './sampling.ts';
import type {Stack} from './stack.ts';
import type {BenchState} from './state.ts';
import type {InnerQuantity} from './tilted-part.ts';

/** What one scan shows: an object, where the points are in the scan's frame, which plates stood in the bench. */
export interface PlaneSetting {
  readonly object: ComplexPlane | null;
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly present?: readonly boolean[] | undefined;
}

/**
 * Predicted power at the points of one plane, in the order of the points, and its derivatives by the parameters asked
 * for.
 */
export interface PlaneValues {
  /** Power at each point; a plane wave of amplitude 1 reads 1. */
  readonly power: Float64Array;
  /** d power / d parameter i at each point, in the parameter's unit. */
  readonly derivatives: readonly Float64Array[];
}

/**
 * Power that a detector reads behind a stack and how it changes with each parameter: tangents of the propagation
 * itself, not differences. A part that moves by d sees the field in front of it moved by +d and hands on what leaves
 * it moved by -d: dU(part) = (d . grad) U, and behind it P t (d . grad) U - (d . grad) P t U, where the second term
 * is the gradient of the field that falls on the next part and is known already.
 */
export interface PlaneEvaluator {
  evaluate(state: BenchState, setting: PlaneSetting, parameters: readonly Parameter[]): PlaneValues;
  /** How weighted sums of the powers change with the height of every pixel (height-gradient.ts). */
  vjpHeights(state: BenchState, setting: PlaneSetting, weights: readonly Float64Array[]): Float32Array[];
  /**
   * The powers, and how a sum of them that `weigh` weights after it has seen them changes with the height of every pixel
   * of the plates from `firstPlate` (from 0) on; the light is sent through once for both.
   */
  powerAndHeights(
    state: BenchState,
    setting: PlaneSetting,
    weigh: (power: Float64Array) => Float64Array,
    firstPlate: number,
  ): {readonly power: Float64Array; readonly heights: Float32Array};
  /** How one weighted sum of the powers changes with each parameter: all of them for one way back. */
  vjpParameters(
    state: BenchState,
    setting: PlaneSetting,
    parameters: readonly Parameter[],
    weights: Float64Array,
  ): Float64Array;
}

/**
 * Evaluator of planes behind `stack`, read by `probe`. It works in the memory of the stack: each call overwrites its
 * fields.
 */
export function createPlaneEvaluator(stack: Stack, probe: Probe): PlaneEvaluator {
  const {convolver, plateCount} = stack;
  const change = createFieldChange(stack);
  const readers = createScanReaders(stack, probe);
  /** Sends the light of a setting through the bench and reads its power at the points. */
  const light = (state: BenchState, setting: PlaneSetting, parameters: readonly Parameter[]) => {
    stack.setState(state, {
      withSlopes: needsSlopesAlongZ(parameters),
      present: setting.present,
      tilting: tiltingPlates(parameters),
    });
    stack.propagate(setting.object);
    const scan = readers.readerOf(setting);
    return {scan, power: scan.reader.readPower(convolver.view(stack.incident[plateCount + 1]) as FieldView)};
  };
  return {
    evaluate(state, setting, parameters) {
      const {scan, power} = light(state, setting, parameters);
      const derivatives: Float64Array[] = [];
      if (parameters.length === 0) return {power, derivatives};
      const lit = {...scan, slopes: scan.reader.readSlopes()};
      const tangents: Tangents = {stack, change, scan: lit, parameters, derivatives};
      readFrame(stack, parameters, lit, derivatives);
      fillMotions(tangents);
      fillInner(tangents);
      fillBeam(tangents);
      return {power, derivatives};
    },
    vjpHeights(state, setting, weights) {
      const {scan} = light(state, setting, []);
      return weights.map((own) => {
        change.clear();
        scan.reader.adjoint(own, change.view);
        return vjpHeights(stack, change.plane);
      });
    },
    powerAndHeights(state, setting, weigh, firstPlate) {
      const {scan, power} = light(state, setting, []);
      change.clear();
      scan.reader.adjoint(weigh(power), change.view);
      return {power, heights: vjpHeights(stack, change.plane, firstPlate)};
    },
    vjpParameters(state, setting, parameters, weights) {
      const {scan} = light(state, setting, parameters);
      const frame: Float64Array[] = [];
      readFrame(stack, parameters, {...scan, slopes: scan.reader.readSlopes()}, frame);
      change.clear();
      scan.reader.adjoint(weights, change.view);
      const {plane: work, slopesAt, scratch} = change;
      const gradient = vjpParameters(stack, parameters, {work, slopesAt, scratch});
      frame.forEach((column, index) => {
        for (let i = 0; i < column.length; i++) gradient[index] += weights[i] * column[i];
      });
      return gradient;
    },
  };
}

/** Derivatives of one plane, as they are gathered. */
interface Tangents {
  readonly stack: Stack;
  readonly change: FieldChange;
  readonly scan: LitScan;
  readonly parameters: readonly Parameter[];
  readonly derivatives: Float64Array[];
}

/** Reads the change that has come to the output plane as a parameter's derivative. */
const readChange = ({scan, change, derivatives}: Tangents, index: number, factor = 1): Float64Array =>
  (derivatives[index] = scaled(scan.reader.readChange(change.view), factor));

/** Parts that move: from the last one to the object, so that the slopes behind a part are at hand. */
function fillMotions(tangents: Tangents): void {
  const {stack, change, parameters} = tangents;
  const motions = rigidMotions(parameters);
  for (let part = stack.plateCount; part >= 0; part--) {
    const here = motions.filter((motion) => motion.part === part);
    const isWanted = here.length > 0 || motions.some((motion) => motion.part === part - 1);
    if (isWanted && part > 0) change.fillSlopes(part);
    if (part === 0 && here.length > 0) change.fillSlopes(0);
    for (const motion of here) fillMotion(tangents, motion);
  }
}

function fillMotion(
  tangents: Tangents,
  {part, index, own, factor}: ReturnType<typeof rigidMotions>[number],
): void {
  const {stack, change, scan, derivatives} = tangents;
  const {state, plateCount} = stack;
  if (part > 0 && !stack.isPresent(part - 1)) {
    derivatives[index] = new Float64Array(scan.slopes.x.length);
    return;
  }
  change.clear();
  change.addMotion(part, inAxes(state, part, part, own), 1);
  stack.carryChange(part, change.plane);
  const behind = inAxes(state, part, part + 1, own);
  if (part < plateCount) {
    change.addMotion(part + 1, behind, -1);
    change.carryOn(part + 1);
    readChange(tangents, index, factor);
    return;
  }
  const read = readChange(tangents, index, factor);
  subtractOutput(read, behind, factor, {scan, stack});
}

/** What changes the light from within a plate: its material and its tilt. */
function fillInner(tangents: Tangents): void {
  const {stack, change, parameters} = tangents;
  parameters.forEach(({target}, index) => {
    if (target.part !== 'plates' && target.part !== 'plate') return;
    const {quantity} = target;
    if (!isInnerQuantity(quantity)) return;
    const own = target.part === 'plate' ? target.plate : undefined;
    change.clear();
    for (let plate = own ?? 0; plate < stack.plateCount; plate++) {
      const isOwn = (own === undefined || plate === own) && stack.isPresent(plate);
      stack.carryChange(plate + 1, change.plane, isOwn ? quantity : undefined);
    }
    readChange(tangents, index);
  });
}

const isInnerQuantity = (quantity: PlateQuantity): quantity is InnerQuantity =>
  quantity === 'n' || quantity === 'k' || isTiltQuantity(quantity);

function fillBeam(tangents: Tangents): void {
  const {stack, change, parameters} = tangents;
  parameters.forEach((parameter, index) => {
    if (parameter.target.part !== 'beam') return;
    fillLightChange(stack, parameter.target.quantity, change.view);
    change.carryOn(0);
    readChange(tangents, index);
  });
}

const needsSlopesAlongZ = (parameters: readonly Parameter[]): boolean =>
  parameters.some(
    ({target}) => (target.part === 'plate' || target.part === 'frame') && target.quantity === 'dz',
  );

/** Plates whose tilts are among the parameters. */
const tiltingPlates = (parameters: readonly Parameter[]): ReadonlySet<number> =>
  new Set(
    parameters.flatMap(({target}) =>
      target.part === 'plate' && isTiltQuantity(target.quantity) ? [target.plate] : [],
    ),
  );

function scaled(values: Float64Array, factor: number): Float64Array {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i] *= factor;
  return values;
}
