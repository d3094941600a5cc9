/** The one place where the parts of the host meet; command line and (later) the app's process enter here. */
import {userInfo} from 'node:os';
import type {AlignmentResult, AlignmentSensitivity} from '../contract/alignment.ts';
import type {ProbePlan} from '../contract/probe-plan.ts';
import {BenchError, benchErrorFrom} from '../contract/errors.ts';
import type {Design} from '../twin/design/load.ts';
import type {AlignProgress} from '../twin/alignment/align.ts';
import {startVirtualBench} from '../virtual/spawn.ts';
import {devicesByRole, type RunHooks} from './bench/bench-engine.ts';
import {openRealBench, openVirtualBench, type BenchOperator, type OpenBench} from './bench/open-bench.ts';
import {readBenchFile} from './bench/bench-file.ts';
import {runCampaign, type CampaignHooks, type CampaignOutcome} from './campaign/run-campaign.ts';
import {readAlignmentData} from './alignment/align-data.ts';
import {alignPlanes, type AlignRequest} from './alignment/align-planes.ts';
import {getAlignment} from './alignment/alignment-records.ts';
import {standingOf} from './alignment/placements.ts';
import {createGuideDesk} from './alignment/procedure/guide-desk.ts';
import {leadGuide, type LeadGuideHooks} from './alignment/procedure/lead-guide.ts';
import {readCalibrationHours} from './calibrations/calibration-hours.ts';
import type {GuideOptions, GuideReport} from '../contract/api/align-guide.ts';
import {
  prepareObjects,
  readAlignScan,
  type AlignObjects,
  type PreparedObjects,
} from './alignment/align-objects.ts';
import {probeDigitsFrom} from './alignment/probe-digits.ts';
import {
  findAlignment,
  planFirstProbes,
  planNextProbes,
  scansOf,
  type ProbeChoices,
} from './alignment/probe-plan-on-bench.ts';
import type {ProbePlanHooks} from './alignment/probe-plan.ts';
import {listGridPlans, ownGridPlan, untimedScans} from './alignment/probe-scans.ts';
import {computeDesignSensitivity} from './alignment/design-sensitivity.ts';
import {correctAndCheck, planStoredCorrection} from './alignment/correct-bench.ts';
import type {CorrectionPlan} from './alignment/correct-plan.ts';
import {placeOfSession} from './alignment/placements.ts';
import {alignSession, type AlignSessionOutcome} from './alignment/align-session.ts';
import {createHost, type Host} from './create-host.ts';
import {openDataFolder} from './data-folder.ts';
import {findSession} from './find-session.ts';
import {openDesign} from './designs/design-folder.ts';
import type {trainDesign as TrainDesign} from './designs/train-design.ts';
import type {examineInstallation as ExamineInstallation} from './doctor.ts';
import {assertExportable} from './scan/export-points.ts';
import {readPlanSpec} from './scan/read-plan.ts';
import {dryRunScan, runScan, type ScanDryRun, type ScanOutcome, type ScanRequest} from './scan/run-scan.ts';
import {formatTraceEntry, type TraceEntry} from './serial/trace.ts';
import {openStore, type Store} from './store/open-store.ts';

export type {CorrectionReport} from './alignment/correct-bench.ts';
export type {CorrectionPlan} from './alignment/correct-plan.ts';
export type {CampaignControls} from './campaign/run-campaign.ts';
export type {Host} from './create-host.ts';
export {runVirtual} from '../virtual/main.ts';
export {startVirtualBench} from '../virtual/spawn.ts';
export {readIdxDataSet} from './data/idx.ts';
export type {GuideAnswer} from './alignment/procedure/lead-guide.ts';
export {defaultDesignFolder} from './designs/default-design.ts';
export {openDesign} from './designs/design-folder.ts';
export type {TrainDesignSettings} from './designs/train-design.ts';
export type {EngineEvent} from './engine/events.ts';
export {
  callInstrument,
  getValues,
  probeInstrument,
  setValues,
  type NamedValue,
} from './instruments/by-hand.ts';
export {readLockIn} from './instruments/lockin-by-hand.ts';
export {listDrivers, type InstrumentHooks, type InstrumentTarget} from './instruments/open-instrument.ts';
export {
  clearPlateFaults,
  homeMountedPlate,
  moveMountedPlate,
  stopPlates,
  undoMountCorrection,
  wherePlates,
} from './instruments/mount-by-hand.ts';
export {homeStage, moveStage, stopStage, whereStage} from './instruments/stage-by-hand.ts';
export type {Quantity} from './scan/export-points.ts';
export {planNames} from './scan/read-plan.ts';
export type {ScanDryRun, ScanSummary} from './scan/run-scan.ts';
export {listSessions, reportSession, showSession} from './sessions.ts';
export {classify} from './twin/classify.ts';
export {predictPlane, propagatePlane} from './twin/plane-jobs.ts';

/** Loaded when it is asked for: TensorFlow.js would cost every other command a quarter of a second. */
export const trainDesign: typeof TrainDesign = async (...args) =>
  (await import('./designs/train-design.ts')).trainDesign(...args);

/** Aligns planes that were measured elsewhere; see docs/alignment.md. */
export async function alignData(folder: string, request: AlignRequest): Promise<AlignmentResult> {
  const data = await readAlignmentData(folder);
  return (await alignPlanes(data, request)).result;
}

/** What each displacement does to a design, lit as it says and read at points. */
export const sensitivityOfDesign = (
  design: Design,
  objectCount: number,
  options: {readonly signal?: AbortSignal | undefined},
): Promise<AlignmentSensitivity> =>
  computeDesignSensitivity(
    {design, illumination: design.file.illumination, probe: {kind: 'point'}},
    {objectCount, ...options},
  );

export interface AlignCall {
  readonly free: readonly string[];
  readonly orientation: 'auto' | 'always' | 'never';
}

/** What an alignment is at. */
export type AlignStep = Pick<AlignProgress, 'text' | 'lackRatio'> & {readonly stage: string};

interface AlignHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: AlignStep) => void;
}

/** Aligns planes of a stored session, named by the beginning of its uid; a result that holds is kept as a calibration. */
export async function alignStored(
  session: string,
  call: AlignCall,
  hooks: AlignHooks,
): Promise<AlignSessionOutcome> {
  using store = openStore((await openDataFolder()).databasePath);
  return await alignSession(store, {sessionUid: findSession(store, session).uid, ...call}, hooks);
}

export interface AlignCampaignCall
  extends Omit<CampaignCall, 'digitCount'>, Omit<AlignObjects, 'scan' | 'title'> {
  /** A plan of the kind grid, as `align plan` writes it; the scan of a campaign without one. */
  readonly scanPlan?: string | undefined;
}

/**
 * Measures objects on the chosen bench as a campaign does, those that tell most of the design unless others are named,
 * then aligns their planes.
 */
export async function alignOnBench(
  campaign: AlignCampaignCall,
  call: AlignCall,
  hooks: CampaignHooks & AlignHooks,
): Promise<AlignSessionOutcome & {readonly sessionUid: string}> {
  const {scanPlan, ...rest} = campaign;
  const scan = scanPlan === undefined ? undefined : await readAlignScan(scanPlan);
  // A slip in their names is told before any instrument is opened.
  if (rest.objects) probeDigitsFrom(rest.objects, (await openDesign(rest.designFolder)).file);
  const {sessionUid, endedEarly} = await campaignOnBench({...rest, digitCount: 1}, hooks, {
    prepare: (open) => prepareObjects(open, {...rest, scan}, hooks),
  });
  if (endedEarly !== null) throw benchErrorFrom(endedEarly);
  using store = openStore((await openDataFolder()).databasePath);
  return {sessionUid, ...(await alignSession(store, {sessionUid, ...call}, hooks))};
}

export interface GuideCall extends BenchChoice {
  readonly designFolder: string;
  readonly options: GuideOptions;
  /** Beginning of the uid of a guided alignment to go on with; a new one without it. */
  readonly resume?: string | undefined;
  readonly operator?: string | undefined;
}

/** Opens the bench and leads a guided alignment on it, step by step; closes the bench in every ending. */
export async function guideOnBench(
  call: GuideCall,
  hooks: RunHooks & BenchHooks & LeadGuideHooks & {readonly signal: AbortSignal},
): Promise<GuideReport> {
  const startedMs = performance.now();
  const data = await openDataFolder();
  const hours = await readCalibrationHours(data.path);
  using store = openStoreFirst(data.databasePath, hooks);
  const resumed = call.resume === undefined ? undefined : findSession(store, call.resume).uid;
  const design = await openDesign(call.designFolder);
  await using bench = await openChosenBench(call, hooks);
  const desk = createGuideDesk({store, data, hours: () => hours});
  const person = call.operator === undefined ? {} : {operator: call.operator};
  const {sessionUid} =
    resumed === undefined
      ? await desk.begin(bench, {design, designFolder: call.designFolder, options: call.options, ...person})
      : {sessionUid: resumed};
  const guide = await leadGuide(desk, bench, {sessionUid, ...person}, hooks);
  const uid = guide.steps.at(-1)?.alignmentUid ?? null;
  return {
    session: sessionUid,
    steps: guide.steps,
    result: uid === null ? null : getAlignment(store, uid).result,
    placement:
      uid === null ? null : standingOf(store, getAlignment(store, uid), Date.now() / 1000).placementUid,
    seconds: (performance.now() - startedMs) / 1000,
  };
}

export interface CorrectCall extends AlignCampaignCall {
  /** Beginning of the uid of a session that was measured on this bench; measured first without one. */
  readonly session?: string | undefined;
  readonly allowDoubtful: boolean;
}

export interface CorrectOutcome {
  readonly sessionUid: string;
  readonly uid: string | null;
  /** Of the planes before the correction. */
  readonly result: AlignmentResult;
  /** What would have been done, where nothing was: there is nothing to move, or it is refused. */
  readonly plan: CorrectionPlan | null;
  readonly corrected: Awaited<ReturnType<typeof correctAndCheck>> | null;
}

/** Measures (unless a session is named), aligns, moves the mounted plates, measures again: all on one open bench. */
export async function correctOnBench(
  call: CorrectCall,
  align: AlignCall,
  hooks: CampaignHooks & AlignHooks,
): Promise<CorrectOutcome> {
  const {scanPlan, session, allowDoubtful, ...choice} = call;
  const scan = scanPlan === undefined ? undefined : await readAlignScan(scanPlan);
  const data = await openDataFolder();
  using store = openStoreFirst(data.databasePath, hooks);
  const known = session === undefined ? undefined : findSession(store, session);
  // The virtual bench that was measured, whatever other seed is usual.
  const seed = known && placeOfSession(store, known.uid).benchSeed;
  await using bench = await openChosenBench({...choice, seed: seed ?? choice.seed}, hooks);
  if (!bench.devices.mount)
    throw new BenchError(
      'plan/invalid',
      `The bench ${bench.file.name} has no motorised mounts of plates. Nothing was measured and nothing moved; name them in the bench file (mount:), give --mounts on the virtual bench, or align without --correct and move the plates by hand.`,
    );
  const by = choice.operator ?? userInfo().username;
  let sessionUid = known?.uid;
  if (sessionUid === undefined) {
    const design = await openDesign(choice.designFolder);
    const {onSession, ...prepared} = await prepareObjects({bench, store, design}, {...choice, scan}, hooks);
    const measured = await runCampaign(
      bench,
      store,
      data,
      {
        design,
        designFolder: choice.designFolder,
        digitCount: 1,
        seed: choice.seed,
        operator: by,
        ...prepared,
      },
      {...hooks, ...(onSession ? {onSession} : {})},
    );
    if (measured.endedEarly !== null) throw benchErrorFrom(measured.endedEarly);
    ({sessionUid} = measured);
  }
  const {uid, result} = await alignSession(store, {sessionUid, ...align}, hooks);
  const found = {sessionUid, uid, result};
  if (uid === null) return {...found, plan: null, corrected: null};
  const plan = await planStoredCorrection(store, bench, uid, {allowDoubtful, signal: hooks.signal});
  if (plan.refusal || plan.moves.length === 0) return {...found, plan, corrected: null};
  const corrected = await correctAndCheck(
    bench,
    store,
    data,
    {alignmentUid: uid, by, align, allowDoubtful},
    hooks,
  );
  return {...found, plan, corrected};
}

export interface ProbePlanCall extends BenchChoice, ProbeChoices {
  readonly designFolder: string;
  /** Beginning of the uid of an alignment to add to; a first measurement without it. */
  readonly resultUid?: string | undefined;
}

/**
 * What to measure next on the chosen bench, which is opened for its light, its probe and its pace; nothing moves and
 * RF stays off. After an alignment of a real bench without its bench file, no times are told.
 */
export async function planProbesOnBench(
  call: ProbePlanCall,
  hooks: ProbePlanHooks & BenchHooks,
): Promise<ProbePlan> {
  if (call.resultUid === undefined) {
    const design = await openDesign(call.designFolder);
    probeDigitsFrom(call.digits ?? [], design.file);
    await using bench = await openChosenBench(call, hooks);
    return await planFirstProbes(bench, design, call, hooks);
  }
  using store = openStore((await openDataFolder()).databasePath);
  const alignment = findAlignment(store, call.resultUid);
  const seed = alignment.benchSeed;
  if (call.benchPath === undefined && seed === null)
    return await planNextProbes(
      store,
      alignment,
      call,
      (design) => Promise.resolve(untimedScans(listGridPlans(design, ownGridPlan(design)))),
      hooks,
    );
  await using bench = await openChosenBench({...call, seed: seed ?? call.seed}, hooks);
  return await planNextProbes(
    store,
    alignment,
    call,
    (design, digits) => scansOf(bench, design, digits, hooks.signal),
    hooks,
  );
}

/** What is installed and works here. */
export const examineInstallation: typeof ExamineInstallation = async (options) =>
  (await import('./doctor.ts')).examineInstallation(options);

/** The long-lived host of windows and browsers; no bench is open yet. */
export const createHostProcess = (options: {readonly dataFolder?: string | undefined} = {}): Promise<Host> =>
  createHost({...options, startVirtualBench});

/** Which bench: a bench file's, or without one the built-in virtual bench. */
export interface BenchChoice {
  readonly benchPath?: string | undefined;
  /** Plates on the virtual bench; the shipped design's unless given. */
  readonly designFolder?: string | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly isNoisy: boolean;
  /** Virtual bench: a motorised mount under each plate. */
  readonly hasMounts?: boolean | undefined;
  readonly askOperator: BenchOperator;
}

interface BenchHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onText?: (text: string) => void;
  readonly onTrace?: ((line: string) => void) | undefined;
}

/** Opens the bench that was chosen; its instruments are connected, RF is off, nothing has moved. */
async function openChosenBench(
  choice: BenchChoice,
  {signal, onText, onTrace}: BenchHooks,
): Promise<OpenBench> {
  const file = choice.benchPath === undefined ? undefined : await readBenchFile(choice.benchPath);
  const options = {
    signal,
    ...(onTrace ? {onTrace: (entry: TraceEntry) => onTrace(formatTraceEntry(entry))} : {}),
  };
  onText?.(
    file
      ? `bench ${file.name}: connecting`
      : `starting the virtual bench (seed ${choice.seed}, ${choice.speed} times as fast as real time)`,
  );
  const bench = file
    ? await openRealBench(file, choice.askOperator, options)
    : await openVirtualBench(
        await startVirtualBench({
          seed: choice.seed,
          speed: choice.speed,
          noise: choice.isNoisy,
          mounts: choice.hasMounts ?? false,
          ...(choice.designFolder === undefined ? {} : {designFolder: choice.designFolder}),
          signal,
        }),
        choice.speed,
        options,
      );
  for (const device of devicesByRole(bench).values()) {
    onText?.(`${device.role}: ${device.identity.text.trim()}`);
  }
  return bench;
}

/** A store that cannot be used is told before any instrument is opened. */
function openStoreFirst(path: string, {onText}: BenchHooks): Store {
  const store = openStore(path);
  for (const run of store.recoveredRuns)
    onText?.(`Run ${run.scanId} of an earlier start was closed as failed: ${run.reason}`);
  return store;
}

export interface CampaignCall extends BenchChoice {
  readonly designFolder: string;
  readonly digitCount: number;
  readonly operator?: string | undefined;
  readonly title?: string | undefined;
}

/** What is only known once the bench is open. */
type PrepareCampaign = (open: {
  readonly bench: OpenBench;
  readonly store: Store;
  readonly design: Design;
}) => Promise<PreparedObjects>;

/** Opens the bench, runs the campaign, closes the bench in every ending. */
export async function campaignOnBench(
  call: CampaignCall,
  hooks: CampaignHooks,
  {prepare}: {readonly prepare?: PrepareCampaign} = {},
): Promise<CampaignOutcome> {
  const design = await openDesign(call.designFolder);
  const data = await openDataFolder();
  using store = openStoreFirst(data.databasePath, hooks);
  await using bench = await openChosenBench(call, hooks);
  const {onSession, ...prepared} = (await prepare?.({bench, store, design})) ?? {};
  return await runCampaign(
    bench,
    store,
    data,
    {
      design,
      designFolder: call.designFolder,
      digitCount: call.digitCount,
      seed: call.seed,
      ...(call.operator === undefined ? {} : {operator: call.operator}),
      ...(call.title === undefined ? {} : {title: call.title}),
      ...prepared,
    },
    {...hooks, ...(onSession ? {onSession} : {})},
  );
}

export interface ScanCall extends BenchChoice, Omit<ScanRequest, 'spec' | 'design'> {
  /** Name of a plan, JSON object, or file. */
  readonly plan: string;
  /** Laid over the plan. */
  readonly planFields: Readonly<Record<string, unknown>>;
}

async function scanRequestFrom(call: ScanCall): Promise<ScanRequest> {
  const spec = await readPlanSpec(call.plan, call.planFields);
  if (call.outPath !== undefined) await assertExportable(call.outPath, spec);
  const design = call.designFolder === undefined ? undefined : await openDesign(call.designFolder);
  if (spec.plan === 'regions' && !design)
    throw new BenchError(
      'cli/usage',
      'The plan "regions" measures the detector regions of a design; name it with --design. Nothing was moved.',
    );
  return {...call, spec, design};
}

/** Walks a scan dry on the chosen bench: its instruments are connected, but nothing moves and RF stays off. */
export async function dryRunOnBench(
  call: ScanCall,
  hooks: RunHooks & BenchHooks,
): Promise<{readonly dryRun: ScanDryRun; readonly refusal: BenchError | null}> {
  const request = await scanRequestFrom(call);
  await using bench = await openChosenBench(call, hooks);
  return await dryRunScan(bench, request);
}

/** Opens store and bench, runs the scan, closes both in every ending. A store that cannot be used is told first. */
export async function scanOnBench(call: ScanCall, hooks: RunHooks & BenchHooks): Promise<ScanOutcome> {
  const request = await scanRequestFrom(call);
  using store = openStoreFirst((await openDataFolder()).databasePath, hooks);
  if (call.sessionUid !== undefined) findSession(store, call.sessionUid);
  await using bench = await openChosenBench(call, hooks);
  return await runScan(bench, store, request, hooks);
}
