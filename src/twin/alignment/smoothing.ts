/** Means over the neighbourhood of scattered points. */
export interface Smoother {
  /** Weighted mean of the values around each of the points that were kept. */
  apply(values: ArrayLike<number>): Float64Array;
  /** The transposed of `apply`: what each value counts for in a weighted sum of the means. */
  applyBack(weights: ArrayLike<number>): Float64Array;
}

const known = new WeakMap<ArrayLike<number>, {yMm: ArrayLike<number>; smoothers: Map<string, Smoother>}>();

/** As `createSmoother`, which takes long, remembered for as long as the points are. */
export function smootherFor(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  sigmaMm: number,
  keepEveryMm = 0,
): Smoother {
  let own = known.get(xMm);
  if (own?.yMm !== yMm) known.set(xMm, (own = {yMm, smoothers: new Map()}));
  const key = `${sigmaMm} ${keepEveryMm}`;
  let smoother = own.smoothers.get(key);
  if (!smoother) own.smoothers.set(key, (smoother = createSmoother(xMm, yMm, sigmaMm, keepEveryMm)));
  return smoother;
}

/**
 * Gaussian weights of standard deviation `sigmaMm` over the points themselves, cut at 2.5 of them; each point's
 * weights sum to 1, so that gaps and edges only take neighbours away. `sigmaMm` 0 leaves everything as it is. With
 * `keepEveryMm`, means are made at one point of each cell of that size only: smoothed neighbours say the same.
 */
export function createSmoother(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  sigmaMm: number,
  keepEveryMm = 0,
): Smoother {
  if (sigmaMm <= 0) {
    const same = (values: ArrayLike<number>): Float64Array => Float64Array.from(values);
    return {apply: same, applyBack: same};
  }
  const kept =
    keepEveryMm > 0 ? onePerCell(xMm, yMm, keepEveryMm) : Int32Array.from({length: xMm.length}, (_, i) => i);
  const {starts, index, weight} = weighNeighbours(xMm, yMm, sigmaMm, kept);
  return {
    apply(values) {
      const out = new Float64Array(kept.length);
      for (let i = 0; i < kept.length; i++) {
        let sum = 0;
        for (let n = starts[i]; n < starts[i + 1]; n++) sum += weight[n] * values[index[n]];
        out[i] = sum;
      }
      return out;
    },
    applyBack(weights) {
      const out = new Float64Array(xMm.length);
      for (let i = 0; i < kept.length; i++)
        for (let n = starts[i]; n < starts[i + 1]; n++) out[index[n]] += weight[n] * weights[i];
      return out;
    },
  };
}

/** Sparse rows: the neighbours of kept point i and their weights stand from `starts[i]` to before `starts[i + 1]`. */
interface Neighbours {
  readonly starts: Int32Array;
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

function weighNeighbours(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  sigmaMm: number,
  kept: Int32Array,
): Neighbours {
  const reach = 2.5 * sigmaMm;
  const cells = pointsByCell(xMm, yMm, reach);
  const starts = new Int32Array(kept.length + 1);
  const neighbours: number[] = [];
  const weights: number[] = [];
  for (const [row, i] of kept.entries()) {
    const first = neighbours.length;
    let sum = 0;
    const [cx, cy] = [Math.floor(xMm[i] / reach), Math.floor(yMm[i] / reach)];
    for (let v = cy - 1; v <= cy + 1; v++)
      for (let u = cx - 1; u <= cx + 1; u++)
        for (const j of cells.get(`${u} ${v}`) ?? []) {
          const squared = (xMm[i] - xMm[j]) ** 2 + (yMm[i] - yMm[j]) ** 2;
          if (squared > reach * reach) continue;
          const weight = Math.exp(-squared / (2 * sigmaMm * sigmaMm));
          neighbours.push(j);
          weights.push(weight);
          sum += weight;
        }
    for (let n = first; n < neighbours.length; n++) weights[n] /= sum;
    starts[row + 1] = neighbours.length;
  }
  return {starts, index: Int32Array.from(neighbours), weight: Float64Array.from(weights)};
}

/** Indices of the points in each square cell; keys are `column row`. */
function pointsByCell(
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
  sizeMm: number,
): ReadonlyMap<string, readonly number[]> {
  const cells = new Map<string, number[]>();
  for (let i = 0; i < xMm.length; i++) {
    const key = `${Math.floor(xMm[i] / sizeMm)} ${Math.floor(yMm[i] / sizeMm)}`;
    const cell = cells.get(key);
    if (cell) cell.push(i);
    else cells.set(key, [i]);
  }
  return cells;
}

/** The first point of each cell. */
function onePerCell(xMm: ArrayLike<number>, yMm: ArrayLike<number>, sizeMm: number): Int32Array {
  return Int32Array.from(pointsByCell(xMm, yMm, sizeMm).values(), ([first]) => first);
}
