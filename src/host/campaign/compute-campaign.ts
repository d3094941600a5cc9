import {decodeNpy} from '../../base/npy.ts';
import type {ExcludedDigit} from '../../contract/campaign-result.ts';
import {measurementModelSchema, placementTolerancesOf} from '../../contract/measurement.ts';
import {ownAlignmentText} from '../../contract/own-alignment-text.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {failedCheckText, sessionAlignedOf} from '../placements/aligned-predictions.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {readOutOfSession, type SessionReadOut} from '../placements/read-out-records.ts';
import {ownAlignmentOf} from '../placements/campaign-alignments.ts';
import {
  assembleCampaignResult,
  type AssembledCampaign,
  type ReadOutCalibration,
} from '../compare/assemble-campaign-result.ts';
import type {DigitInput, PlaneInput} from '../compare/score-digit.ts';
import {pick, rowsOf, wholeRowsOf} from '../compare/process-scan.ts';
import {campaignScans} from '../plans/object-scans.ts';
import type {MaskPicture} from '../report/report-data.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary} from '../store/run-reading.ts';
import type {StoredSession} from '../store/sessions.ts';
import {damageSummary} from '../store/stored-points.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  darkReadings,
  findRegistration,
  frequencyOfRun,
  lastSuccessfulRuns,
  maskOf,
  referencesOf,
  scanOf,
  type CampaignDetails,
  type RegistrationCalibration,
} from './campaign-results.ts';
import {speckleOfSession} from './session-speckle.ts';
import {readWholeRun} from '../runs/whole-run.ts';

export interface CampaignData extends AssembledCampaign {
  readonly session: StoredSession;
  readonly details: CampaignDetails;
  readonly scanRuns: readonly RunSummary[];
  readonly inputs: readonly DigitInput[];
  readonly masks: readonly (MaskPicture | null)[];
  readonly registration: RegistrationCalibration | null;
  readonly warnings: readonly string[];
}

/**
 * Recomputes a campaign from the raw points of its session. Of a digit that was measured more than once the last good
 * run counts. Digits whose scan did not end well, or which the operator excluded, are left out and named.
 */
export function computeCampaign(store: Store, sessionUid: string): CampaignData {
  const session = store.getSession(sessionUid);
  const details = campaignDetailsOf(session);
  const runs = store.listRuns(sessionUid);
  const whole = lastSuccessfulRuns(runs.filter((run) => run.planName === campaignScans.own));
  const excluded = excludedDigits(store, session, whole);
  const aligned = sessionAlignedOf(store, sessionUid);
  const {planes, warnings: planeWarnings} = comparablePlanes(store, session, {runs, whole, aligned});
  const inputs = planes.map(({input}) => input);
  const registration = findRegistration(store, sessionUid) ?? null;
  const failedCheck = failedCheckText(store, sessionUid);
  const ownAlignment = ownAlignmentOf(store, sessionUid);
  const readOut = readOutOfSession(store, sessionUid);
  const speckle = speckleOfSession(store, sessionUid, {
    illumination: registration?.illumination ?? details.illuminationKnown,
    probe: details.probe,
  });
  const warnings = [
    ...runs.flatMap(endedEarlyText),
    ...(whole.size < details.digits.length
      ? [`${whole.size} of ${details.digits.length} digits were measured.`]
      : []),
    ...excluded.map(
      ({label, sample, reason, author}) =>
        `Digit ${label} (${sample}) is left out of matrices and rates: ${reason} (${author || 'no name given'}).`,
    ),
    ...planeWarnings,
    ...(!registration && inputs.length > 0
      ? ['The output frame was not registered; it is taken as designed.']
      : []),
    ...(failedCheck === '' ? [] : [failedCheck]),
    ...(ownAlignment ? [ownAlignmentText(ownAlignment)] : []),
    ...(aligned ? unpredictedText(planes) : []),
    ...(readOut.reason === '' ? [] : [readOut.reason]),
    ...(speckle.warning !== undefined && inputs.length > 0 ? [speckle.warning] : []),
  ];
  const assembled = assembleCampaignResult({
    regions: details.regions,
    readOut: details.readOut,
    frequenciesHz: details.frequenciesHz,
    registration: registration?.frame ?? {dxMm: 0, dyMm: 0, rotationDeg: 0},
    digits: inputs,
    excluded,
    tolerances: details.tolerances ?? placementTolerancesOf(measurementModelSchema.parse({})),
    ...(speckle.correlation && {speckle: speckle.correlation}),
    ...(aligned && {
      alignment: {
        placementUid: aligned.placementUid,
        alignmentUid: aligned.alignmentUid,
        alignedAtS: aligned.alignedAtS,
        fittedRunUids: fittedRunsOf(store, aligned.alignmentUid),
      },
    }),
    ...(ownAlignment && {ownAlignment}),
    readOutCalibration: readOutCalibrationFrom(readOut),
  });
  const masks = planes.map(({mask}) => mask);
  const scanRuns = planes.map(({run}) => run);
  return {...assembled, session, details, scanRuns, inputs, masks, registration, warnings};
}

/** How the read-out is corrected; undefined where no calibration of it applies. */
const readOutCalibrationFrom = ({readOut}: SessionReadOut): ReadOutCalibration | undefined =>
  readOut === null
    ? undefined
    : {
        calibrationUid: readOut.uid,
        timeS: readOut.timeS,
        correction: readOut.value.study.correction,
        learnedRunUids: readOut.value.study.learnedRunUids,
      };

/** The runs whose planes an alignment was fitted on. */
const fittedRunsOf = (store: Store, alignmentUid: string): readonly string[] =>
  getAlignment(store, alignmentUid).planes.map(({runUid}) => runUid);

/** Says that digits lack a prediction as aligned: the program was ended while it predicted them. */
function unpredictedText(planes: readonly ComparablePlane[]): string[] {
  const count = planes.filter(({input}) => input.simulatedAligned === undefined).length;
  return count === 0
    ? []
    : [
        `${count} of ${planes.length} digits have no prediction as aligned, so rates as aligned are of the others. Accept the alignment on the page Align to have them predicted.`,
      ];
}

function endedEarlyText({scanId, planName, sample, exitStatus, reason, pointCount}: RunSummary): string[] {
  if (exitStatus === undefined || exitStatus === 'success') return [];
  return [
    `Run ${scanId} (${planName}${sample ? `, ${sample}` : ''}) ended as ${exitStatus}: ${reason ?? ''}. Its ${pointCount} points are kept and not compared.`,
  ];
}

/** The digits that the operator has left out, with the run that would have counted. */
function excludedDigits(
  store: Store,
  session: StoredSession,
  whole: ReadonlyMap<number, RunSummary>,
): ExcludedDigit[] {
  const {digits} = campaignDetailsOf(session);
  return store
    .listExclusions(session.uid)
    .flatMap(({campaignIndex: index, reason, author, timeS}): ExcludedDigit[] => {
      const digit = digits[index];
      if (!digit) return [];
      const runUid = whole.get(index)?.uid ?? null;
      return [{index, label: digit.label, sample: digit.sample, runUid, reason, author, timeS}];
    });
}

/** A digit's plane with its predictions, and the mask that stood there. */
interface ComparablePlane {
  readonly run: RunSummary;
  readonly input: DigitInput;
  readonly mask: MaskPicture | null;
}

/** Planes that can be compared: not left out, and with predictions. What is wrong with others and these is said. */
function comparablePlanes(
  store: Store,
  session: StoredSession,
  {
    runs,
    whole,
    aligned,
  }: {
    readonly runs: readonly RunSummary[];
    readonly whole: ReadonlyMap<number, RunSummary>;
    readonly aligned: ReturnType<typeof sessionAlignedOf>;
  },
): {readonly planes: readonly ComparablePlane[]; readonly warnings: readonly string[]} {
  const {digits, frequenciesHz = []} = campaignDetailsOf(session);
  const exclusions = store.listExclusions(session.uid);
  const artifacts = store.listArtifacts(session.uid);
  const planes: ComparablePlane[] = [];
  const warnings: string[] = [];
  const planeOf = planeReader(store, session, {runs, aligned, warnings});
  const furtherOf = furtherRuns(store, runs);
  for (const [index, run] of whole) {
    if (exclusions.some(({campaignIndex}) => campaignIndex === index)) continue;
    const own = planeOf(run);
    const digit = digits[index];
    if (!own || !digit) continue;
    const further = frequenciesHz.slice(1).map((frequencyHz) => {
      const other = furtherOf(index, frequencyHz);
      if (!other)
        warnings.push(
          `Digit ${digit.label} (${digit.sample}) has no whole scan at ${ghzFromHz(frequencyHz)} GHz; it is not compared.`,
        );
      return other && planeOf(other);
    });
    if (!further.every((plane) => plane !== undefined)) continue;
    const input = {
      label: digit.label,
      sample: digit.sample,
      ...own,
      ...(further.length > 0 && {further}),
    };
    planes.push({run, input, mask: maskOf(store, artifacts, run.uid)});
  }
  return {planes, warnings};
}

/** Reads what was measured in a run and predicted for it; what is wrong with it is added to the warnings. */
function planeReader(
  store: Store,
  session: StoredSession,
  {
    runs,
    aligned,
    warnings,
  }: {
    readonly runs: readonly RunSummary[];
    readonly aligned: ReturnType<typeof sessionAlignedOf>;
    readonly warnings: string[];
  },
): (run: RunSummary) => PlaneInput | undefined {
  const {stepMm} = campaignDetailsOf(session);
  const dark = darkReadings(store, runs);
  const artifacts = store.listArtifacts(session.uid);
  const predictionOf = (kind: string, runUid: string): Float64Array | undefined => {
    const artifact = artifacts.find((candidate) => candidate.kind === kind && candidate.runUid === runUid);
    return artifact && Float64Array.from(decodeNpy(store.readArtifact(artifact.uid)).re);
  };
  return (run) => {
    const nominal = predictionOf(artifactKinds.nominal, run.uid);
    const registered = predictionOf(artifactKinds.registered, run.uid);
    const runText = `Run ${run.scanId} (${run.sample ?? 'no sample'})`;
    if (!nominal || !registered) {
      warnings.push(`${runText} has no stored prediction; it is not compared.`);
      return undefined;
    }
    for (const stream of ['primary', 'reference']) {
      const text = damageSummary(readWholeRun(store, run.uid).pointsOf(stream).damage);
      if (text !== '') warnings.push(`${runText}, ${stream}: ${text}`);
    }
    return {
      runUid: run.uid,
      dark,
      cellMm: {widthMm: stepMm, heightMm: stepMm},
      ...measuredDigit(store, run, {nominal, registered, alignedUid: aligned?.artifactUidOf(run.uid)}),
    };
  };
}

/** The last good scan of a digit at a further frequency. */
function furtherRuns(
  store: Store,
  runs: readonly RunSummary[],
): (index: number, frequencyHz: number) => RunSummary | undefined {
  const good = runs
    .filter(({planName, exitStatus}) => planName === campaignScans.further && exitStatus === 'success')
    .map((run) => ({run, frequencyHz: frequencyOfRun(store.getRun(run.uid))}));
  return (index, wantedHz) =>
    good.findLast(
      ({run: {campaignIndex}, frequencyHz}) => campaignIndex === index && frequencyHz === wantedHz,
    )?.run;
}

/** What was measured and predicted of a digit, at the points that are whole in the store. */
function measuredDigit(
  store: Store,
  {uid}: RunSummary,
  {
    nominal,
    registered,
    alignedUid,
  }: {
    readonly nominal: Float64Array;
    readonly registered: Float64Array;
    readonly alignedUid: string | undefined;
  },
): Pick<PlaneInput, 'scan' | 'references' | 'simulatedNominal' | 'simulatedRegistered' | 'simulatedAligned'> {
  const references = referencesOf(store, uid);
  const allPoints = scanOf(store, uid);
  const rows = wholeRowsOf(allPoints);
  return {
    scan: rowsOf(allPoints, rows),
    ...(references ? {references} : {}),
    simulatedNominal: pick(nominal, rows),
    simulatedRegistered: pick(registered, rows),
    ...(alignedUid === undefined
      ? {}
      : {simulatedAligned: pick(decodeNpy(store.readArtifact(alignedUid)).re, rows)}),
  };
}
