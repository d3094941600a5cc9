import {fixedText} from '../../../base/number-format.ts';
import {countOf} from '../../../base/count-text.ts';
import type {DryRunResult} from '../../../contract/api/index.ts';
import type {PlanSpec} from '../../../contract/plan-spec.ts';
import {durationText, countText} from '../../parts/index.ts';
import {frameOfPlan, pointCountOf, refusedPoints} from './plan-geometry.ts';

/** `81 x 81 = 6,561 points, about 9 min 20 s, path 6.6 m`; without a dry run only what the plan itself says. */
export function planSentence(
  plan: PlanSpec,
  dryRun: DryRunResult | null,
  regionCount: number | null,
): string {
  const parts = [pointText(plan, dryRun, regionCount)];
  if (dryRun) parts.push(`about ${durationText(dryRun.seconds)}`, `path ${lengthText(dryRun.pathLengthMm)}`);
  return parts.join(', ');
}

function pointText(plan: PlanSpec, dryRun: DryRunResult | null, regionCount: number | null): string {
  const own = pointCountOf(plan, regionCount);
  const total = dryRun?.points ?? own;
  if (total === null) return 'points as the design has regions';
  const frame = plan.plan === 'grid' ? frameOfPlan(plan) : null;
  const points = `${countOf(total, 'point')}`;
  if (!frame || own === null) return points;
  const visits = total - own;
  const grid = `${frame.columns} x ${frame.rows} = ${countText(own)} points`;
  return visits > 0 ? `${grid} and ${countText(visits)} reference visits` : grid;
}

/** How many of the refused places the map shows; '' when nothing is refused or all are shown. */
export function refusedText({violationCount, refusedMm}: DryRunResult): string {
  const shown = refusedPoints(refusedMm).length;
  return violationCount === shown
    ? ''
    : `${countText(shown)} of ${countText(violationCount)} refused places are shown on the map.`;
}

/** A length as people say it: `840 mm`, `6.6 m`. */
export function lengthText(mm: number): string {
  if (mm < 1000) return `${fixedText(mm, mm < 10 ? 1 : 0)} mm`;
  return `${fixedText(mm / 1000, mm < 100_000 ? 1 : 0)} m`;
}
