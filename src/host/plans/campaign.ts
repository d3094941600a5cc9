import type {Plan} from '../../contract/messages.ts';
import type {ScanMonitors} from '../../contract/scan-monitors.ts';
import {type Beam, type BeamFindOptions, beamFind} from './beam-find.ts';
import {type DarkLevel, type DarkMethod, measureDarkLevel} from './dark-level.ts';
import type {GridSpec} from './geometry.ts';
import type {GridScanOptions, MeasuredPlane} from './grid.ts';
import {
  type BenchRoles,
  type Dwell,
  type MeasuredPoint,
  measureAt,
  referenceColumns,
  setUpDetector,
} from './measure.ts';
import {type ScannedFrequencies, scanObject} from './object-scans.ts';
import {type ObjectMount, type RegistrationPlane, registrationScan} from './registration.ts';
import {noPatch, type PositionFields, referenceVisitsFrom} from './reference-visits.ts';
import type {ScanMetadata} from './scan.ts';
import {
  addNote,
  askOperator,
  callAction,
  checkpoint,
  compute,
  declareStream,
  move,
  record,
  reportProgress,
  sleep,
  settle,
  turnOnAt,
} from './steps.ts';
import {inRun, skippable, withSourceOff, withStageStopped} from './wrappers.ts';

export interface CampaignItem {
  readonly object: ObjectMount;
  /** Where to watch the drift during this object's scan; default the campaign's reference point. */
  readonly referenceMm?: {readonly xMm: number; readonly yMm: number};
}

/** Says what is measured next. The operator may change it while the campaign runs. */
export interface CampaignQueue {
  /** Items altogether, done and to come, each as often as it is measured. */
  readonly count: number;
  /**
   * Index in `items` of the object to measure now; undefined when nothing is left, and from then on the queue is
   * closed. Called when the one before is through.
   */
  next(): number | undefined;
  /** Whether the item under way is to be given up. */
  isSkipping(): boolean;
}

/** All items once, in their order. */
export function createListQueue(count: number): CampaignQueue {
  let at = 0;
  return {count, next: () => (at < count ? at++ : undefined), isSkipping: () => false};
}

/** What the injected fit makes of the registration planes. */
export interface RegistrationOutcome {
  /** Centre of the digits' grids from now on, mm. */
  readonly centerMm?: {readonly xMm: number; readonly yMm: number};
  readonly calibrationUids?: readonly string[];
  readonly note?: string;
}

export interface CampaignOptions {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
  readonly homeFirst?: boolean;
  /** Time that the source needs after it is turned on, ms; 0 for none. */
  readonly warmUpMs?: number;
  readonly dark: {readonly method: DarkMethod; readonly readingCount: number};
  readonly beamFind: Pick<BeamFindOptions, 'centerMm' | 'widthMm' | 'stepMm' | 'isRefined'> & {
    readonly dwell?: Dwell;
    /** Mask during beam finding; default the first registration object, else the first item's. */
    readonly object?: ObjectMount;
  };
  /** Range and phase of the detector, as far as it has them, are set at the strongest point; default true. */
  readonly isDetectorSetUp?: boolean;
  readonly registration: {
    readonly objects: readonly ObjectMount[];
    readonly grid: GridSpec;
    readonly dwell?: Dwell;
  };
  readonly onRegistration?: (
    planes: readonly RegistrationPlane[],
    dark: DarkLevel,
    options: {readonly signal: AbortSignal},
  ) => Promise<RegistrationOutcome>;
  readonly items: readonly CampaignItem[];
  /** Frequencies behind the chain at which each object's plane is measured, the design's own first; default as the bench is. */
  readonly frequenciesHz?: ScannedFrequencies;
  /** Order in which they are measured; default all once, one after the other. */
  readonly queue?: CampaignQueue;
  readonly grid: GridSpec;
  /** Points between two visits of the reference point; 0 for none. */
  readonly referenceEvery: number;
  /** Whether visits watch the place of the stage; default not. */
  readonly position?: PositionFields | undefined;
  /** Judge the readings of each scan while it runs. */
  readonly monitors?: ScanMonitors;
  /** Default: the peak that beam finding found. */
  readonly referenceMm?: {readonly xMm: number; readonly yMm: number};
  readonly metadata?: ScanMetadata;
}

export interface CampaignItemResult {
  readonly object: ObjectMount;
  readonly plane: MeasuredPlane;
}

export interface CampaignResult {
  readonly darkLevels: readonly DarkLevel[];
  readonly beam: Beam;
  readonly registration: readonly RegistrationPlane[];
  readonly items: readonly CampaignItemResult[];
  /** Reference point with the registration object's (or the last) mask, at the start and at the end, V. */
  readonly referenceRunUids: readonly string[];
}

/**
 * The main job: source up, dark level, beam found, detector set up at the strongest point, dark level again with those
 * settings, registration, then object by object a raster scan with the reference point revisited; at the end the
 * reference and the dark level once more. Source off and stage stopped in every ending.
 */
export const campaign = (options: CampaignOptions): Plan<CampaignResult> =>
  withStageStopped(withSourceOff(runCampaign(options), options.roles.source), options.roles.stage);

/** What the campaign has found of the bench when its scans begin. */
interface CampaignStart {
  readonly beam: Beam;
  /** With the settings that the scans are made with. */
  readonly dark: DarkLevel;
  readonly referenceMm: {readonly xMm: number; readonly yMm: number};
}

type DarkStep = (method: DarkMethod, turnOnAfter: boolean) => Plan<DarkLevel>;
type StepDone = (label: string) => Plan<void>;

function* runCampaign(options: CampaignOptions): Plan<CampaignResult> {
  const {items} = options;
  const queue = options.queue ?? createListQueue(items.length);
  let stepsDone = 0;
  const stepDone: StepDone = (label) =>
    reportProgress(`campaign: ${label}`, ++stepsDone, 4 + options.registration.objects.length + queue.count);
  const darkLevels: DarkLevel[] = [];
  const dark: DarkStep = function* (method, turnOnAfter) {
    const level = yield* darkLevel(options, method, turnOnAfter);
    darkLevels.push(level);
    return level;
  };

  const start = yield* setUpBench(options, dark, stepDone);
  const {beam, referenceMm} = start;
  const referenceRunUids = [yield* referenceRun(options, referenceMm)];
  yield* stepDone('detector set up');
  const {planes, outcome} = yield* register(options, start, stepDone);

  const results: CampaignItemResult[] = [];
  for (let index = queue.next(); index !== undefined; index = queue.next()) {
    const item = items[index];
    const plane = yield* skippable(measureItem(options, {referenceMm, ...item}, index, outcome), () =>
      queue.isSkipping(),
    );
    if (plane) results.push({object: item.object, plane});
    yield* stepDone(plane ? item.object.label : `${item.object.label} skipped`);
  }

  if (options.frequenciesHz) yield* turnOnAt(options.roles.source, options.frequenciesHz[0]);
  const beamObject = beamObjectOf(options);
  if (beamObject && items.length > 0)
    // The reference is comparable with the first one only behind the same mask.
    yield* askOperator({kind: 'mount-object', ...beamObject});
  referenceRunUids.push(yield* referenceRun(options, referenceMm));
  yield* dark('source-off', false);
  yield* stepDone('final reference and dark level');
  return {darkLevels, beam, registration: planes, items: results, referenceRunUids};
}

const darkLevel = (
  {roles, dwell, dark, metadata}: CampaignOptions,
  method: DarkMethod,
  turnOnAfter: boolean,
): Plan<DarkLevel> =>
  measureDarkLevel({
    roles,
    dwell,
    method,
    readingCount: dark.readingCount,
    turnOnAfter,
    ...(metadata ? {metadata} : {}),
  });

const beamObjectOf = ({beamFind, registration, items}: CampaignOptions): ObjectMount | undefined =>
  beamFind.object ?? registration.objects[0] ?? items[0]?.object;

/** Home if asked, source up and warm, dark level, beam found, detector set up for it. */
function* setUpBench(options: CampaignOptions, dark: DarkStep, stepDone: StepDone): Plan<CampaignStart> {
  const {roles, dwell, isDetectorSetUp = true} = options;
  if (options.homeFirst) yield* callAction(roles.stage, 'home');
  // A dark level needs the chop running, or a lock-in has no reference: it runs once the source has been up.
  yield* callAction(roles.source, 'turn-on');
  if (options.warmUpMs) yield* sleep(options.warmUpMs, 'warm-up of the source');
  let level = yield* dark('source-off', true);
  yield* stepDone('dark level');
  const beam = yield* findBeam(options, level);
  yield* stepDone('beam found');
  if (isDetectorSetUp) {
    yield* move(roles.stage, {x: beam.peakMm.xMm, y: beam.peakMm.yMm});
    // Range and phase are chosen by what the filter shows: it must show this place.
    yield* settle(roles.detector.role, dwell.residualRatio);
    yield* setUpDetector(roles.detector);
    // The pick-up turns with the phase: the level from before does not fit these settings.
    level = yield* dark(options.dark.method, true);
  }
  return {beam, dark: level, referenceMm: options.referenceMm ?? beam.peakMm};
}

/** The beam behind the first mask, with a note that says where it was found. */
function* findBeam(options: CampaignOptions, dark: DarkLevel): Plan<Beam> {
  const {roles, dwell, metadata, isDetectorSetUp = true} = options;
  const beamObject = beamObjectOf(options);
  if (beamObject) yield* askOperator({kind: 'mount-object', ...beamObject});
  const beam = yield* beamFind({
    roles,
    // Nobody knows the right range yet; it is set for good at the peak.
    dwell: {onOverload: isDetectorSetUp ? 'choose-range' : 'ask', ...(options.beamFind.dwell ?? dwell)},
    ...pickBeamFind(options.beamFind),
    dark,
    ...(metadata ? {metadata} : {}),
  });
  yield* addNote(
    `Beam: centroid ${mm(beam.centroidMm.xMm)}, ${mm(beam.centroidMm.yMm)} mm; ` +
      `widths ${mm(beam.widthMm.xMm)}, ${mm(beam.widthMm.yMm)} mm; ` +
      `peak ${mm(beam.peakMm.xMm)}, ${mm(beam.peakMm.yMm)} mm.`,
  );
  return beam;
}

/** The registration planes, and what the injected fit makes of them. */
function* register(
  options: CampaignOptions,
  {dark, referenceMm}: CampaignStart,
  stepDone: StepDone,
): Plan<{planes: RegistrationPlane[]; outcome: RegistrationOutcome}> {
  const {roles, dwell, metadata, registration, onRegistration} = options;
  const planes: RegistrationPlane[] = [];
  for (const object of registration.objects) {
    planes.push(
      yield* registrationScan({
        roles,
        dwell: registration.dwell ?? dwell,
        object,
        grid: registration.grid,
        ...watched(options, referenceMm),
        ...(metadata ? {metadata} : {}),
      }),
    );
    yield* stepDone(`registration with ${object.label}`);
  }
  const outcome: RegistrationOutcome =
    (onRegistration && (yield* compute('registration', (call) => onRegistration(planes, dark, call)))) ?? {};
  if (outcome.note) yield* addNote(outcome.note);
  return {planes, outcome};
}

/** One object's mask mounted and its plane measured, at each frequency where there are several. Returns the first plane. */
function* measureItem(
  options: CampaignOptions,
  {object, referenceMm}: CampaignItem & Required<Pick<CampaignItem, 'referenceMm'>>,
  campaignIndex: number,
  outcome: RegistrationOutcome,
): Plan<MeasuredPlane> {
  yield* askOperator({kind: 'mount-object', ...object});
  return yield* scanObject(
    {
      roles: options.roles,
      dwell: options.dwell,
      grid: {...options.grid, centerMm: outcome.centerMm ?? options.grid.centerMm},
      ...watched(options, referenceMm),
      metadata: {
        ...options.metadata,
        sample: object.label,
        campaignIndex,
        ...(outcome.calibrationUids ? {calibrationUids: outcome.calibrationUids} : {}),
      },
    },
    options.frequenciesHz,
  );
}

const mm = (value: number): string => value.toFixed(3);

const pickBeamFind = (
  options: CampaignOptions['beamFind'],
): Pick<BeamFindOptions, 'centerMm' | 'widthMm' | 'stepMm' | 'isRefined'> => ({
  centerMm: options.centerMm,
  widthMm: options.widthMm,
  stepMm: options.stepMm,
  ...(options.isRefined === undefined ? {} : {isRefined: options.isRefined}),
});

const watched = (
  {referenceEvery, position = noPatch, monitors}: CampaignOptions,
  atMm: {readonly xMm: number; readonly yMm: number},
): Pick<GridScanOptions, 'reference' | 'monitors'> => ({
  reference: referenceVisitsFrom({referenceEvery, ...position}, atMm, monitors),
  monitors,
});

/** The reference point alone, as a run: start and end of the campaign are compared by it. */
export function referenceRun(
  {roles, dwell, metadata}: Pick<CampaignOptions, 'roles' | 'dwell' | 'metadata'>,
  atMm: {readonly xMm: number; readonly yMm: number},
): Plan<string> {
  return inRun(
    {planName: 'reference', planArgs: {referenceMm: atMm}, pointCount: 1, ...metadata},
    function* (runUid): Plan<string> {
      yield* declareStream('reference', referenceColumns(roles, dwell), [
        roles.stage,
        roles.detector.role,
        roles.source,
      ]);
      const measured: MeasuredPoint = yield* measureAt(roles, dwell, atMm);
      yield* record('reference', {...measured.data, after_point_count: 0});
      yield* checkpoint();
      return runUid;
    },
  );
}
