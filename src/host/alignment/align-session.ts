import {fixedText} from '../../base/number-format.ts';
import {defaultCalibrationHours, type CalibrationHours} from '../../contract/api/app.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {sFromH} from '../../contract/units.ts';
import {calibrationKinds} from '../calibrations/calibration-kinds.ts';
import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {runSessionAlignment} from './session-alignment.ts';
import type {
  SessionAlignmentOutput,
  SessionAlignmentProgress,
  SessionAlignmentRequest,
} from './session-alignment-protocol.ts';
import {
  alignmentKind,
  storeAlignedPoints,
  storePrints,
  type AlignmentRecord,
} from '../placements/alignment-records.ts';
import {measuredHeightsText} from '../placements/measured-heights.ts';

export interface AlignSessionRequest {
  /** Keeps the result. */
  readonly sessionUid: string;
  /** Planes to use, also of other sessions of the same bench; the ones of this one taken by default without any. */
  readonly runUids?: readonly string[];
  /** See `chooseParameters`. */
  readonly free?: readonly string[];
  readonly orientation?: SessionAlignmentRequest['orientation'];
  /** How the plates act on light; what explains the planes better is found out unless given. */
  readonly plateOptics?: SessionAlignmentRequest['plateOptics'];
  /** Height errors of the prints, for predictions as aligned: looked for unless told not to. */
  readonly prints?: SessionAlignmentRequest['prints'];
  /** Where the search begins and what may turn, for a bench of which something is known; see `AlignRequest`. */
  readonly start?: SessionAlignmentRequest['start'];
  readonly parameters?: SessionAlignmentRequest['parameters'];
  readonly workerCount?: number | undefined;
}

export interface AlignSessionOutcome {
  /** Of the stored calibration; null when nothing was found, and so nothing stored. */
  readonly uid: string | null;
  readonly result: AlignmentResult;
}

/**
 * Aligns the planes of a stored session and keeps the result as a calibration. Nothing is stored on an abort, on a
 * refusal (`store/not-found`, `plan/invalid`, `twin/invalid`) or when nothing was found (verdict `failed`).
 */
export async function alignSession(
  store: Store,
  {
    sessionUid,
    runUids = [],
    free = [],
    orientation = 'auto',
    plateOptics,
    prints = 'always',
    start,
    parameters,
    workerCount,
  }: AlignSessionRequest,
  hooks: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: SessionAlignmentProgress) => void) | undefined;
    /** For how long what is found besides counts; the default times without it. */
    readonly hours?: CalibrationHours | undefined;
  } = {},
): Promise<AlignSessionOutcome> {
  store.getSession(sessionUid);
  const convergence: {iteration: number; unexplainedRatio: number}[] = [];
  const output = await runSessionAlignment(
    {
      databasePath: store.path,
      sessionUid,
      runUids,
      free,
      orientation,
      plateOptics,
      prints,
      start,
      parameters,
      workerCount,
    },
    {
      signal: hooks.signal,
      onProgress: (progress) => {
        const {unexplainedRatio} = progress;
        if (unexplainedRatio !== undefined && Number.isFinite(unexplainedRatio))
          convergence.push({iteration: convergence.length + 1, unexplainedRatio});
        hooks.onProgress?.(progress);
      },
    },
  );
  // @position alignment.found
  hooks.signal?.throwIfAborted();
  const result = withPrintNotes(output);
  return {
    uid:
      result.verdict === 'failed'
        ? null
        : storeAlignment(
            store,
            sessionUid,
            {...output, result, convergence},
            hooks.hours ?? defaultCalibrationHours,
          ),
    result,
  };
}

function withPrintNotes({result, prints, measured}: SessionAlignmentOutput): AlignmentResult {
  const notes = [
    ...(measured ? [measuredHeightsText(measured)] : []),
    ...(prints
      ? [
          `Height errors of the prints were found (${fixedText(1000 * prints.rmsMm, 1)} µm RMS${measured ? ' beside the measured ones' : ''}, ` +
            'as far as these planes show them); the twin as aligned predicts with them.',
        ]
      : []),
  ];
  return notes.length === 0 ? result : {...result, notes: [...(result.notes ?? []), ...notes]};
}

/** The planes first and the calibration last: it is what makes them visible. */
function storeAlignment(
  store: Store,
  sessionUid: string,
  output: SessionAlignmentOutput & Required<Pick<AlignmentRecord, 'convergence'>>,
  hours: CalibrationHours,
): string {
  const session = store.getSession(sessionUid);
  const details = campaignDetailsOf(session);
  const {result, state, arrangement, method, covariance, convergence} = output;
  const planes = output.planes.map((plane, i) => ({
    runUid: plane.runUid,
    label: result.planes[i].label,
    artifactUid: storeAlignedPoints(store, sessionUid, plane.runUid, plane),
  }));
  // @position alignment.planes-stored
  const value: AlignmentRecord = {
    result,
    state,
    arrangement,
    method,
    covariance: covariance && [...covariance],
    benchName: session.benchName,
    benchSeed: details.benchSeed ?? null,
    designHash: result.designHash,
    designName: details.designName,
    planes,
    ...(output.measured && {measuredHeights: output.measured.artifactUids}),
    prints: output.prints && storePrints(store, sessionUid, output.prints, state.plates.length),
    convergence,
    programVersion,
  };
  const uid = store.addCalibration({
    kind: alignmentKind,
    sessionUid,
    runUid: planes[0].runUid,
    dependsOn: basesOf(store, new Set(planes.map(({runUid}) => store.getRunSummary(runUid).sessionUid))),
    value,
  });
  // @position alignment.stored
  storeAxisScale(store, {sessionUid, alignmentUid: uid}, result, hours);
  return uid;
}

/** It does not depend on the alignment in the ledger: a stage's screws stay as they are when a plate is moved. */
function storeAxisScale(
  store: Store,
  {sessionUid, alignmentUid}: {readonly sessionUid: string; readonly alignmentUid: string},
  {parameters, verdict}: AlignmentResult,
  hours: CalibrationHours,
): void {
  const told = (wanted: string) => parameters.find(({name, identifiable}) => name === wanted && identifiable);
  const scale = told('frame.scale');
  const squareness = told('frame.squareness');
  if (!(scale ?? squareness) || verdict !== 'trusted') return;
  const value: CalibrationValues[typeof calibrationKinds.axisScale] = {
    alignmentUid,
    scale: scale?.value ?? null,
    sigma: scale?.sigma ?? null,
    squarenessDeg: squareness?.value ?? null,
    squarenessSigmaDeg: squareness?.sigma ?? null,
  };
  store.addCalibration({
    kind: calibrationKinds.axisScale,
    sessionUid,
    validUntilS: Date.now() / 1000 + sFromH(hours.axisScale),
    value,
  });
}

/** Calibrations of the sessions that their planes were placed and read with: the newest of each kind. */
function basesOf(store: Store, sessionUids: ReadonlySet<string>): string[] {
  const kinds = [calibrationKinds.outputFrame, calibrationKinds.darkLevel, calibrationKinds.lockInPhase];
  const all = store.listAllCalibrations().filter(({isDamaged}) => !isDamaged);
  return [...sessionUids].flatMap((sessionUid) =>
    kinds.flatMap(
      (kind) => all.findLast((own) => own.sessionUid === sessionUid && own.kind === kind)?.uid ?? [],
    ),
  );
}
