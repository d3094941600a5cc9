import {median} from '../../base/median.ts';
import {fixedText} from '../../base/number-format.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import type {StageResult} from './solve.ts';

/**
 * Scan lines of one plane that are left out of the fit: `texts` names them, `points` are the indices of their points.
 */
export interface BadLines {
  /** Sentences for a person, one a line. */
  readonly texts: readonly string[];
  readonly points: readonly number[];
}

/** A line whose residuals are so many times the plane's own is not measured light. */
const tooLarge = 2;
/**
 * Below this part of its own light (root mean squares over the line) a line is kept, however exact the others are: a
 * filter that has settled to 1 % of a step leaves 2 % of its energy, and that is no fault of the line.
 */
const smallestPart = 0.02;
/** More lines than this part of a plane are no accident of a line: the whole plane disagrees. */
const mostRatio = 0.1;
const fewestInLine = 8;
/** Lines at the edge of a scan may lie beyond the plates' shadow, where the model ends; they are left as they are. */
const edgeLines = 2;
const sameLineMm = 0.02;

/**
 * Scan lines that disagree with all the rest of their plane: a lock-in that hung, a source that was off for a line.
 * Judged by the root mean square of their residuals over their standard deviations; a line of one and the same value
 * was not measured at all.
 */
export function findBadLines(planes: readonly MeasuredPlane[], fit: StageResult): BadLines[] {
  return planes.map((plane, index) => {
    const residuals = fit.objective.residuals(index, fit.values[index], fit.weighting);
    for (const [along, positions] of [
      ['y', plane.yMm],
      ['x', plane.xMm],
    ] as const) {
      const lines = linesOf(positions);
      if (lines.length < 10) continue;
      const sizes = lines.map(({points}) =>
        Math.sqrt(points.reduce((sum, i) => sum + residuals[i] ** 2, 0) / points.length),
      );
      const usual = median(sizes);
      const bad = lines.filter(({points}, i) => {
        if (isOneValue(plane.values, points)) return true;
        const isInside = i >= edgeLines && i < lines.length - edgeLines;
        return (
          isInside &&
          sizes[i] > tooLarge * Math.max(usual, 0.5) &&
          partUnexplained(plane, fit, index, points) > smallestPart
        );
      });
      if (bad.length === 0 || bad.length > mostRatio * lines.length) continue;
      return {
        texts: bad.map(
          ({mm}) =>
            `Plane "${plane.label}": the line at ${along} = ${fixedText(mm, 2)} mm disagrees with all others and was left out.`,
        ),
        points: bad.flatMap(({points}) => points),
      };
    }
    return {texts: [], points: []};
  });
}

/** What a line leaves unexplained, as a part of the light predicted there; both as root mean squares. */
function partUnexplained(
  plane: MeasuredPlane,
  {values, gains, backgrounds}: StageResult,
  index: number,
  points: readonly number[],
): number {
  const sums = points.reduce(
    ({left, light}, i) => {
      const predicted = gains[index] * values[index].power[i];
      return {
        left: left + (plane.values[i] - backgrounds[index] - predicted) ** 2,
        light: light + predicted ** 2,
      };
    },
    {left: 0, light: 0},
  );
  return Math.sqrt(sums.left / sums.light);
}

const isOneValue = (values: Float64Array, points: readonly number[]): boolean =>
  points.every((i) => values[i] === values[points[0]]);

function linesOf(positions: ArrayLike<number>): {readonly mm: number; readonly points: number[]}[] {
  const order = Array.from({length: positions.length}, (_, i) => i).sort(
    (a, b) => positions[a] - positions[b],
  );
  const lines: {mm: number; points: number[]}[] = [];
  for (const i of order) {
    const last = lines.at(-1);
    if (last && positions[i] - last.mm < sameLineMm) last.points.push(i);
    else lines.push({mm: positions[i], points: [i]});
  }
  return lines.filter(({points}) => points.length >= fewestInLine);
}

/** The planes with these points counting for nothing. */
export function withoutPoints(planes: readonly MeasuredPlane[], bad: readonly BadLines[]): MeasuredPlane[] {
  return planes.map((plane, index) => {
    if (bad[index].points.length === 0) return plane;
    const sigma = plane.sigma.slice();
    const nothing = 1e6 * plane.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (const i of bad[index].points) sigma[i] = nothing;
    return {...plane, sigma};
  });
}
