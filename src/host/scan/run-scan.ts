import {userInfo} from 'node:os';
import {type BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {columnOfQuantity} from '../../contract/detector.ts';
import type {LimitsMm, PositionMm} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import {planMiddle, spanNotes} from '../../contract/plan-span.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import type {ExitStatus} from '../../contract/run-records.ts';
import {msFromS, sFromMs} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';
import {
  assertPlaceKnown,
  createBenchEngine,
  devicesByRole,
  rolesOf,
  type MeasurementSite,
  type RunHooks,
} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {findSession} from '../find-session.ts';
import {assertWithinLimits, dryRunInTurns, type DryRun, type DryRunViolation} from '../engine/dry-run.ts';
import {setUpDetector, type BenchRoles} from '../plans/measure.ts';
import {planFromSpec, type SpecResult} from '../plans/plan-from-spec.ts';
import {callAction, move, settle, sleep} from '../plans/steps.ts';
import {withSourceOn} from '../plans/wrappers.ts';
import {withoutDoubt} from '../runs/doubtful-points.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';

export interface ScanRequest {
  readonly spec: PlanSpec;
  readonly design?: Design | undefined;
  /** Beginning of the uid of a session to append to; a new session without it. */
  readonly sessionUid?: string | undefined;
  readonly title?: string | undefined;
  readonly operator?: string | undefined;
  readonly sample?: string | undefined;
  readonly purpose?: string | undefined;
  /** Point to begin with, to go on with an earlier scan. */
  readonly startIndex?: number | undefined;
  /**
   * The program sets up the detector: range and phase, as far as it has them, are chosen at the middle of the scan first, and a point beyond
   * that range chooses it anew. Without it, the operator's range stays and
   * such a point waits for a person's decision; where nobody can be asked it ends the scan.
   */
  readonly isDetectorSetUp?: boolean | undefined;
}

export interface ScanDryRun {
  readonly dryRun: true;
  readonly plan: PlanSpec;
  readonly points: number;
  readonly pathLengthMm: number;
  /** Bench time. */
  readonly seconds: number;
  readonly limitsMm: LimitsMm;
  readonly extentMm: LimitsMm;
  readonly violations: readonly DryRunViolation[];
  readonly violationCount: number;
  /** What of the plan will not be measured as it was asked for, in sentences; empty when all will be. */
  readonly notes: readonly string[];
}

export interface ScanRun {
  readonly uid: string;
  readonly scanId: number;
  readonly planName: string;
  readonly points: number;
  readonly exitStatus: ExitStatus | null;
  readonly reason: string;
}

export interface ScanSummary {
  readonly session: string;
  readonly runs: readonly ScanRun[];
  readonly points: number;
  /** Real time. */
  readonly seconds: number;
}

/** Of one quantity over all points of a scan. */
export interface ScanRange {
  /** Null without points. */
  readonly minV: number | null;
  readonly maxV: number | null;
  /** Where the largest value was read. */
  readonly maxAtMm: {readonly x: number; readonly y: number} | null;
  /** Of the quantity. */
  readonly unit: string;
  readonly label: string;
}

export interface ScanOutcome {
  readonly summary: ScanSummary;
  /** Why it ended early; null when all was measured. */
  readonly endedEarly: BenchError | null;
}

/**
 * Walks a scan dry on an open bench: limits, path, time. Nothing moves and RF stays off; with `fromMm`, where the stage
 * is known to stand, nothing is even asked. `walked` is what `runScan` takes instead of walking again.
 */
export async function dryRunScan(
  bench: OpenBench,
  request: ScanRequest,
  options: {readonly fromMm?: PositionMm | undefined; readonly signal?: AbortSignal | undefined} = {},
): Promise<{
  readonly dryRun: ScanDryRun;
  readonly refusal: BenchError | null;
  readonly walked: DryRun;
}> {
  const walked = await walk(bench, request, options);
  const {stage} = bench.devices;
  let refusal: BenchError | null = null;
  try {
    assertWithinLimits(walked);
    assertPlaceKnown(bench);
  } catch (error) {
    // What was found is worth printing before it is refused.
    refusal = benchErrorFrom(error);
  }
  const {points, pathLengthMm, durationMs, violations, violationCount} = walked;
  return {
    dryRun: {
      dryRun: true,
      plan: request.spec,
      points,
      pathLengthMm,
      seconds: sFromMs(durationMs),
      limitsMm: stage.limitsMm,
      extentMm: extentOf(walked, stage.axes),
      violations,
      violationCount,
      notes: spanNotes(request.spec, request.design?.file.detector.regions),
    },
    refusal,
    walked,
  };
}

/** One scan on an open bench into a session. Points taken before a stop or a failure are kept and summed up. */
export async function runScan(
  {bench, store}: MeasurementSite,
  request: ScanRequest,
  hooks: RunHooks,
  walkedBefore?: DryRun,
): Promise<ScanOutcome> {
  const startedMs = performance.now();
  const {spec, design} = request;
  const walked = walkedBefore ?? (await walk(bench, request, {signal: hooks.signal}));
  assertWithinLimits(walked);
  assertPlaceKnown(bench);
  for (const note of spanNotes(spec, design?.file.detector.regions)) hooks.onText?.(note);
  const operator = request.operator ?? userInfo().username;
  const session =
    request.sessionUid === undefined
      ? createSession(bench, store, request, operator)
      : findSession(store, request.sessionUid).uid;
  const before = new Set(store.listRuns(session).map(({uid}) => uid));
  const engine = createBenchEngine(bench, store, session, {
    operator,
    designHash: design?.file.contentHash,
  });
  if (hooks.onEvent) engine.subscribe(hooks.onEvent);
  hooks.onStart?.(engine);
  let endedEarly: BenchError | null = null;
  try {
    await engine.run(scanPlan(bench, request), {
      profile: walked.profile,
      ...(hooks.signal ? {signal: hooks.signal} : {}),
    });
  } catch (error) {
    endedEarly = benchErrorFrom(error);
  }
  if (request.sessionUid === undefined) store.closeSession(session);
  const runs = store
    .listRuns(session)
    .filter(({uid}) => !before.has(uid))
    .map(({uid, scanId, planName, pointCount, exitStatus, reason}) => {
      return {
        uid,
        scanId,
        planName,
        points: pointCount,
        exitStatus: exitStatus ?? null,
        reason: reason ?? '',
      };
    });
  return {
    summary: {
      session,
      runs,
      points: runs.reduce((sum, {points}) => sum + points, 0),
      seconds: sFromMs(performance.now() - startedMs),
    },
    endedEarly,
  };
}

async function walk(
  bench: OpenBench,
  request: ScanRequest,
  {fromMm, signal}: {readonly fromMm?: PositionMm | undefined; readonly signal?: AbortSignal | undefined},
): Promise<DryRun> {
  const {stage} = bench.devices;
  const positionMm = fromMm ?? (await stage.readPosition());
  return dryRunInTurns(scanPlan(bench, request), {
    devices: devicesByRole(bench),
    speed: bench.clock.speed,
    positionsMm: new Map([[stage.role, positionMm]]),
    signal,
  });
}

/** Home where the bench asks for it, source up, warm, detector set up if asked, the scan, source off in every ending. */
function* scanPlan(bench: OpenBench, request: ScanRequest): Plan<SpecResult> {
  const roles = rolesOf(bench);
  if (bench.file.stage.homeAtStart) yield* callAction(roles.stage, 'home');
  return yield* withSourceOn(measure(bench, request, roles), roles.source);
}

function* measure(bench: OpenBench, request: ScanRequest, roles: BenchRoles): Plan<SpecResult> {
  const {spec, design, sample, purpose, startIndex} = request;
  yield* sleep(msFromS(bench.file.source.warmUpS), 'warm-up of the source');
  if (request.isDetectorSetUp === true) {
    const middle = planMiddle(spec);
    yield* move(roles.stage, {x: middle.xMm, y: middle.yMm});
    yield* settle(roles.detector.role, spec.residualRatio);
    yield* setUpDetector(roles.detector);
  }
  return yield* planFromSpec(spec, {
    roles,
    metadata: {...(sample === undefined ? {} : {sample}), ...(purpose === undefined ? {} : {purpose})},
    ...(design ? {regions: design.file.detector.regions} : {}),
    ...(startIndex === undefined ? {} : {startIndex}),
    onOverload: request.isDetectorSetUp === true ? 'choose-range' : 'ask',
  });
}

function createSession(bench: OpenBench, store: Store, request: ScanRequest, operator: string): string {
  const {spec, design, title} = request;
  const session = store.createSession({
    title: title ?? `${spec.plan} scan on ${bench.file.name}`,
    operator,
    benchName: bench.file.name,
    details: {
      kind: 'scan',
      plan: spec,
      programVersion,
      benchSpeed: bench.clock.speed,
      isVirtual: bench.isVirtual,
    },
    ...(design ? {designHash: design.file.contentHash} : {}),
  });
  store.audit({actor: operator, action: 'start-scan', subject: session.uid, details: {plan: spec.plan}});
  return session.uid;
}

/** Smallest and largest value of one quantity that a scan has measured; points in doubt are left out. */
export function rangeOf(store: Store, {runs}: Pick<ScanSummary, 'runs'>, quantity: string): ScanRange {
  let range: ScanRange = {minV: null, maxV: null, maxAtMm: null, unit: '', label: ''};
  for (const {uid} of runs) {
    const run = store.getRun(uid);
    const {name, unit, label} = columnOfQuantity(detectorOfRun(run), quantity);
    range = {...range, unit, label};
    const {count, data} = store.readPoints(uid);
    const column = data[name];
    const values = column && withoutDoubt(run, column);
    for (let i = 0; values && i < count; i++) {
      const value = values[i];
      if (Number.isNaN(value)) continue;
      if (range.minV === null || value < range.minV) range = {...range, minV: value};
      if (range.maxV === null || value > range.maxV)
        range = {...range, maxV: value, maxAtMm: {x: data['x_mm'][i], y: data['y_mm'][i]}};
    }
  }
  return range;
}

/** First and last position of each axis that the plan moves to, mm. */
function extentOf({path}: DryRun, axes: readonly ('x' | 'y' | 'z')[]): LimitsMm {
  const extent: Partial<Record<'x' | 'y' | 'z', [number, number]>> = {};
  // A path may have a million places, and other work waits meanwhile: nothing is made anew for each of them.
  for (const axis of axes) {
    let [low, high] = [Infinity, -Infinity];
    for (const position of path) {
      const mm = position[axis];
      if (mm === undefined) continue;
      if (mm < low) low = mm;
      if (mm > high) high = mm;
    }
    if (low <= high) extent[axis] = [low, high];
  }
  return extent;
}
