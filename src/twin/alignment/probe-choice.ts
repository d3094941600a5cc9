import {invertPositive, logDeterminant} from './matrix.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {Parameter} from './parameters.ts';

/** What is known of the noise before anything is measured. */
export interface ExpectedNoise {
  /** Part of the largest value of all candidates: a detector's noise does not know how bright a plane is. */
  readonly additiveRatio: number;
  /** Part of the value itself. */
  readonly multiplicativeRatio: number;
  /** Part of the field that the model will lack (see Weighting); 0 for a perfect model. */
  readonly modelErrorRatio: number;
}

/** Information rows of one candidate plane: derivative of each point's power over its standard deviation. */
interface Candidate {
  readonly rows: Float64Array;
  readonly pointCount: number;
}

export interface ProbeChoice {
  /** Indices of the candidates, the one that tells most first. */
  readonly order: readonly number[];
  /** Standard deviation of every parameter after the first k objects. */
  readonly sigmas: readonly (readonly number[])[];
}

/**
 * Orders candidate objects by what they tell: each next one is that with the largest gain of log det of the
 * information (D-optimal; Fedorov 1972), given those before it and what is known beforehand. `known` is J^T W J of
 * what was measured already.
 */
export function chooseObjects(
  candidates: readonly PlaneValues[],
  parameters: readonly Parameter[],
  noise: ExpectedNoise,
  count: number,
  known?: Float64Array,
): ProbeChoice {
  const size = parameters.length;
  const maximum = brightestOf(candidates);
  const information = candidates.map((values) =>
    informationOf(candidateFrom(values, parameters, noise, maximum), size),
  );
  let sum = startInformation(parameters, known);
  const order: number[] = [];
  const sigmas: number[][] = [];
  while (order.length < Math.min(count, candidates.length)) {
    let [best, most] = [-1, -Infinity];
    information.forEach((own, i) => {
      if (order.includes(i)) return;
      const gain = logDeterminant(add(sum, own), size);
      if (gain > most) [best, most] = [i, gain];
    });
    order.push(best);
    sum = add(sum, information[best]);
    const covariance = invertPositive(sum, size);
    sigmas.push(
      parameters.map(({typical}, i) => (covariance ? Math.sqrt(covariance[i * size + i]) * typical : NaN)),
    );
  }
  return {order, sigmas};
}

export interface PointChoice {
  /** Indices of points, by plane. */
  readonly points: readonly Int32Array[];
  readonly sigmas: readonly number[];
}

/**
 * Chooses the scan points that tell most: those of the largest leverage r^T A^-1 r, twice over (the second time against
 * the information of the first choice), shared among all planes. Sigmas are what these points alone will give.
 */
export function choosePoints(
  planes: readonly PlaneValues[],
  parameters: readonly Parameter[],
  noise: ExpectedNoise,
  count: number,
): PointChoice {
  const size = parameters.length;
  const maximum = brightestOf(planes);
  const candidates = planes.map((values) => candidateFrom(values, parameters, noise, maximum));
  let information = candidates.reduce(
    (sum, candidate) => add(sum, informationOf(candidate, size)),
    startInformation(parameters, undefined),
  );
  let chosen: {plane: number; point: number}[] = [];
  for (let round = 0; round < 2; round++) {
    const covariance = invertPositive(information, size);
    if (!covariance) break;
    const all = candidates.flatMap(({rows, pointCount}, plane) =>
      Array.from({length: pointCount}, (_, point) => ({
        plane,
        point,
        leverage: leverageOf(rows, point, covariance, size),
      })),
    );
    chosen = all.sort((a, b) => b.leverage - a.leverage).slice(0, count);
    information = startInformation(parameters, undefined);
    for (const {plane, point} of chosen) addRow(information, candidates[plane].rows, point, size);
  }
  const covariance = invertPositive(information, size);
  return {
    points: planes.map((_, plane) =>
      Int32Array.from(chosen.filter((one) => one.plane === plane).map(({point}) => point)).sort(),
    ),
    sigmas: parameters.map(({typical}, i) =>
      covariance ? Math.sqrt(covariance[i * size + i]) * typical : NaN,
    ),
  };
}

/** Rows in units of `typical`, free of what the plane's gain makes up for. */
function candidateFrom(
  {power, derivatives}: PlaneValues,
  parameters: readonly Parameter[],
  {additiveRatio, multiplicativeRatio, modelErrorRatio}: ExpectedNoise,
  maximum: number,
): Candidate {
  const size = parameters.length;
  const mean = power.reduce((sum, value) => sum + value, 0) / power.length;
  const rows = new Float64Array(power.length * size);
  const weight = power.map((value) => {
    const model = modelErrorRatio * mean;
    return (
      1 /
      ((additiveRatio * maximum) ** 2 +
        (multiplicativeRatio * value) ** 2 +
        2 * model * value +
        model * model)
    );
  });
  const norm = power.reduce((sum, value, i) => sum + weight[i] * value * value, 0);
  derivatives.forEach((column, p) => {
    const along = column.reduce((sum, value, i) => sum + weight[i] * value * power[i], 0) / norm;
    for (let i = 0; i < power.length; i++)
      rows[i * size + p] = Math.sqrt(weight[i]) * (column[i] - along * power[i]) * parameters[p].typical;
  });
  return {rows, pointCount: power.length};
}

const brightestOf = (planes: readonly PlaneValues[]): number =>
  planes.reduce((most, {power}) => power.reduce((largest, value) => Math.max(largest, value), most), 0);

function informationOf({rows, pointCount}: Candidate, size: number): Float64Array {
  const sum = new Float64Array(size * size);
  for (let point = 0; point < pointCount; point++) addRow(sum, rows, point, size);
  return sum;
}

function addRow(to: Float64Array, rows: Float64Array, point: number, size: number): void {
  const from = point * size;
  for (let p = 0; p < size; p++) {
    const value = rows[from + p];
    for (let q = 0; q < size; q++) to[p * size + q] += value * rows[from + q];
  }
}

/** Priors, and a little of everything, so that the first objects can be compared before all is told. */
function startInformation(parameters: readonly Parameter[], known: Float64Array | undefined): Float64Array {
  const size = parameters.length;
  const sum = new Float64Array(size * size);
  parameters.forEach(({priorSigma, typical}, i) => {
    sum[i * size + i] += priorSigma === undefined ? 1e-6 : (typical / priorSigma) ** 2;
  });
  if (known)
    for (let p = 0; p < size; p++)
      for (let q = 0; q < size; q++)
        sum[p * size + q] += known[p * size + q] * parameters[p].typical * parameters[q].typical;
  return sum;
}

function leverageOf(rows: Float64Array, point: number, covariance: Float64Array, size: number): number {
  const from = point * size;
  let sum = 0;
  for (let p = 0; p < size; p++) {
    let line = 0;
    for (let q = 0; q < size; q++) line += covariance[p * size + q] * rows[from + q];
    sum += rows[from + p] * line;
  }
  return sum;
}

const add = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]);
