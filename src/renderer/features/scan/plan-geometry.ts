import {fixedText} from '../../../base/number-format.ts';
import type {DryRunResult} from '../../../contract/api/index.ts';
import {countAlong} from '../../../contract/plan-span.ts';
import type {PlanSpec} from '../../../contract/plan-spec.ts';
import type {PlaneFrame, PointMm, RectMm} from '../../viewer/index.ts';

/** Beyond this no picture is made of the plan: the host would refuse it anyway. */
const largestCellCount = 10_000_000;

/** The grid that a plan would fill; null for plans that are no grid, and for absurd ones. */
export function frameOfPlan(plan: PlanSpec): PlaneFrame | null {
  if (plan.plan === 'beam-find') return gridFrame({xMm: 0, yMm: 0}, plan.widthMm, plan.widthMm, plan.stepMm);
  return plan.plan === 'grid' ? gridFrame(plan.centerMm, plan.widthMm, plan.heightMm, plan.stepMm) : null;
}

function gridFrame(
  center: {readonly xMm: number; readonly yMm: number},
  widthMm: number,
  heightMm: number,
  stepMm: number,
): PlaneFrame | null {
  const columns = countAlong(widthMm, stepMm);
  const rows = countAlong(heightMm, stepMm);
  if (!(rows * columns <= largestCellCount)) return null;
  const halfXMm = ((columns - 1) / 2) * stepMm;
  const halfYMm = ((rows - 1) / 2) * stepMm;
  return {
    rows,
    columns,
    xMm: [center.xMm - halfXMm, center.xMm + halfXMm],
    yMm: [center.yMm - halfYMm, center.yMm + halfYMm],
  };
}

/** Points of the plan by its own numbers, without a bench: reference visits and fine rasters are not counted. */
export function pointCountOf(plan: PlanSpec, regionCount: number | null): number | null {
  switch (plan.plan) {
    case 'point':
      return 1;
    case 'line':
      return countAlong(Math.abs(plan.stopMm - plan.startMm), plan.stepMm);
    case 'ripple':
      return countAlong(plan.spanMm, plan.stepMm);
    case 'regions':
      return regionCount === null ? null : regionCount * plan.pointsPerSide ** 2;
    case 'grid':
    case 'beam-find': {
      const frame = frameOfPlan(plan);
      if (!frame) return null;
      const times = plan.plan === 'grid' ? plan.averagePlanes * plan.averageFrequencies : 1;
      return frame.rows * frame.columns * times;
    }
  }
}

/** The rectangle of a walked plan or of limits, mm; null where an axis is missing. */
export function rectOf({x, y}: DryRunResult['extentMm']): RectMm | null {
  return x && y ? {xMm: x, yMm: y} : null;
}

/** More crosses than this are a red field, whose edge tells no less. */
const mostCrosses = 5000;

/** Where the plan may not go, for the map: all places, or every n-th where there are more than a map can show. */
export function refusedPoints(refusedMm: Float32Array): readonly PointMm[] {
  const count = Math.floor(refusedMm.length / 2);
  const every = Math.max(1, Math.ceil(count / mostCrosses));
  return Array.from({length: Math.ceil(count / every)}, (_, index) => ({
    xMm: refusedMm[2 * index * every] ?? NaN,
    yMm: refusedMm[2 * index * every + 1] ?? NaN,
  })).filter(({xMm, yMm}) => Number.isFinite(xMm) && Number.isFinite(yMm));
}

/** The path of a dry run as the viewer takes it: x and y apart. */
export function pathOf(pathMm: Float32Array): {readonly xMm: Float32Array; readonly yMm: Float32Array} {
  const count = Math.floor(pathMm.length / 2);
  const xMm = new Float32Array(count);
  const yMm = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    xMm[i] = pathMm[2 * i];
    yMm[i] = pathMm[2 * i + 1];
  }
  return {xMm, yMm};
}

/** Which sides of a plan lie beyond the soft limits, in words, by side; empty when none does. */
export interface LimitProblems {
  readonly lowX?: string;
  readonly highX?: string;
  readonly lowY?: string;
  readonly highY?: string;
}

export function limitProblemsOf({extentMm, limitsMm}: DryRunResult): LimitProblems {
  const slackMm = 1e-9;
  const low = (axis: 'x' | 'y'): string | undefined => {
    const [extent, limit] = [extentMm[axis], limitsMm[axis]];
    return extent && limit && extent[0] < limit[0] - slackMm
      ? `${axis} would reach ${fixedText(extent[0], 3)} mm; its limit is ${fixedText(limit[0], 3)} mm.`
      : undefined;
  };
  const high = (axis: 'x' | 'y'): string | undefined => {
    const [extent, limit] = [extentMm[axis], limitsMm[axis]];
    return extent && limit && extent[1] > limit[1] + slackMm
      ? `${axis} would reach ${fixedText(extent[1], 3)} mm; its limit is ${fixedText(limit[1], 3)} mm.`
      : undefined;
  };
  const found = {lowX: low('x'), highX: high('x'), lowY: low('y'), highY: high('y')};
  return Object.fromEntries(Object.entries(found).filter(([, words]) => words !== undefined));
}
