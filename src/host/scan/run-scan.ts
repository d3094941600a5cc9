import {userInfo} from 'node:os';
import {type BenchError, benchErrorFrom} from '../../contract/errors.ts';
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
import type {RegionSpec} from '../plans/geometry.ts';
import {planFromSpec, type SpecResult} from '../plans/plan-from-spec.ts';
import {callAction, move, settle, sleep} from '../plans/steps.ts';
import {withSourceOn} from '../plans/wrappers.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {assertSameBench, certifyResume} from './certify-resume.ts';
import type {ResumePlan} from './resume-plan.ts';
import {scanMonitors} from './scan-monitors.ts';

export interface ScanRequest {
  readonly spec: PlanSpec;
  readonly design?: Design | undefined;
  /** Regions to measure and the design's hash, where a run before says them instead of a design. */
  readonly regions?: readonly RegionSpec[] | undefined;
  readonly designHash?: string | undefined;
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
  /** Goes on with a run that was cut off, where its points read as they did; `sessionUid` and `startIndex` are its own. */
  readonly resume?: ResumePlan | undefined;
  /** Homes the stage first, also where the bench file does not ask for it. */
  readonly isHomedFirst?: boolean | undefined;
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
  {bench, store}: MeasurementSite,
  request: ScanRequest,
  options: {readonly fromMm?: PositionMm | undefined; readonly signal?: AbortSignal | undefined} = {},
): Promise<{
  readonly dryRun: ScanDryRun;
  readonly refusal: BenchError | null;
  readonly walked: DryRun;
}> {
  const walked = await walk({bench, store}, request, options);
  const {stage} = bench.devices;
  let refusal: BenchError | null = null;
  try {
    if (request.resume) assertSameBench(bench, request.resume);
    assertWithinLimits(walked);
    assertPlaceKnownFor(bench, request);
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
  if (request.resume) assertSameBench(bench, request.resume);
  const walked = walkedBefore ?? (await walk({bench, store}, request, {signal: hooks.signal}));
  assertWithinLimits(walked);
  assertPlaceKnownFor(bench, request);
  for (const note of spanNotes(spec, design?.file.detector.regions)) hooks.onText?.(note);
  const operator = request.operator ?? userInfo().username;
  const session =
    request.sessionUid === undefined
      ? createSession(bench, store, request, operator)
      : findSession(store, request.sessionUid).uid;
  const before = new Set(store.listRuns(session).map(({uid}) => uid));
  const engine = createBenchEngine(bench, store, session, {
    operator,
    designHash: request.designHash ?? design?.file.contentHash,
  });
  if (hooks.onEvent) engine.subscribe(hooks.onEvent);
  hooks.onStart?.(engine);
  let endedEarly: BenchError | null = null;
  try {
    await engine.run(scanPlan({bench, store}, request), {
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

/** A stage that is homed first need not be trusted before. */
function assertPlaceKnownFor(bench: OpenBench, {isHomedFirst = false}: ScanRequest): void {
  if (!isHomedFirst) assertPlaceKnown(bench);
}

async function walk(
  site: MeasurementSite,
  request: ScanRequest,
  {fromMm, signal}: {readonly fromMm?: PositionMm | undefined; readonly signal?: AbortSignal | undefined},
): Promise<DryRun> {
  const {bench} = site;
  const {stage} = bench.devices;
  const positionMm = fromMm ?? (await stage.readPosition());
  return dryRunInTurns(scanPlan(site, request), {
    devices: devicesByRole(bench),
    speed: bench.clock.speed,
    positionsMm: new Map([[stage.role, positionMm]]),
    signal,
  });
}

/** Home where it is asked for, source up, warm, detector set up if asked, the scan, source off in every ending. */
function* scanPlan(site: MeasurementSite, request: ScanRequest): Plan<SpecResult> {
  const {bench} = site;
  const roles = rolesOf(bench);
  if (bench.file.stage.homeAtStart || request.isHomedFirst === true) yield* callAction(roles.stage, 'home');
  return yield* withSourceOn(measure(site, request, roles), roles.source);
}

function* measure(site: MeasurementSite, request: ScanRequest, roles: BenchRoles): Plan<SpecResult> {
  const {bench} = site;
  const {spec, design, sample, purpose, startIndex, resume} = request;
  const {residualRatio, readingCount, restMs} = spec;
  const onOverload = request.isDetectorSetUp === true ? 'choose-range' : 'ask';
  yield* sleep(msFromS(bench.file.source.warmUpS), 'warm-up of the source');
  if (request.isDetectorSetUp === true && !resume) {
    const middle = planMiddle(spec);
    yield* move(roles.stage, {x: middle.xMm, y: middle.yMm});
    yield* settle(roles.detector.role, residualRatio);
    yield* setUpDetector(roles.detector);
  }
  const continues =
    resume && (yield* certifyResume(site, resume, {residualRatio, readingCount, restMs, onOverload}));
  const regions = request.regions ?? design?.file.detector.regions;
  return yield* planFromSpec(spec, {
    roles,
    metadata: {
      ...(sample === undefined ? {} : {sample}),
      ...(purpose === undefined ? {} : {purpose}),
      ...(request.isDetectorSetUp === true && {isDetectorSetUp: true}),
      ...(continues && {continues}),
    },
    ...(regions ? {regions} : {}),
    ...(startIndex === undefined ? {} : {startIndex}),
    onOverload,
    monitors: scanMonitors,
    outputFrequencyHz: bench.file.source.outputFrequencyHz,
  });
}

function createSession(bench: OpenBench, store: Store, request: ScanRequest, operator: string): string {
  const {spec, design, title} = request;
  const designHash = request.designHash ?? design?.file.contentHash;
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
    ...(designHash === undefined ? {} : {designHash}),
  });
  store.audit({actor: operator, action: 'start-scan', subject: session.uid, details: {plan: spec.plan}});
  return session.uid;
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
