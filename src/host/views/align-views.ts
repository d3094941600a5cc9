import type {
  AlignDetail,
  AlignPicture,
  AlignSource,
  AlignSourcePlane,
  AlignSummary,
} from '../../contract/api/index.ts';
import {degFromRad} from '../../contract/units.ts';
import {defaultParameters, designedState, knownParameter} from '../../twin/alignment/defaults.ts';
import {eigenSymmetric} from '../../twin/metrics/symmetric-matrix.ts';
import {listParameters} from '../../twin/alignment/parameters.ts';
import {modelFrom} from '../../twin/design/load.ts';
import {
  campaignDetailsOf,
  darkReadings,
  digitOfRun,
  maskOf,
  referencesOf,
  scanOf,
} from '../campaign/campaign-results.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {pick, processScan, wholeRowsOf, type RawReadings} from '../compare/process-scan.ts';
import {gridFrameOf, meanByCell, planeOf} from '../runs/run-plane.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredSession} from '../store/sessions.ts';
import {
  getAlignment,
  listAlignments,
  readAlignedPoints,
  type StoredAlignment,
} from '../placements/alignment-records.ts';
import {correctionsOf, type Corrections} from '../corrections/corrections.ts';
import {placementStatusOf} from '../placements/placements.ts';
import {keptSensitivity} from '../probes/sensitivity-cache.ts';
import {listSessionScans, sessionObstacle, type SessionScan} from '../planes/session-planes.ts';

/** Sessions that hold planes of known objects, newest first. */
export function listAlignSources(
  store: Store,
  {designHash, limit}: {readonly designHash?: string | undefined; readonly limit: number},
): AlignSource[] {
  const alignments = listAlignments(store);
  return store
    .searchSessions({designHash, limit})
    .filter(({kind}) => kind === 'campaign')
    .map(({uid}) => {
      const session = store.getSession(uid);
      return sourceOf(store, session, listSessionScans(store, session), alignments);
    });
}

/** Planes of one session that can be chosen, and the numbers of its bench. */
export async function readAlignPlanes(
  store: Store,
  sessionUid: string,
): Promise<{
  source: AlignSource;
  planes: AlignSourcePlane[];
  parameters: {
    name: string;
    unit: ReturnType<typeof listParameters>[number]['unit'];
    isFreeByDefault: boolean;
    priorSigma: number | null;
  }[];
}> {
  const session = store.getSession(sessionUid);
  const {illuminationKnown} = campaignDetailsOf(session);
  const scans = listSessionScans(store, session);
  const artifacts = store.listArtifacts(sessionUid);
  const {plates} = modelFrom(await loadSessionDesign(store, sessionUid));
  const start = designedState(plates, illuminationKnown);
  const defaults = defaultParameters(
    start,
    plates.map(() => true),
  );
  return {
    source: sourceOf(store, session, scans, listAlignments(store)),
    planes: scans.map(({run, label, isUsable, isChosenByDefault, problem}) => ({
      runUid: run.uid,
      scanId: run.scanId,
      label,
      sample: run.sample ?? '',
      timeS: run.timeS,
      pointCount: run.pointCount,
      mask: maskPictureOf(store, artifacts, run.uid),
      isChosenByDefault,
      isUsable,
      problem,
    })),
    parameters: listParameters(plates.length).map(({name, unit}) => {
      const isFreeByDefault = defaults.some((parameter) => parameter.name === name);
      const {priorSigma = null} = knownParameter(name, start, defaults);
      return {name, unit, isFreeByDefault, priorSigma};
    }),
  };
}

function sourceOf(
  store: Store,
  session: StoredSession,
  scans: readonly SessionScan[],
  alignments: readonly StoredAlignment[],
): AlignSource {
  const usable = scans.filter(({isUsable}) => isUsable);
  const problem = sessionObstacle(store, session, scans);
  return {
    sessionUid: session.uid,
    title: session.title,
    benchName: session.benchName,
    designHash: session.designHash ?? '',
    designName: campaignDetailsOf(session).designName,
    createdAt: session.createdAt,
    planeCount: usable.length,
    pointCount: usable.reduce((sum, {run}) => sum + run.pointCount, 0),
    alignmentUid: alignments.findLast(({sessionUid}) => sessionUid === session.uid)?.uid ?? null,
    isUsable: problem === '',
    problem,
  };
}

/** Alignments as a list shows them, newest first. */
export function listAlignSummaries(
  store: Store,
  filter: {readonly sessionUid?: string | undefined; readonly designHash?: string | undefined},
  atS: number,
): AlignSummary[] {
  return listAlignments(store)
    .filter(
      ({sessionUid, designHash}) =>
        (filter.sessionUid ?? sessionUid) === sessionUid && (filter.designHash ?? designHash) === designHash,
    )
    .reverse()
    .map((alignment) => summaryOf(store, alignment, atS));
}

/** Throws `store/not-found` for a uid that is no alignment. */
export const readAlignSummary = (store: Store, uid: string, atS: number): AlignSummary =>
  summaryOf(store, getAlignment(store, uid), atS);

function summaryOf(store: Store, alignment: StoredAlignment, atS: number): AlignSummary {
  const {uid, timeS, sessionUid, benchName, designHash, designName, result} = alignment;
  const {status, text, validUntilS, placementUid} = placementStatusOf(store, alignment, atS);
  const sessions = new Set(alignment.planes.map(({runUid}) => store.getRunSummary(runUid).sessionUid));
  sessions.delete(sessionUid);
  return {
    uid,
    timeS,
    sessionUid,
    sessionTitle: store.getSession(sessionUid).title,
    otherSessionTitles: [...sessions].map((other) => store.getSession(other).title),
    benchName,
    designHash,
    designName,
    planeCount: result.planes.length,
    verdict: result.verdict,
    correlationBefore: result.before.correlation,
    correlationAfter: result.after.correlation,
    unexplainedRatio: result.after.unexplainedRatio,
    seconds: result.seconds,
    status: status,
    statusText: text,
    validUntilS,
    placementUid,
  };
}

/** What to do to each plate; see `correctionsOf`. */
export async function readCorrections(store: Store, uid: string): Promise<Corrections> {
  const alignment = getAlignment(store, uid);
  const {file} = await loadSessionDesign(store, alignment.sessionUid);
  return correctionsOf(alignment, file, keptSensitivity(store, alignment.sessionUid));
}

/** An alignment with its planes, to be looked at. */
export async function readAlignDetail(store: Store, uid: string, atS: number): Promise<AlignDetail> {
  const alignment = getAlignment(store, uid);
  const {sessionUid, result, state} = alignment;
  const {file} = await loadSessionDesign(store, sessionUid);
  const darkOf = new Map<string, RawReadings>();
  for (const {runUid} of alignment.planes) {
    const {sessionUid: uid} = store.getRunSummary(runUid);
    if (!darkOf.has(uid)) darkOf.set(uid, darkReadings(store, store.listRuns(uid)));
  }
  return {
    summary: summaryOf(store, alignment, atS),
    result,
    ellipses: ellipsesOf(alignment),
    convergence: [...(alignment.convergence ?? [])],
    pictures: alignment.planes.map((plane) => pictureOf(store, plane, darkOf)),
    regions: file.detector.regions.map((region) => ({...region})),
    frame: {...state.frame},
    stack: {
      plates: file.layers.map(({zMm}) => ({zMm, sideMm: file.grid.count * file.grid.pitchMm})),
      detectorZMm: file.detector.zMm,
    },
  };
}

function pictureOf(
  store: Store,
  {runUid, artifactUid}: StoredAlignment['planes'][number],
  darkOf: ReadonlyMap<string, RawReadings>,
): AlignPicture {
  const {start} = store.getRun(runUid);
  const references = referencesOf(store, runUid);
  const scan = scanOf(store, runUid);
  const {xMm, yMm, values} = processScan({
    scan,
    dark: darkOf.get(start.session_uid) ?? {real: []},
    ...(references ? {references} : {}),
  });
  const {predicted, residual} = readAlignedPoints(store, artifactUid);
  // Only planes are aligned with, so that there is a grid.
  const frame = gridFrameOf(start) ?? {rows: 0, columns: 0, xMm: [0, 0], yMm: [0, 0]};
  const whole = wholeRowsOf(scan);
  const wholeMm = {xMm: pick(xMm, whole), yMm: pick(yMm, whole)};
  // The alignment took the points that were whole then; some may have been damaged since.
  const plane = (own: ArrayLike<number>, unit: string) =>
    planeOf(
      frame,
      Float32Array.from(
        meanByCell(frame, {...(own.length === xMm.length ? {xMm, yMm} : wholeMm), values: own}).mean,
      ),
      unit,
    );
  return {
    runUid,
    scanId: start.scan_id,
    label: digitOfRun(store, store.getRunSummary(runUid))?.label ?? '',
    sample: start.sample ?? '',
    mask: maskPictureOf(store, store.listArtifacts(start.session_uid), runUid),
    measured: plane(values, 'V'),
    aligned: plane(predicted, 'V'),
    residual: plane(residual, '1'),
  };
}

function maskPictureOf(
  store: Store,
  artifacts: ReturnType<Store['listArtifacts']>,
  runUid: string,
): AlignPicture['mask'] {
  const mask = maskOf(store, artifacts, runUid);
  return mask
    ? {...mask, amplitude: Float32Array.from(mask.amplitude)}
    : {count: 0, pitchMm: 0, amplitude: new Float32Array()};
}

/** One standard deviation of each part's pair of shifts: half axes and direction of the covariance's eigenvectors. */
function ellipsesOf({result, covariance}: StoredAlignment): AlignDetail['ellipses'] {
  const {parameters} = result;
  const size = parameters.length;
  if (!covariance) return [];
  return parameters.flatMap(({name}, x) => {
    if (!name.endsWith('.dx')) return [];
    const part = name.slice(0, -'.dx'.length);
    const y = parameters.findIndex((other) => other.name === `${part}.dy`);
    if (y < 0) return [];
    const block = [
      covariance[x * size + x],
      covariance[x * size + y],
      covariance[y * size + x],
      covariance[y * size + y],
    ];
    const {values, vectors} = eigenSymmetric(block, 2);
    return [
      {
        part,
        majorMm: Math.sqrt(Math.max(0, values[1])),
        minorMm: Math.sqrt(Math.max(0, values[0])),
        angleDeg: degFromRad(Math.atan2(vectors[3], vectors[1])),
      },
    ];
  });
}
