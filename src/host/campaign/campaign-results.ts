import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import {signalUnit} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ArtifactMetadata} from '../../contract/stored/artifact-records.ts';
import type {Stored} from '../../contract/stored/record.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import type {SessionDetailsByKind} from '../../contract/stored/session-records.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {calibrationKinds} from '../calibrations/calibration-kinds.ts';
import type {RawReadings, RawReferences, RawScan} from '../compare/process-scan.ts';
import {doubtOf} from '../runs/doubtful-points.ts';
import {detectorOfRun, signalOf} from '../runs/run-detector.ts';
import type {MaskPicture} from '../report/report-data.ts';
import type {RunSummary, StoredPoints, StoredRun} from '../store/run-reading.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredSession} from '../store/sessions.ts';
import {readWholeRun} from '../runs/whole-run.ts';

/** Kinds of artifacts that a campaign leaves in the store; with the raw points they are all a report needs. */
export const artifactKinds = {
  mask: 'object-mask',
  nominal: 'prediction-nominal',
  registered: 'prediction-registered',
  /** On the grid that was asked for, made when the scan begins, to be looked at beside it; nothing is scored by them. */
  nominalPreview: 'preview-nominal',
  registeredPreview: 'preview-registered',
  design: 'design-file',
} as const;

/** What a campaign writes into its session's details at the start. */
export type CampaignDetails = SessionDetailsByKind['campaign'];
export type RegistrationCalibration = CalibrationValues[typeof calibrationKinds.outputFrame];

export function campaignDetailsOf(session: StoredSession): CampaignDetails {
  if (session.details.kind === 'campaign') return session.details;
  throw new BenchError(
    'store/not-found',
    `The session ${session.uid} ("${session.title}") is no campaign, so there is nothing to compare. Its data are untouched.`,
  );
}

/** The digit that a campaign's run measured; undefined for a run of something else. */
export const digitOfRun = (
  store: Store,
  {sessionUid, campaignIndex = -1}: Pick<RunSummary, 'sessionUid' | 'campaignIndex'>,
): CampaignDetails['digits'][number] | undefined =>
  campaignDetailsOf(store.getSession(sessionUid)).digits[campaignIndex];

/** For each digit, by its index and in the order of the list, the last of its scans that ended well. */
export function lastSuccessfulRuns(scans: readonly RunSummary[]): ReadonlyMap<number, RunSummary> {
  const last = new Map<number, RunSummary>();
  for (const run of scans)
    if (run.exitStatus === 'success' && run.campaignIndex !== undefined) last.set(run.campaignIndex, run);
  return new Map([...last].sort(([a], [b]) => a - b));
}

/** Frequency at which an object was scanned, Hz; undefined where it is the design's own alone. */
export function frequencyOfRun({start}: Pick<StoredRun, 'start'>): number | undefined {
  const value = start.plan_args['outputFrequencyHz'];
  return typeof value === 'number' ? value : undefined;
}

/** The last registration of a session; undefined when there was none. Throws `store/damaged` when that one is damaged. */
export function findRegistration(store: Store, sessionUid: string): RegistrationCalibration | undefined {
  const isOwn = (calibration: {readonly sessionUid?: string}): boolean =>
    calibration.sessionUid === sessionUid;
  const kind = calibrationKinds.outputFrame;
  const last = store.listCalibrations(kind).findLast(isOwn);
  const damaged = store.listDamagedCalibrations([kind]).findLast(isOwn);
  // One before it belongs to planes that were measured before.
  if (damaged && damaged.order > (last?.order ?? 0)) store.getCalibration(damaged.uid);
  return last?.value;
}

/**
 * Points of a scan as the comparison takes them, with those of the runs that it goes on with; a point that is damaged in the
 * store has no number.
 */
export function scanOf(store: Store, runUid: string): RawScan {
  const {run, pointsOf} = readWholeRun(store, runUid);
  const {data} = pointsOf();
  const detector = detectorOfRun(run);
  return {
    xMm: data.x_mm,
    yMm: data.y_mm,
    ...signalOf(data, detector),
    timeS: data.bench_time_s,
    proportionalTo: detector.signal.proportionalTo,
    unit: signalUnit(detector),
  };
}

export function referencesOf(
  store: Pick<Store, 'getRun' | 'readPoints'>,
  runUid: string,
): RawReferences | undefined {
  const {run, pointsOf} = readWholeRun(store, runUid);
  const points = pointsOf('reference');
  if (points.count === 0) return undefined;
  const data = undamaged(withoutDoubtful(points, doubtOf(run, 'reference')));
  const signal = signalOf(data, detectorOfRun(run));
  return signal.real.length === 0 ? undefined : {...signal, timeS: data.bench_time_s};
}

/** Points of which nothing says that they count for nothing; damaged ones keep their places. */
function withoutDoubtful(
  points: StoredPoints,
  isDoubtful: ((index: number) => boolean) | undefined,
): Pick<StoredPoints, 'data' | 'damage'> {
  if (!isDoubtful) return points;
  const kept = Array.from({length: points.count}, (_, i) => i).filter((i) => !isDoubtful(i));
  const places = new Map(kept.map((before, now) => [before + 1, now + 1]));
  return {
    data: Object.fromEntries(
      Object.entries(points.data).map(([name, values]) => [name, Float64Array.from(kept, (i) => values[i])]),
    ),
    damage: points.damage.flatMap((own) => {
      const seqNum = places.get(own.seqNum);
      return seqNum === undefined ? [] : [{...own, seqNum}];
    }),
  };
}

/** Columns of the points that are not damaged in the store: what the others say stays true without them. */
export function undamaged({data, damage}: Pick<StoredPoints, 'data' | 'damage'>): StoredPoints['data'] {
  if (damage.length === 0) return data;
  const places = new Set(damage.map(({seqNum}) => seqNum - 1));
  return Object.fromEntries(
    Object.entries(data).map(([name, values]) => [name, values.filter((_, i) => !places.has(i))]),
  );
}

/**
 * Dark readings taken with the detector as it was for the scans: those after the beam was found (before that, range
 * and phase were others).
 */
export function darkReadings(store: Store, runs: readonly RunSummary[]): RawReadings {
  const lastBeamFind = runs.filter((run) => run.planName === 'beam-find').at(-1)?.scanId ?? 0;
  const levels = runs
    .filter((run) => run.planName === 'dark-level' && run.exitStatus === 'success')
    .filter((run) => run.scanId > lastBeamFind && run.pointCount > 0)
    .map((run) => darkReadingsOf(store, run.uid));
  const imaginary = levels.flatMap((level) => Array.from(level.imaginary ?? []));
  return {
    real: levels.flatMap((level) => Array.from(level.real)),
    ...(imaginary.length > 0 && {imaginary}),
  };
}

/** Readings of one dark level, without those that are damaged in the store. */
export const darkReadingsOf = (store: Store, runUid: string): RawReadings =>
  signalOf(undamaged(store.readPoints(runUid, 'dark')), detectorOfRun(store.getRun(runUid)));

/** The mask that stood there during a run, as stored with its simulation; null without one. */
export function maskOf(
  store: Store,
  artifacts: ReturnType<Store['listArtifacts']>,
  runUid: string,
): MaskPicture | null {
  const artifact = artifacts.find(
    (candidate) => candidate.kind === artifactKinds.mask && candidate.runUid === runUid,
  );
  if (!artifact) return null;
  const {re, shape} = decodeNpy(store.readArtifact(artifact.uid));
  const {pitchMm} = store.readMetadata(artifact.uid, artifactKinds.mask);
  return {count: shape[0], pitchMm, amplitude: re};
}

/** The mask as the twin takes it. */
export const objectOf = ({count, pitchMm, amplitude}: MaskPicture): ComplexPlane => ({
  grid: {count, pitchMm},
  re: Float64Array.from(amplitude),
  im: new Float64Array(count * count),
});

export interface PredictionPlace {
  readonly sessionUid: string;
  readonly runUid: string;
  readonly kind: (typeof artifactKinds)['nominal' | 'registered' | 'nominalPreview' | 'registeredPreview'];
}

/** Stores values at a scan's points as an .npy artifact of its run. */
export function storePrediction(
  store: Store,
  {sessionUid, runUid, kind}: PredictionPlace,
  values: Float64Array,
  metadata: Stored<ArtifactMetadata['prediction-nominal']>,
): void {
  store.addArtifact({
    sessionUid,
    runUid,
    kind,
    name: `${kind}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [values.length], dtype: '<f8', re: values}),
    metadata,
  });
}
