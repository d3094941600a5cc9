import type {PlanSpec} from '../../contract/plan-spec.ts';
import {planSpecSchema} from '../../contract/plan-spec.ts';
import {sFromMs} from '../../contract/units.ts';
import {fewestPoints} from '../../twin/alignment/measured-plane.ts';
import type {Design} from '../../twin/design/load.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {campaignOptionsFrom, defaultChoices} from '../campaign/campaign-plan.ts';
import type {TestDigit} from '../campaign/digits.ts';
import {walkCampaign} from '../campaign/walk-campaign.ts';
import {gridGeometry} from '../plans/geometry.ts';
import type {ScanPlaces} from './probe-information.ts';

export type GridPlan = Extract<PlanSpec, {plan: 'grid'}>;

/** A scan that may be made of every object. */
export interface PlannedScan {
  readonly plan: GridPlan;
  readonly pointCount: number;
  /** Bench time of measuring so many objects, s; null where no bench says it. */
  readonly secondsFor: ((objectCount: number) => number) | null;
}

/** Steps to choose among, mm: below 1 mm neighbours say the same, above 2 mm the search loses its way (docs/alignment.md). */
const stepsMm = [1, 1.5, 2] as const;

/** Window of a campaign's scans and the whole output plane, each from fine to coarse: rasters that every stage drives. */
export function listGridPlans({file}: Pick<Design, 'file'>, own: GridPlan): GridPlan[] {
  const sideMm = file.grid.count * file.grid.pitchMm;
  const windows = [
    {widthMm: own.widthMm, heightMm: own.heightMm},
    ...(own.widthMm < sideMm ? [{widthMm: sideMm, heightMm: sideMm}] : []),
  ];
  return [own, ...windows.flatMap((window) => stepsMm.map((stepMm) => ({...own, ...window, stepMm})))].filter(
    (plan, i, all) =>
      gridGeometry(plan).count >= fewestPoints &&
      all.findIndex(
        ({widthMm, heightMm, stepMm}) =>
          widthMm === plan.widthMm && heightMm === plan.heightMm && stepMm === plan.stepMm,
      ) === i,
  );
}

/** The scan that a campaign of this design makes unless another is given. */
export function ownGridPlan({file}: Pick<Design, 'file'>): GridPlan {
  const {stepMm, marginMm, referenceEvery} = defaultChoices;
  const reach = Math.max(
    ...file.detector.regions.flatMap(({centerXMm, centerYMm, widthMm, heightMm}) => [
      Math.abs(centerXMm) + widthMm / 2,
      Math.abs(centerYMm) + heightMm / 2,
    ]),
  );
  const spanMm = 2 * Math.ceil((reach + marginMm) / stepMm) * stepMm;
  return planSpecSchema.parse({
    plan: 'grid',
    widthMm: spanMm,
    heightMm: spanMm,
    stepMm,
    order: 'snake',
    referenceEvery,
  }) as GridPlan; // the schema has just made it from a grid
}

/** Scans of a design to choose among, the bench's own first. */
export const gridPlansOf = (design: Pick<Design, 'file'>): GridPlan[] =>
  listGridPlans(design, ownGridPlan(design));

/** A scan with the bench time of measuring 1, 2 ... objects, s; plain data. */
export interface ScanTimes {
  readonly plan: GridPlan;
  readonly seconds: readonly number[];
}

/**
 * Walks a measurement of up to `objectCount` objects with each scan of a design dry on an open bench: how long it takes.
 * Scans that the stage's soft limits forbid are left out. Nothing moves. `digits` are any two of the design's.
 */
export async function timeScans(
  bench: OpenBench,
  {
    design,
    digits,
    objectCount,
  }: {
    readonly design: Pick<Design, 'file'>;
    readonly digits: readonly TestDigit[];
    readonly objectCount: number;
  },
  signal?: AbortSignal,
): Promise<ScanTimes[]> {
  const out: ScanTimes[] = [];
  for (const plan of gridPlansOf(design)) {
    const options = campaignOptionsFrom(design.file, bench, digits.slice(0, 2), {
      ...defaultChoices,
      stepMm: plan.stepMm,
      extentMm: plan,
      referenceEvery: plan.referenceEvery,
    });
    const {dryRun, profileOf} = await walkCampaign(bench, options, signal);
    if (dryRun.violationCount > 0) continue;
    const seconds = Array.from({length: objectCount}, (_, i) => sFromMs(profileOf({count: i + 1})().totalMs));
    out.push({plan, seconds});
  }
  return out;
}

/** Scans with the times that `timeScans` computed. */
export const timedScans = (times: readonly ScanTimes[]): PlannedScan[] =>
  times.map(({plan, seconds}) => ({
    plan,
    pointCount: gridGeometry(plan).count,
    secondsFor: (count) => seconds[count - 1],
  }));

/** Places of a scan in a row-major array. */
export function placesOf(plan: GridPlan): ScanPlaces {
  const geometry = gridGeometry({...plan, order: 'one-way'});
  const places = {xMm: new Float64Array(geometry.count), yMm: new Float64Array(geometry.count)};
  for (let i = 0; i < geometry.count; i++) {
    const {xMm, yMm} = geometry.pointAt(i);
    places.xMm[i] = xMm;
    places.yMm[i] = yMm;
  }
  return places;
}
