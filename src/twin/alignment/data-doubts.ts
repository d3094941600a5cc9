import {upperMedian} from '../../base/median.ts';
import {fixedText} from '../../base/number-format.ts';
import {solvePositive} from '../metrics/symmetric-matrix.ts';
import {unlessDesigned, type AlignTask} from './align-task.ts';
import type {Arrangement} from './arrangement.ts';
import {explainedBelowRatio} from './explained.ts';
import {unexplainedBy, type PlaneFit} from './fit-planes.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {blurredMisfit} from './drawn-benches.ts';
import {createParameter} from './parameters.ts';
import {modelOf} from './problem.ts';
import {runStage} from './solve.ts';
import type {BenchState} from './state.ts';

/** A plane of a fit that is explained lies beside the others from here on, mm, if that is so many of its error bars. */
const besideMm = 0.05;
const besideSigmas = 8;
/** The same of planes that are not explained, whose places are found by blurred planes alone, mm. */
const roughlyBesideMm = 0.8;
/** Blurs under which the scan of one plane is placed, mm. */
const registeringBlursMm = [3, 1.5] as const;
/** A plane is taken to lie elsewhere where its misfit there is less than this part of that in the common frame. */
const clearlyNearer = 0.6;

interface Shift {
  readonly label: string;
  readonly xMm: number;
  readonly yMm: number;
}

/** What may be wrong with the planes themselves, in sentences: scans in frames of their own, values that are no powers. */
export async function findDataDoubts(
  task: AlignTask,
  fit: PlaneFit,
  arrangement: Arrangement,
): Promise<string[]> {
  const isExplained = unexplainedBy(fit) < explainedBelowRatio;
  const shifts = isExplained ? shiftsOfFit(task, fit) : await shiftsByRegistering(task, fit, arrangement);
  const doubts = shifts.map(
    ({label, xMm, yMm}) =>
      `Plane "${label}" lies ${fixedText(xMm, 2)} mm along x and ${fixedText(yMm, 2)} mm along y beside the others: it was ` +
      'scanned in another frame. Planes of one alignment need one frame: give it places in the frame of the others, or leave it out.',
  );
  const power = powerOfValues(fit, isExplained);
  if (power !== undefined)
    doubts.push(
      power === 0.5
        ? 'The values look like squares of powers (V^2 instead of V, or a detector that was squared twice): give powers.'
        : 'The values look like amplitudes, or square roots of powers: give powers.',
    );
  return doubts;
}

/** Planes whose own place of the scan, by their part of the normal equations, is not that of all planes. */
function shiftsOfFit({problem}: AlignTask, {stage, planes}: PlaneFit): Shift[] {
  const {objective, values, weighting} = stage;
  const [x, y] = ['frame.dx', 'frame.dy'].map((name) =>
    problem.parameters.findIndex((parameter) => parameter.name === name),
  );
  if (x < 0 || y < 0 || planes.length < 2) return [];
  const size = problem.parameters.length;
  return planes.flatMap(({label}, plane): Shift[] => {
    const {normal, gradient} = objective.assemble(plane, values[plane], weighting);
    const own = Float64Array.of(
      normal[x * size + x],
      normal[x * size + y],
      normal[y * size + x],
      normal[y * size + y],
    );
    const step = solvePositive(own, Float64Array.of(gradient[x], gradient[y]));
    if (!step) return [];
    const [xMm, yMm] = step;
    // step^T N step: how many error bars the place is away, squared.
    const squared = step[0] * gradient[x] + step[1] * gradient[y];
    return Math.hypot(xMm, yMm) > besideMm && squared > besideSigmas ** 2 ? [{label, xMm, yMm}] : [];
  });
}

/** Planes whose scan alone is placed elsewhere than that of most, everything else where the better known bench has it. */
async function shiftsByRegistering(
  task: AlignTask,
  {stage, planes}: PlaneFit,
  arrangement: Arrangement,
): Promise<Shift[]> {
  if (planes.length < 2) return [];
  const from = unexplainedBy({stage, planes, bad: []}) < 1 ? stage.state : task.problem.start;
  const places: Shift[] = [];
  for (const [plane, {label}] of planes.entries()) {
    task.options.signal?.throwIfAborted();
    const {frame} = await placeScan(task, {plane, from, arrangement, planes});
    places.push({label, xMm: frame.dxMm, yMm: frame.dyMm});
  }
  const middle = {
    ...from.frame,
    dxMm: upperMedian(places.map(({xMm}) => xMm)),
    dyMm: upperMedian(places.map(({yMm}) => yMm)),
  };
  const beside: Shift[] = [];
  for (const [plane, place] of places.entries()) {
    const [xMm, yMm] = [place.xMm - middle.dxMm, place.yMm - middle.dyMm];
    if (Math.hypot(xMm, yMm) < roughlyBesideMm) continue;
    const own = {...from.frame, dxMm: place.xMm, dyMm: place.yMm};
    const [there, common] = await misfitsOf(task, {plane, from, arrangement, planes}, [own, middle]);
    if (there < clearlyNearer * common) beside.push({label: place.label, xMm, yMm});
  }
  // Where hardly two planes agree, the places say nothing of the scans.
  return 2 * beside.length < planes.length + 1 ? beside : [];
}

/** A plane on its own in a bench that is held but for the scan. */
interface SinglePlane {
  readonly plane: number;
  readonly from: BenchState;
  readonly arrangement: Arrangement;
  readonly planes: readonly MeasuredPlane[];
}

async function misfitsOf(
  {engine}: AlignTask,
  {plane, from, arrangement, planes}: SinglePlane,
  frames: readonly BenchState['frame'][],
): Promise<number[]> {
  const model = modelOf(engine, 'coarse', unlessDesigned(arrangement));
  const misfitOf = blurredMisfit([planes[plane]], registeringBlursMm[1]);
  return await Promise.all(
    frames.map(async (frame) => misfitOf(await model.evaluate({...from, frame}, [], [plane]))),
  );
}

async function placeScan(
  {engine, options: {signal}}: AlignTask,
  {plane, from, arrangement, planes}: SinglePlane,
): Promise<BenchState> {
  const model = modelOf(engine, 'coarse', unlessDesigned(arrangement));
  const parameters = (['dx', 'dy'] as const).map((quantity) => createParameter({part: 'frame', quantity}));
  let state = from;
  for (const blurMm of registeringBlursMm) {
    const stage = await runStage({model, planes: [planes[plane]], indices: [plane]}, parameters, state, {
      comparison: {kind: 'blurred', blurMm},
      maximumIterations: 12,
      longestStep: 6,
      relativeTolerance: 0.005,
      signal,
    });
    ({state} = stage);
  }
  return state;
}

/** Powers of the values that are tried: a square and a square root undone. */
const triedPowers = [0.5, 2] as const;
/** Another power of the values is believed when it leaves less than this part of what the values themselves leave. */
const clearlyLess = 0.7;
/** By how much the contrast of values may differ from that of what is predicted, as a factor. */
const sameContrast = 1.5;

/** The power of the values that looks like what is predicted, where the values themselves do not. */
function powerOfValues({stage, planes}: PlaneFit, isExplained: boolean): 0.5 | 2 | undefined {
  const {values} = stage;
  const powers = values.map((plane) => plane.power);
  const raised = (exponent: number): Float64Array[] =>
    planes.map(({values: own}) => own.map((value) => Math.max(value, 0) ** exponent));
  if (isExplained) {
    const most = clearlyLess * meanUnexplained(raised(1), powers);
    return triedPowers.find((exponent) => meanUnexplained(raised(exponent), powers) < most);
  }
  // Before the bench is found only how much brighter bright points are tells anything.
  const predicted = meanContrast(powers);
  const isNear = (exponent: number): boolean =>
    Math.abs(Math.log(meanContrast(raised(exponent)) / predicted)) < Math.log(sameContrast);
  return isNear(1) ? undefined : triedPowers.find(isNear);
}

/** Part of the sum of squares that the predicted values leave, each plane with a brightness of its own; mean of the planes. */
function meanUnexplained(measured: readonly Float64Array[], predicted: readonly Float64Array[]): number {
  const left = measured.map((own, plane) => {
    const there = predicted[plane];
    return 1 - dot(own, there) ** 2 / (dot(own, own) * dot(there, there));
  });
  return meanOf(left);
}

const meanContrast = (planes: readonly Float64Array[]): number =>
  meanOf(planes.map((own) => dot(own, own) / own.length / meanOf(own) ** 2));

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const meanOf = (own: ArrayLike<number>): number =>
  Array.from(own).reduce((sum, value) => sum + value, 0) / own.length;
