import {decodeNpy} from '../../base/npy.ts';
import type {CompareSide, Comparison} from '../../contract/api/index.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {strengthColumn} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ReadOutSettings} from '../../contract/read-out.ts';
import type {Probe} from '../../contract/illumination.ts';
import type {Design} from '../../twin/design/load.ts';
import {createReadOut, findWinner, noRegistration, type FrameRegistration} from '../../twin/metrics/index.ts';
import {correctReadOut} from '../../twin/calibration/corrected-read-out.ts';
import {readOutOfSession} from '../placements/read-out-records.ts';
import {alignedBenchOf, placementFor, sessionAlignedOf} from '../placements/aligned-predictions.ts';
import {measuredHeightsOf} from '../placements/measured-heights.ts';
import {placeOfSession} from '../placements/placements.ts';
import {comparePlanes, type ComparedPlane} from '../compare/compare-planes.ts';
import {processScan} from '../compare/process-scan.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import {gridFrameOf, meanByCell, planeOf, type GridFrame} from '../runs/run-plane.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredRun} from '../store/run-reading.ts';
import {damageSummary} from '../store/stored-points.ts';
import type {PredictRequest} from './twin-protocol.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  darkReadings,
  findRegistration,
  frequencyOfRun,
  maskOf,
  objectOf,
  referencesOf,
  scanOf,
  type CampaignDetails,
} from './campaign-results.ts';
import type {AlignedBench} from '../placements/aligned-bench.ts';
import type {AlignedPlaneRequest} from './prediction.ts';
import {loadSessionDesign} from './session-design.ts';
import {readWholeRun} from '../runs/whole-run.ts';

type PredictionSide = Extract<CompareSide, {kind: 'prediction'}>;

/** What the twin must be asked for one side, or that the store holds the answer. */
export type PredictionOrder =
  | {readonly isStored: true}
  | {
      readonly isStored: false;
      readonly design: Design;
      readonly probe: Probe;
      readonly request: PredictRequest;
      readonly aligned?: undefined;
    }
  | {
      readonly isStored: false;
      readonly design: Design;
      readonly probe: Probe;
      readonly aligned: {readonly bench: AlignedBench; readonly request: AlignedPlaneRequest};
    };

const placementLabels = {
  nominal: 'nominal',
  registered: 'as registered',
  aligned: 'as aligned',
} as const;

const nowS = (): number => Date.now() / 1000;

const storedKindOf = {nominal: artifactKinds.nominal, registered: artifactKinds.registered} as const;

/** Prepares a prediction for the object that stood there in a run. Throws `plan/invalid` where that is not known. */
export async function orderPrediction(store: Store, side: PredictionSide): Promise<PredictionOrder> {
  const run = store.getRun(side.runUid);
  gridOf(run);
  if (storedPrediction(store, run, side) !== undefined) return {isStored: true};
  const {session_uid: sessionUid} = run.start;
  const artifacts = store.listArtifacts(sessionUid);
  const mask = maskOf(store, artifacts, side.runUid);
  if (!mask || store.getSession(sessionUid).details.kind !== 'campaign')
    throw new BenchError(
      'plan/invalid',
      `Run ${run.start.scan_id} (${run.start.plan_name}) does not say which mask stood there, so nothing can be predicted for it. Choose a digit of a campaign.`,
    );
  const details = campaignDetailsOf(store.getSession(sessionUid));
  const design = await loadSessionDesign(store, sessionUid);
  const {xMm, yMm} = scanOf(store, side.runUid);
  const object = objectOf(mask);
  const order = {isStored: false, design, probe: details.probe} as const;
  const frequencyHz = frequencyOfRun(run);
  if (side.placement === 'aligned') {
    const {alignment} = placementFor(store, sessionUid, nowS());
    return {
      ...order,
      aligned: {bench: alignedBenchOf(store, alignment), request: {object, xMm, yMm, frequencyHz}},
    };
  }
  return {
    ...order,
    request: {object, ...viewOf(store, sessionUid, details, side.placement), xMm, yMm, frequencyHz},
  };
}

function viewOf(
  store: Store,
  sessionUid: string,
  details: CampaignDetails,
  placement: 'nominal' | 'registered',
): Pick<PredictRequest, 'illumination' | 'frame' | 'heights'> {
  if (placement === 'nominal') return {illumination: details.illuminationNominal, frame: noRegistration};
  const calibration = findRegistration(store, sessionUid);
  return {
    illumination: calibration?.illumination ?? details.illuminationKnown,
    frame: calibration?.frame ?? noRegistration,
    heights: measuredHeightsOf(store, placeOfSession(store, sessionUid)),
  };
}

function storedPrediction(store: Store, run: StoredRun, side: PredictionSide): ArrayLike<number> | undefined {
  const {session_uid: sessionUid} = run.start;
  const uid =
    side.placement === 'aligned'
      ? sessionAlignedOf(store, sessionUid)?.artifactUidOf(side.runUid)
      : store
          .listArtifacts(sessionUid, storedKindOf[side.placement])
          .find(({runUid}) => runUid === side.runUid)?.uid;
  return uid === undefined ? undefined : decodeNpy(store.readArtifact(uid)).re;
}

export interface CompareRequest {
  readonly a: CompareSide;
  readonly b: CompareSide;
  /** What the twin said at the points of a side's run, where the store does not hold it. */
  readonly predictedA: Float64Array | null;
  readonly predictedB: Float64Array | null;
}

/** Reads both sides and compares them. Throws `plan/invalid` for runs that are no planes. */
export function compareSides(store: Store, request: CompareRequest): Comparison {
  const a = readSide(store, request.a, request.predictedA);
  const b = readSide(store, request.b, request.predictedB);
  const {regions, readOut} = a.regions.length > 0 ? a : b;
  const compared = comparePlanes(a, b, regions);
  const {commonCells, sharesA, sharesB} = compared;
  const difference = new Float64Array(compared.a.length).fill(NaN);
  for (const cell of commonCells) difference[cell] = compared.a[cell] - compared.b[cell];
  const plane = (values: Float64Array) => planeOf(a.frame, Float32Array.from(values), '1');
  const {labels, scoresOf} = createReadOut({regions, readOut});
  const winnerOf = (shares: readonly number[] | null): string | null =>
    shares && labels[findWinner(scoresOf(shares))];
  return {
    a: plane(compared.a),
    b: plane(compared.b),
    difference: plane(difference),
    scatterA: Float32Array.from(commonCells, (cell) => compared.a[cell]),
    scatterB: Float32Array.from(commonCells, (cell) => compared.b[cell]),
    regions: regions.map((region) => inScanFrame(region, a.registration)),
    sharesA: sharesA && [...sharesA],
    sharesB: sharesB && [...sharesB],
    winnerA: winnerOf(sharesA),
    winnerB: winnerOf(sharesB),
    calibratedA: a.calibratedWinner(sharesA),
    calibratedB: b.calibratedWinner(sharesB),
    cellCount: commonCells.length,
    pearson: compared.pearson,
    nrmse: compared.nrmse,
    shareError: compared.shareError,
    labelA: a.label,
    labelB: b.label,
    note: [
      ...(compared.isResampled ? ['b was read at the cells of a, linearly between its own.'] : []),
      ...new Set([a.note, b.note].filter((note) => note !== '')),
      `Intervals: 95 %, from 1000 draws of blocks of ${compared.blockSide} x ${compared.blockSide} cells.`,
    ].join(' '),
  };
}

interface Side extends ComparedPlane {
  readonly regions: readonly DetectorRegion[];
  readonly readOut: ReadOutSettings | undefined;
  readonly label: string;
  readonly note: string;
  /** What its shares say with the calibrated read-out; null where none applies. */
  readonly calibratedWinner: (shares: readonly number[] | null) => string | null;
}

/** Reads shares with the calibration of the read-out that applies to a campaign. */
function calibratedReadOf(store: Store, sessionUid: string): Side['calibratedWinner'] {
  const {readOut: calibration} = readOutOfSession(store, sessionUid);
  if (calibration === null) return () => null;
  const {regions, readOut} = campaignDetailsOf(store.getSession(sessionUid));
  const corrected = correctReadOut(createReadOut({regions, readOut}), calibration.value.study.correction);
  // A plane of several has a part of the shares alone.
  return (shares) =>
    shares?.length === regions.length ? corrected.labels[findWinner(corrected.scoresOf(shares))] : null;
}

function readSide(store: Store, side: CompareSide, predicted: Float64Array | null): Side {
  const run = store.getRun(side.runUid);
  const {start} = run;
  const frame = gridOf(run);
  const session = store.getSession(start.session_uid);
  const isCampaign = session.details.kind === 'campaign';
  // One plane of several does not tell the design's classes: its brightest region is named.
  const {regions = [], readOut} = isCampaign ? onePlaneReadOf(campaignDetailsOf(session)) : {};
  const registered = findRegistration(store, start.session_uid)?.frame ?? noRegistration;
  const {xMm, yMm} = scanOf(store, side.runUid);
  if (!xMm || xMm.length === 0)
    throw new BenchError(
      'plan/invalid',
      `Run ${start.scan_id} has no point yet, so there is nothing to compare. Choose another run.`,
    );
  const sample = start.sample ?? start.plan_name;
  const cells = (values: ArrayLike<number>): Float64Array => meanByCell(frame, {xMm, yMm, values}).mean;
  if (side.kind === 'prediction') {
    const values = predicted ?? storedPrediction(store, run, side);
    if (!values) throw new BenchError('internal', 'The prediction to compare with was not computed.');
    const isNominal = side.placement === 'nominal';
    return {
      frame,
      values: cells(values),
      registration: isNominal ? noRegistration : registered,
      regions,
      readOut,
      calibratedWinner: () => null,
      label: `simulated ${placementLabels[side.placement]}, ${sample}`,
      // What was stored was predicted for this very session; what was computed now may come from another.
      note:
        side.placement === 'aligned' && predicted ? placementFor(store, start.session_uid, nowS()).note : '',
    };
  }
  const dark = darkReadings(store, store.listRuns(start.session_uid));
  const hasDark = isCampaign && dark.real.length > 0;
  return {
    frame,
    values: cells(hasDark ? processedValues(store, side.runUid, dark) : rawStrength(store, run)),
    registration: registered,
    regions,
    readOut,
    calibratedWinner: isCampaign && hasDark ? calibratedReadOf(store, start.session_uid) : () => null,
    label: `run ${start.scan_id}, ${sample}`,
    note: [
      hasDark
        ? ''
        : `Run ${start.scan_id} is compared by its raw ${strengthLabel(run)}: its session has no dark level.`,
      damageNoteOf(store, run),
    ]
      .filter((note) => note !== '')
      .join(' '),
  };
}

const onePlaneReadOf = ({
  regions,
  readOut,
  frequenciesHz,
}: CampaignDetails): Pick<CampaignDetails, 'regions' | 'readOut'> =>
  frequenciesHz === undefined && readOut ? {regions, readOut} : {regions};

function damageNoteOf(store: Store, {start}: StoredRun): string {
  const text = damageSummary(readWholeRun(store, start.uid).pointsOf().damage);
  return text === '' ? '' : `Run ${start.scan_id}: ${text}`;
}

function processedValues(store: Store, runUid: string, dark: ReturnType<typeof darkReadings>): Float64Array {
  const references = referencesOf(store, runUid);
  return processScan({scan: scanOf(store, runUid), dark, ...(references ? {references} : {})}).values;
}

/** How strong the signal is, with the dark level in it; of a field its square, as only powers are compared. */
function rawStrength(store: Store, run: StoredRun): Float64Array {
  const {signal} = detectorOfRun(run);
  const strength =
    readWholeRun(store, run.start.uid).pointsOf().data[strengthColumn(signal)] ?? new Float64Array();
  return signal.proportionalTo === 'field' ? strength.map((value) => value ** 2) : strength;
}

const strengthLabel = (run: StoredRun): string => {
  const {columns, signal} = detectorOfRun(run);
  return columns.find(({name}) => name === strengthColumn(signal))?.label ?? 'signal';
};

function gridOf({start}: StoredRun): GridFrame {
  const frame = gridFrameOf(start);
  if (frame) return frame;
  throw new BenchError(
    'plan/invalid',
    `Run ${start.scan_id} (${start.plan_name}) is no plane, so it cannot be laid over another. Choose a grid scan or a digit of a campaign.`,
  );
}

/** A region where the scan sees its middle: s = R(-rotation) (p - shift). Its sides are left straight. */
function inScanFrame(region: DetectorRegion, {dxMm, dyMm, rotationDeg}: FrameRegistration): DetectorRegion {
  const angle = (rotationDeg * Math.PI) / 180;
  const [x, y] = [region.centerXMm - dxMm, region.centerYMm - dyMm];
  return {
    ...region,
    centerXMm: Math.cos(angle) * x + Math.sin(angle) * y,
    centerYMm: Math.cos(angle) * y - Math.sin(angle) * x,
  };
}
