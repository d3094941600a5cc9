import {isCampaignScan} from '../plans/object-scans.ts';
import {z} from 'zod';
import {countOf} from '../../base/count-text.ts';
import type {DetectorColumns} from '../../contract/detector.ts';
import type {SettingsSnapshot} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {type PlanSpec, planSpecSchema} from '../../contract/plan-spec.ts';
import {defaultSignificance, overlapPasses} from '../../contract/resume-check.ts';
import type {RunStart} from '../../contract/run-records.ts';
import {chooseOverlap, fewestOverlapPoints, type OverlapReading} from '../../twin/metrics/index.ts';
import type {RegionSpec} from '../plans/geometry.ts';
import type {OverlapSpot} from '../plans/overlap.ts';
import {doubtOf} from '../runs/doubtful-points.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import {readWholeRun, type WholeRun} from '../runs/whole-run.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredRun} from '../store/run-reading.ts';

/** How a run that was cut off is to go on. */
export interface ResumeRequest {
  readonly runUid: string;
  /** Probability of a refusal when nothing has changed; 1 % unless given. */
  readonly significance?: number | undefined;
  /** What a reading may differ by, as a part of it; what the plan leaves of a step when it reads, unless given. */
  readonly allowedRatio?: number | undefined;
}

/** A point that is measured again, with what was stored of it. */
export interface StoredSpot extends OverlapSpot {
  readonly stored: OverlapReading;
  readonly slopePerMm: {readonly x: OverlapReading; readonly y: OverlapReading};
}

/** What going on with a run takes. */
export interface ResumePlan {
  /** Of the last segment that has points. */
  readonly start: RunStart;
  readonly spec: PlanSpec;
  /** Regions of a plan that measures those. */
  readonly regions: readonly RegionSpec[] | undefined;
  /** Frequency behind the chain, where the run had one of its own. */
  readonly outputFrequencyHz: number | undefined;
  readonly segment: number;
  /** `point_index` with which it goes on. */
  readonly firstIndex: number;
  readonly pointsLeft: number;
  readonly storedCount: number;
  readonly spots: readonly StoredSpot[];
  readonly countReason: string;
  readonly significance: number;
  readonly allowedRatio: number;
  /** What the detector declared. */
  readonly detector: DetectorColumns;
  /** Settings of each instrument when the run began to measure, by role. */
  readonly configuration: Readonly<Record<string, SettingsSnapshot>>;
}

/** Plans that may go on: what they are about is their points, one by one. */
const resumable: readonly string[] = ['grid', 'line', 'regions'];

const regionsSchema = z.array(
  z.object({
    label: z.string(),
    centerXMm: z.number(),
    centerYMm: z.number(),
    widthMm: z.number(),
    heightMm: z.number(),
  }),
);

/**
 * What going on with a run takes: from which point, and which points are measured again before. Throws `plan/invalid` in
 * words for a run that cannot go on. Asks nothing of the bench.
 */
export function planResume(store: Store, request: ResumeRequest): ResumePlan {
  const whole = readWholeRun(store, lastSegmentOf(store, request.runUid));
  const {run} = whole;
  const {start} = run;
  const {significance = defaultSignificance} = request;
  const {spec, regions} = planOf(run);
  const {allowedRatio = spec.residualRatio} = request;
  const valid = validPoints(whole);
  const [firstSegment] = whole.segments;
  const base = numberIn(firstSegment.start.plan_args, 'startIndex') ?? 0;
  const total = base + (firstSegment.start.num_points ?? 0);
  const firstIndex = valid.reduce((next, {index}) => Math.max(next, index + 1), base);
  if (firstIndex >= total)
    throw cannot(
      start,
      `all ${total - base} points of its plan are stored; only its end is missing. Nothing is left to measure.`,
    );
  const fewest = fewestOverlapPoints(significance, overlapPasses);
  if (valid.length <= fewest)
    throw cannot(
      start,
      `only ${countOf(valid.length, 'point')} of it can be compared, and with fewer than ${fewest + 1} nothing that has ` +
        'changed could be found. Measure it anew: that costs no more.',
    );
  return {
    start,
    spec,
    regions,
    outputFrequencyHz: numberIn(start.plan_args, 'outputFrequencyHz'),
    segment: (start.continues?.segment ?? 1) + 1,
    firstIndex,
    pointsLeft: total - firstIndex,
    storedCount: valid.length,
    spots: spotsOf(valid, 3 * fewest),
    countReason: reasonOf(fewest, significance),
    significance,
    allowedRatio,
    detector: detectorOfRun(run),
    configuration: configurationOf(run),
  };
}

const cannot = (start: RunStart, why: string): BenchError =>
  new BenchError('plan/invalid', `Run ${start.scan_id} (${start.plan_name}) cannot go on: ${why}`, {
    details: {runUid: start.uid},
  });

/** The run that goes on with it last and has points; itself where none does. */
function lastSegmentOf(store: Store, runUid: string): string {
  const {sessionUid} = store.getRunSummary(runUid);
  const runs = store.listRuns(sessionUid);
  for (let uid = runUid, seen = 0; ; seen++) {
    const next = runs.findLast(({continuesUid, pointCount}) => continuesUid === uid && pointCount > 0);
    if (!next || seen > runs.length) return uid;
    uid = next.uid;
  }
}

function planOf({start, stop}: StoredRun): Pick<ResumePlan, 'spec' | 'regions'> {
  if (!stop) throw cannot(start, 'it is under way.');
  if (stop.exit_status === 'success')
    throw cannot(start, 'it is complete. To measure it once more, run again with its plan.');
  if (!resumable.includes(start.plan_name) && !isCampaignScan(start.plan_name))
    throw cannot(
      start,
      `what a plan "${start.plan_name}" finds, it finds from all of its points together. Measure it anew.`,
    );
  const plan = planOfStart(start);
  if (plan.spec.plan === 'grid' && (plan.spec.averagePlanes > 1 || plan.spec.averageFrequencies > 1))
    throw cannot(
      start,
      'it is the mean of several planes, each in another light, which points measured again would have to be in too. Measure it anew.',
    );
  return plan;
}

/** What a start record holds beside the fields of the plan: where it began, and what it had from elsewhere. */
const besidePlan: readonly string[] = ['startIndex', 'outputFrequencyHz', 'regions'];

/** The plan of a run as it was asked for, from its start record. Throws `plan/invalid` where that holds none. */
export function planOfStart(start: RunStart): Pick<ResumePlan, 'spec' | 'regions'> {
  const {regions} = start.plan_args;
  const args = Object.fromEntries(
    Object.entries(start.plan_args).filter(([name]) => !besidePlan.includes(name)),
  );
  const spec = planSpecSchema.safeParse(args);
  const checked = regionsSchema.optional().safeParse(regions);
  if (!spec.success || !checked.success)
    throw new BenchError(
      'plan/invalid',
      `Run ${start.scan_id} (${start.plan_name}) is no scan whose plan could be run by itself. Nothing was moved.`,
    );
  return {spec: spec.data, regions: checked.data};
}

const numberIn = (args: RunStart['plan_args'], name: string): number | undefined => {
  const value = args[name];
  return typeof value === 'number' ? value : undefined;
};

interface ValidPoint extends OverlapReading {
  readonly index: number;
  readonly row: number;
  readonly column: number;
  /** As it was asked for, mm. */
  readonly xMm: number;
  readonly yMm: number;
}

/** Points of all segments that are whole and not in doubt, in the order of measuring. */
function validPoints({run, pointsOf}: WholeRun): readonly ValidPoint[] {
  const {data, count} = pointsOf();
  const {signal} = detectorOfRun(run);
  const isDoubtful = doubtOf(run);
  const names = ['point_index', 'row', 'column', 'x_target_mm', 'y_target_mm', signal.column] as const;
  const imaginary = signal.complex && data[signal.complex.imaginary];
  if (names.some((name) => data[name] === undefined)) return [];
  const points: ValidPoint[] = [];
  for (let i = 0; i < count; i++) {
    if (isDoubtful?.(i) === true) continue;
    const [index, row, column, xMm, yMm, real] = names.map((name) => data[name][i]);
    const point = {index, row, column, xMm, yMm, real, imaginary: imaginary?.[i] ?? 0};
    if (Object.values(point).every(Number.isFinite)) points.push(point);
  }
  return points;
}

function spotsOf(points: readonly ValidPoint[], count: number): readonly StoredSpot[] {
  const chosen = chooseOverlap(
    {
      xMm: points.map(({xMm}) => xMm),
      yMm: points.map(({yMm}) => yMm),
      real: points.map(({real}) => real),
      imaginary: points.map(({imaginary}) => imaginary),
    },
    Math.min(count, points.length - 1),
  );
  return chosen.map(({row, slopePerMm}) => {
    const {real, imaginary, ...place} = points[row];
    const {xMm, yMm} = points[row - 1];
    return {...place, fromMm: {xMm, yMm}, stored: {real, imaginary}, slopePerMm};
  });
}

const reasonOf = (fewest: number, significance: number): string =>
  `${fewest} points are the fewest that can refuse anything at a significance of ${significance} with ${overlapPasses} ` +
  `readings of each; so many for each of strength, shift along x and shift along y, and the last one before the cut`;

const configurationOf = ({descriptors}: StoredRun): ResumePlan['configuration'] =>
  Object.fromEntries(
    Object.entries(descriptors[0]?.configuration ?? {}).map(([role, {data}]) => [role, data]),
  );
