import {encodeNpy} from '../../base/npy.ts';
import type {CalibrationHours} from '../../contract/api/app.ts';
import {msFromS} from '../../contract/units.ts';
import type {Plan} from '../../contract/messages.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {Design} from '../../twin/design/load.ts';
import {createBenchEngine, devicesByRole, rolesOf, type RunHooks} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {defaultChoices, mountFrom} from '../campaign/campaign-plan.ts';
import {artifactKinds, maskOf, darkReadingsOf} from '../campaign/campaign-results.ts';
import type {TestDigit} from '../campaign/digits.ts';
import {beamOver} from '../campaign/walk-campaign.ts';
import type {CampaignHooks} from '../campaign/run-campaign.ts';
import type {DataFolder} from '../data-folder.ts';
import {assertWithinLimits, dryRunInTurns} from '../engine/dry-run.ts';
import type {GuideMeasuring} from '../plans/guide.ts';
import type {ObjectMount} from '../plans/registration.ts';
import type {Store} from '../store/open-store.ts';
import {measuredPlaneOf} from '../planes/session-planes.ts';
import type {GuideAttempt, GuideDetails, GuideFinding} from './guide-records.ts';
import type {GuideStepPlan} from './guide-steps.ts';

/** What a step is carried out with. */
export interface StepContext {
  readonly bench: OpenBench;
  readonly store: Store;
  readonly data: DataFolder;
  readonly sessionUid: string;
  readonly details: GuideDetails;
  readonly design: Design;
  readonly step: GuideStepPlan;
  /** From 1. */
  readonly attemptNumber: number;
  readonly operator: string;
  /** What the steps before know; null before the first that knows something. */
  readonly finding: GuideFinding | null;
  readonly hours: CalibrationHours;
  readonly hooks: RunHooks & {readonly signal: AbortSignal};
  /** The try of this step before; null at the first. */
  readonly previous: GuideAttempt | null;
  /** Computes a campaign's result and report; on this thread without one. */
  readonly evaluate?: CampaignHooks['evaluate'];
  readonly workerCount?: number | undefined;
  /** What is computed away from the bench, in words. */
  readonly onComputing: (text: string, doneRatio: number | null) => void;
}

/** What a step that was measured leaves in its attempt. */
export type StepOutcome = Pick<GuideAttempt, 'criteria' | 'numbers'> &
  Partial<
    Pick<
      GuideAttempt,
      | 'agreement'
      | 'advice'
      | 'corrections'
      | 'planes'
      | 'finding'
      | 'parameters'
      | 'alignmentUid'
      | 'campaignUid'
    >
  >;

/** Part of the design's field that is searched and scanned: beyond it the frame's edge throws its shadow. */
const innerRatio = 0.8;
/** Of the field: tries for the brightest point, and no further apart than a beam could be missed. */
const beamFindRatio = 0.1;
const coarsestBeamFindMm = 8;
const darkReadingCount = 20;

const fieldMm = ({file}: Design): number => file.grid.count * file.grid.pitchMm;

/** Side of a scan: an even number of steps, so that one line of points runs through the centre. */
export const scanSideMm = (design: Design, stepMm: number): number =>
  2 * Math.floor((innerRatio * fieldMm(design)) / 2 / stepMm) * stepMm;

export const measuringOf = ({bench, design, step, attemptNumber}: StepContext): GuideMeasuring =>
  measuringOn({bench, design}, `guided alignment: ${step.title}, try ${attemptNumber}`);

/** How a bench of a design is measured on, for a purpose that stands with its runs. */
export function measuringOn(
  {bench, design}: Pick<StepContext, 'bench' | 'design'>,
  purpose: string,
): GuideMeasuring {
  const {stage, detector, source} = bench.file;
  const device = bench.devices.stage;
  const beamFindStepMm = Math.min(beamFindRatio * fieldMm(design), coarsestBeamFindMm);
  return {
    roles: rolesOf(bench),
    dwell: defaultChoices.dwell,
    detectorSettings: detector.settings,
    homeFirst: stage.homeAtStart && (!device.isPositionTrusted || device.isHomingDue),
    warmUpMs: msFromS(source.warmUpS),
    darkReadingCount,
    beamFind: {
      centerMm: {xMm: 0, yMm: 0},
      widthMm: scanSideMm(design, beamFindStepMm),
      stepMm: beamFindStepMm,
    },
    metadata: {purpose},
  };
}

/** Walks a plan dry, then carries it out into the session; limits, pause, stop and safing as for every run. */
export async function runPlan<Result>(
  {
    bench,
    store,
    sessionUid,
    design,
    operator,
    hooks,
  }: Pick<StepContext, 'bench' | 'store' | 'sessionUid' | 'design' | 'operator' | 'hooks'>,
  createPlan: () => Plan<Result>,
): Promise<Result> {
  const walked = await dryRunInTurns(createPlan(), {
    devices: devicesByRole(bench),
    speed: bench.clock.speed,
    simulateSignal: beamOver(fieldMm(design)),
    signal: hooks.signal,
  });
  assertWithinLimits(walked);
  const engine = createBenchEngine(bench, store, sessionUid, {
    operator,
    designHash: design.file.contentHash,
  });
  engine.subscribe((event) => hooks.onEvent?.(event));
  hooks.onStart?.(engine);
  return await engine.run(createPlan(), {profile: walked.profile, signal: hooks.signal});
}

export const objectMountOf = ({sample, object}: TestDigit): ObjectMount => mountFrom(sample, object);

/** Keeps the mask with its run, as a campaign does, so that the session can be read without its design folder. */
export function storeMask(
  store: Store,
  sessionUid: string,
  runUid: string,
  {label, sample, object}: TestDigit,
): void {
  const {count, pitchMm} = object.grid;
  store.addArtifact({
    sessionUid,
    runUid,
    kind: artifactKinds.mask,
    name: `${sample}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [count, count], dtype: '<f4', re: object.re}),
    metadata: {pitchMm, label},
  });
}

/** A scan of this session as an alignment takes it; `present` says which plates stood. */
export function readGuidePlane(
  store: Store,
  sessionUid: string,
  {
    runUid,
    darkRunUid,
    present,
  }: {
    readonly runUid: string;
    readonly darkRunUid: string;
    readonly present: readonly boolean[];
  },
): MeasuredPlane {
  const mask = maskOf(store, store.listArtifacts(sessionUid, artifactKinds.mask), runUid);
  const {start} = store.getRun(runUid);
  const label = start.sample ?? `run ${start.scan_id}`;
  return {...measuredPlaneOf(store, {uid: runUid, label}, mask, darkReadingsOf(store, darkRunUid)), present};
}

export const guidePlaneKind = 'align-guide-plane';

/** Keeps what was expected, seen and found at the points of a scan, in the unit of what was seen. */
export function storeGuidePlane(
  store: Store,
  {sessionUid, runUid, label}: {readonly sessionUid: string; readonly runUid: string; readonly label: string},
  values: Readonly<Record<'expected' | 'seen' | 'found', Float64Array>>,
): {readonly artifactUid: string; readonly label: string} {
  const count = values.seen.length;
  const re = new Float32Array(3 * count);
  [values.expected, values.seen, values.found].forEach((own, row) => re.set(own, row * count));
  const artifactUid = store.addArtifact({
    sessionUid,
    runUid,
    kind: guidePlaneKind,
    name: `${guidePlaneKind}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [3, count], dtype: '<f4', re}),
    metadata: {label, rows: ['expected', 'seen', 'found']},
  });
  return {artifactUid, label};
}

/** `values` times the gain, plus the level, that bring them nearest to what was seen: only shapes are compared. */
export function scaledTo(seen: Float64Array, values: Float64Array): Float64Array {
  const count = seen.length;
  let [sumA, sumB, sumAA, sumAB] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    sumA += values[i];
    sumB += seen[i];
    sumAA += values[i] ** 2;
    sumAB += values[i] * seen[i];
  }
  const spread = count * sumAA - sumA ** 2;
  const gain = spread > 0 ? Math.max(0, (count * sumAB - sumA * sumB) / spread) : 0;
  const level = (sumB - gain * sumA) / count;
  return values.map((value) => gain * value + level);
}
