import {BenchError, assertNever} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import type {ScanMonitors} from '../../contract/scan-monitors.ts';
import {type Beam, beamFind} from './beam-find.ts';
import type {RegionSpec} from './geometry.ts';
import type {Averaging} from './grid-passes.ts';
import {type MeasuredPlane, gridScan} from './grid.ts';
import {type LineScanResult, lineScan} from './line.ts';
import {type BenchRoles, defaultRoles, type Dwell} from './measure.ts';
import {type PointResult, pointScan} from './point.ts';
import {referenceVisitsFrom} from './reference-visits.ts';
import {type RegionScanResult, regionScan} from './regions.ts';
import {type RippleScanResult, rippleScan} from './ripple.ts';
import type {ScanMetadata} from './scan.ts';

export type SpecResult =
  | {readonly plan: 'point'; readonly result: PointResult}
  | {readonly plan: 'line'; readonly result: LineScanResult}
  | {readonly plan: 'grid'; readonly result: MeasuredPlane}
  | {readonly plan: 'regions'; readonly result: RegionScanResult}
  | {readonly plan: 'beam-find'; readonly result: Beam}
  | {readonly plan: 'ripple'; readonly result: RippleScanResult};

export interface SpecContext {
  readonly roles?: BenchRoles;
  readonly metadata?: ScanMetadata;
  /** Detector regions of the design; needed by the plan `regions`. */
  readonly regions?: readonly RegionSpec[];
  /** Point to begin with (point, line, grid and regions). */
  readonly startIndex?: number;
  /** What to do at a point beyond the detector's range; `fail` leaves the range to the operator. */
  readonly onOverload?: Dwell['onOverload'];
  /** Judge the readings of a grid while it runs: lost steps, shift of its lines. */
  readonly monitors?: ScanMonitors | undefined;
  /** Frequency of the source behind the chain, where a plan needs it. */
  readonly outputFrequencyHz?: number | undefined;
}

type GridSpecOfPlan = Extract<PlanSpec, {plan: 'grid'}>;

/** How a grid is averaged; undefined where it is measured once. */
function averagingOf(
  {averagePlanes, averageFrequencies, ditherSpanHz}: GridSpecOfPlan,
  outputFrequencyHz: number | undefined,
): Averaging | undefined {
  // Records of earlier plans have none of the fields.
  if (!(averagePlanes > 1 || averageFrequencies > 1)) return undefined;
  return {
    planes: averagePlanes,
    frequencies: averageFrequencies,
    ditherSpanHz,
    outputFrequencyHz: outputFrequencyHz ?? missing('averaging', 'the frequency of the source'),
  };
}

function missing(what: string, need: string): never {
  throw new BenchError('plan/invalid', `A plan with ${what} needs ${need}. Nothing was moved.`);
}

/** The plan that a checked PlanSpec stands for. */
export function* planFromSpec(spec: PlanSpec, context: SpecContext = {}): Plan<SpecResult> {
  const {residualRatio, readingCount, restMs} = spec;
  const options = {
    roles: context.roles ?? defaultRoles,
    dwell: {residualRatio, readingCount, restMs, onOverload: context.onOverload ?? 'ask'},
    ...(context.metadata ? {metadata: context.metadata} : {}),
    ...(context.startIndex === undefined ? {} : {startIndex: context.startIndex}),
  };
  switch (spec.plan) {
    case 'point':
      return {plan: 'point', result: yield* pointScan({...options, xMm: spec.xMm, yMm: spec.yMm})};
    case 'line': {
      const {axis, startMm, stopMm, stepMm, otherMm} = spec;
      return {plan: 'line', result: yield* lineScan({...options, axis, startMm, stopMm, stepMm, otherMm})};
    }
    case 'grid': {
      const {centerMm, widthMm, heightMm, stepMm, order} = spec;
      const {monitors} = context;
      const reference = referenceVisitsFrom(spec, spec.referenceMm ?? centerMm, monitors);
      const grid = {centerMm, widthMm, heightMm, stepMm, order};
      const averaging = averagingOf(spec, context.outputFrequencyHz);
      return {plan: 'grid', result: yield* gridScan({...options, grid, reference, monitors, averaging})};
    }
    case 'regions': {
      if (!context.regions)
        throw new BenchError(
          'plan/invalid',
          'The plan "regions" needs a design, whose detector regions it measures; name one. Nothing was moved.',
        );
      const {regions} = context;
      const {pointsPerSide} = spec;
      return {plan: 'regions', result: yield* regionScan({...options, regions, pointsPerSide})};
    }
    case 'beam-find': {
      const {widthMm, stepMm} = spec;
      const centerMm = {xMm: 0, yMm: 0};
      return {plan: 'beam-find', result: yield* beamFind({...options, centerMm, widthMm, stepMm})};
    }
    case 'ripple': {
      const {xMm, yMm, spanMm, stepMm} = spec;
      const {monitors, outputFrequencyHz = missing('a ripple', 'the frequency of the source')} = context;
      const find = monitors?.findRipple ?? missing('a ripple', 'who finds it');
      const result = yield* rippleScan({...options, xMm, yMm, spanMm, stepMm, outputFrequencyHz, find});
      return {plan: 'ripple', result};
    }
    default:
      return assertNever(spec, 'plan');
  }
}
