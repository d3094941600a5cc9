/** Local fit of shift, rotation, gain and offset of measured points on a sampled plane. */
import {computePearson} from './agreement.ts';
import {createInterpolator, type SampledPlane} from './sampled-plane.ts';
import {invertWellPosed} from './symmetric-matrix.ts';

interface Points {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  readonly values: Float64Array;
}

interface Place {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly rotationRad: number;
}

/** Place of the scan in the plane that fits best: measured = gain * simulated + offset, with sigmas of the place. */
export interface FrameFit extends Place {
  readonly gain: number;
  readonly offset: number;
  readonly pearson: number;
  readonly sigma: Place;
}

/** Values of the plane at the points as the place puts them. */
export function sampleAt(plane: SampledPlane, points: Points, place: Place): Float64Array {
  const cos = Math.cos(place.rotationRad);
  const sin = Math.sin(place.rotationRad);
  const at = {value: 0, dx: 0, dy: 0};
  const interpolate = createInterpolator(plane);
  return points.xMm.map((x, i) => {
    const y = points.yMm[i];
    interpolate(x * cos - y * sin + place.dxMm, x * sin + y * cos + place.dyMm, at);
    return at.value;
  });
}

/**
 * Levenberg-Marquardt from `start` within the bounds. Parameters: dx, dy, rotation, gain, offset. Sigmas are the
 * roots of the diagonal of residual variance * (J^T J)^-1.
 */
export function fitFrame(
  points: Points,
  plane: SampledPlane,
  start: Place,
  bounds: {readonly shiftMm: number; readonly rotationRad: number},
): FrameFit {
  const linear = solveLinear(points.values, sampleAt(plane, points, start));
  let state: State = {...start, ...linear};
  let system = buildSystem(points, plane, state);
  let damping = 1e-3;
  for (let round = 0; round < 40 && damping < 1e8; round++) {
    const step = solveDamped(system, damping);
    if (step === undefined) break;
    const next = boundedStep(state, step, bounds);
    const nextSystem = buildSystem(points, plane, next);
    if (nextSystem.cost < system.cost) {
      const isDone = system.cost - nextSystem.cost < 1e-10 * system.cost;
      state = next;
      system = nextSystem;
      damping = Math.max(1e-9, damping / 5);
      if (isDone) break;
    } else damping *= 8;
  }
  const covariance = invertWellPosed(system.normal, parameterCount);
  const variance = system.cost / Math.max(1, points.values.length - parameterCount);
  const sigmaOf = (k: number): number =>
    covariance === undefined ? Infinity : Math.sqrt(variance * covariance[k * parameterCount + k]);
  return {
    ...state,
    pearson: computePearson(points.values, sampleAt(plane, points, state)) ?? -1,
    sigma: {dxMm: sigmaOf(0), dyMm: sigmaOf(1), rotationRad: sigmaOf(2)},
  };
}

const parameterCount = 5;
type State = Place & {readonly gain: number; readonly offset: number};

interface System {
  readonly cost: number;
  /** J^T J, row-major 5 x 5. */
  readonly normal: Float64Array;
  /** J^T r, with r = measured - model. */
  readonly gradient: Float64Array;
}

/** Least squares of measured = gain * simulated + offset at a fixed place. */
function solveLinear(
  measured: Float64Array,
  simulated: Float64Array,
): {readonly gain: number; readonly offset: number} {
  const n = measured.length;
  const meanM = measured.reduce((sum, value) => sum + value, 0) / n;
  const meanS = simulated.reduce((sum, value) => sum + value, 0) / n;
  let ss = 0;
  let sm = 0;
  for (let i = 0; i < n; i++) {
    ss += (simulated[i] - meanS) ** 2;
    sm += (simulated[i] - meanS) * (measured[i] - meanM);
  }
  const gain = ss > 0 ? sm / ss : 0;
  return {gain, offset: meanM - gain * meanS};
}

function buildSystem(points: Points, plane: SampledPlane, state: State): System {
  const cos = Math.cos(state.rotationRad);
  const sin = Math.sin(state.rotationRad);
  const normal = new Float64Array(parameterCount * parameterCount);
  const gradient = new Float64Array(parameterCount);
  const row = new Float64Array(parameterCount);
  const at = {value: 0, dx: 0, dy: 0};
  const interpolate = createInterpolator(plane);
  let cost = 0;
  for (let i = 0; i < points.values.length; i++) {
    const x = points.xMm[i];
    const y = points.yMm[i];
    const turnedX = x * cos - y * sin;
    const turnedY = x * sin + y * cos;
    interpolate(turnedX + state.dxMm, turnedY + state.dyMm, at);
    const residual = points.values[i] - state.gain * at.value - state.offset;
    cost += residual * residual;
    row[0] = state.gain * at.dx;
    row[1] = state.gain * at.dy;
    row[2] = state.gain * (at.dy * turnedX - at.dx * turnedY);
    row[3] = at.value;
    row[4] = 1;
    for (let a = 0; a < parameterCount; a++) {
      gradient[a] += row[a] * residual;
      for (let b = 0; b < parameterCount; b++) normal[a * parameterCount + b] += row[a] * row[b];
    }
  }
  return {cost, normal, gradient};
}

/** Solves (N + damping diag N) step = gradient; undefined when it is singular. */
function solveDamped({normal, gradient}: System, damping: number): Float64Array | undefined {
  const damped = normal.slice();
  for (let k = 0; k < parameterCount; k++) damped[k * parameterCount + k] *= 1 + damping;
  const inverse = invertWellPosed(damped, parameterCount);
  if (inverse === undefined) return undefined;
  return gradient.map((_, a) => {
    let sum = 0;
    for (let b = 0; b < parameterCount; b++) sum += inverse[a * parameterCount + b] * gradient[b];
    return sum;
  });
}

function boundedStep(
  state: State,
  step: Float64Array,
  bounds: {readonly shiftMm: number; readonly rotationRad: number},
): State {
  const within = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
  return {
    dxMm: within(state.dxMm + step[0], bounds.shiftMm),
    dyMm: within(state.dyMm + step[1], bounds.shiftMm),
    rotationRad: within(state.rotationRad + step[2], bounds.rotationRad),
    gain: state.gain + step[3],
    offset: state.offset + step[4],
  };
}
