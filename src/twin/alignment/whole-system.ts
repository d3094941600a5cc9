import type {PlaneValues} from './evaluate-plane.ts';
import type {Objective, Weighting} from './objective.ts';

/** Sum of vectors of `size` numbers. */
export function sumOf(parts: readonly Float64Array[], size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const part of parts) for (let i = 0; i < size; i++) sum[i] += part[i];
  return sum;
}

/** Normal equations of all planes together; `gains` and `backgrounds` have one value per plane. */
export interface WholeSystem {
  readonly normal: Float64Array;
  readonly gradient: Float64Array;
  readonly cost: number;
  readonly gains: readonly number[];
  readonly backgrounds: readonly number[];
}

/** Adds up the normal equations of the planes; `normal` is square and row-major, in the order of the parameters. */
export function assembleAll(
  objective: Objective,
  values: readonly PlaneValues[],
  weighting: Weighting,
): WholeSystem {
  const parts = values.map((plane, i) => objective.assemble(i, plane, weighting));
  const size = parts[0].gradient.length;
  const normal = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (const part of parts) {
    for (let i = 0; i < normal.length; i++) normal[i] += part.normal[i];
    for (let i = 0; i < size; i++) gradient[i] += part.gradient[i];
  }
  return {
    normal,
    gradient,
    cost: parts.reduce((sum, part) => sum + part.cost, 0),
    gains: parts.map(({gain}) => gain),
    backgrounds: parts.map(({background}) => background),
  };
}

/** Cost of all planes by the weights given. */
export function costOf(objective: Objective, values: readonly PlaneValues[], weighting: Weighting): number {
  return values.reduce(
    (sum, {power}, i) => sum + objective.assemble(i, {power, derivatives: []}, weighting).cost,
    0,
  );
}
