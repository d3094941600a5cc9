import type {LineShiftMonitor} from '../../contract/scan-monitors.ts';

/** Fewer points of a line have no slope that could be told. */
const fewestPoints = 8;
/** Fewer lines than this do not tell how well the shift is known. */
const fewestLines = 6;
/**
 * Lines that are left out together for the error: what a line has of its own comes back in its neighbours with the other
 * sign and mostly cancels. Larger blocks say more where there are enough of them.
 */
const blockOf = (lineCount: number): number => (lineCount >= 16 ? 4 : 2);

interface Line {
  readonly values: Float64Array;
  readonly isBackward: boolean;
}

/** What one line says: sums of difference times slope and of slope squared. */
interface LineSums {
  readonly product: number;
  readonly square: number;
}

/**
 * The shift of backward lines against forward ones, from each line and the mean of its two neighbours, which were measured the
 * other way: d = f(x + s) - f(x) = s f'(x) to the third order in s with the slope f' half-way between both. What the lines
 * differ by of their own has no correlation with the slope. d and f' are smoothed by 1, 2, 1 along x, as differences say little of what is
 * finer than two steps. s = sum d f' / sum f'^2 over all points of all lines; its error by leaving out some lines at a time.
 */
export function createLineShift(stepMm: number): LineShiftMonitor {
  let latest: readonly Line[] = [];
  const sums: LineSums[] = [];
  return {
    beginPlane() {
      latest = [];
    },
    addLine(values, isBackward) {
      latest = [...latest.slice(-2), {values: Float64Array.from(values), isBackward}];
      const [before, line, after] = latest;
      if (latest.length < 3 || before.isBackward === line.isBackward || after.isBackward === line.isBackward)
        return;
      const own = sumsOf(line, before, after);
      if (own) sums.push(own);
    },
    estimate() {
      const product = sums.reduce((sum, own) => sum + own.product, 0);
      const square = sums.reduce((sum, own) => sum + own.square, 0);
      if (sums.length < fewestLines || !(square > 0)) return undefined;
      return {
        shiftMm: (product / square) * stepMm,
        errorMm: jackknife(sums, product, square) * stepMm,
        lineCount: sums.length,
      };
    },
  };
}

/** Of the middle one of three lines, in steps; undefined without enough points. A point that was not measured is left out. */
function sumsOf(line: Line, before: Line, after: Line): LineSums | undefined {
  const count = line.values.length;
  if (count < fewestPoints) return undefined;
  const sign = line.isBackward ? 1 : -1;
  const beside = line.values.map((_, i) => (before.values[i] + after.values[i]) / 2);
  const difference = smoothed(line.values.map((value, i) => sign * (value - beside[i])));
  const slope = smoothed(slopeOf(line.values.map((value, i) => (value + beside[i]) / 2)));
  let [product, square] = [0, 0];
  for (let i = 0; i < count; i++) {
    const own = difference[i] * slope[i];
    if (Number.isNaN(own)) continue;
    product += own;
    square += slope[i] * slope[i];
  }
  return {product, square};
}

/** Slope a step by five points, of fourth order; none at the two points at either end. */
const slopeOf = (values: Float64Array): Float64Array =>
  values.map((_, i) => (8 * (values[i + 1] - values[i - 1]) - (values[i + 2] - values[i - 2])) / 12);

const smoothed = (values: Float64Array): Float64Array =>
  values.map((value, i) => (values[i - 1] + 2 * value + values[i + 1]) / 4);

/** Standard deviation of the quotient of the sums, by leaving out one block of lines at a time. */
function jackknife(sums: readonly LineSums[], product: number, square: number): number {
  const whole = product / square;
  const size = blockOf(sums.length);
  const blockCount = Math.floor(sums.length / size);
  let spread = 0;
  for (let block = 0; block < blockCount; block++) {
    const left = sums.slice(block * size, (block + 1) * size);
    const restProduct = left.reduce((rest, own) => rest - own.product, product);
    const restSquare = left.reduce((rest, own) => rest - own.square, square);
    spread += (restProduct / restSquare - whole) ** 2;
  }
  return Math.sqrt(((blockCount - 1) * spread) / blockCount);
}
