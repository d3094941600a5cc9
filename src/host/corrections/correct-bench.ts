import {fixedText} from '../../base/number-format.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {
  CorrectionComparison,
  CorrectionState,
  Displacement,
  PlateMove,
} from '../../contract/correction.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {plateOffsetText} from '../../contract/plate-labels.ts';
import {computeCampaign} from '../campaign/compute-campaign.ts';
import {
  runCampaign,
  type CampaignHooks,
  type CampaignRequest,
  type CampaignSite,
} from '../campaign/run-campaign.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import type {Store} from '../store/open-store.ts';
import {
  alignSession,
  type AlignSessionOutcome,
  type AlignSessionRequest,
} from '../alignment/align-session.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {compareCampaigns, displacementOf} from './correct-agreement.ts';
import {
  correctionSourceOf,
  planCorrection,
  type CorrectionBench,
  type CorrectionChoice,
  type CorrectionPlan,
  type CorrectionSource,
} from './correct-plan.ts';
import {applyCorrection, keepCorrection, undoCorrection, type CorrectionHooks} from './correct-plates.ts';
import {addCorrectionCheck, getCorrection} from './correct-records.ts';
import {sameCampaign} from '../alignment/further-campaigns.ts';
import {defaultRunUids} from '../planes/session-planes.ts';

/** The source of a correction that a stored alignment is, with the design of its session. */
export async function loadCorrectionSource(store: Store, alignmentUid: string): Promise<CorrectionSource> {
  const alignment = getAlignment(store, alignmentUid);
  const {file} = await loadSessionDesign(store, alignment.sessionUid);
  return correctionSourceOf(store, alignment, file);
}

/** What a correction from a stored alignment would do on an open bench; nothing moves. */
export const planStoredCorrection = async (
  store: Store,
  bench: CorrectionBench,
  alignmentUid: string,
  choice: CorrectionChoice & {readonly signal?: AbortSignal | undefined},
): Promise<CorrectionPlan> =>
  planCorrection(store, bench, await loadCorrectionSource(store, alignmentUid), choice);

/** How the planes before a correction and the ones after it agree with the design. */
export const compareSessions = (
  store: Store,
  beforeSessionUid: string,
  afterSessionUid: string,
): CorrectionComparison =>
  compareCampaigns(resultOf(store, beforeSessionUid), resultOf(store, afterSessionUid));

/** As it was computed at the campaign's end; computed anew where it was not. */
const resultOf = (store: Store, sessionUid: string): CampaignResult => {
  const stored = store.listResults(sessionUid, 'campaign').find(({key}) => key === 'result');
  return stored?.value ?? computeCampaign(store, sessionUid).result;
};

export interface CorrectionReport {
  readonly uid: string;
  readonly state: CorrectionState;
  readonly moves: readonly PlateMove[];
  readonly leftOut: readonly string[];
  readonly manualSteps: readonly string[];
  readonly before: {
    readonly session: string;
    readonly calibration: string;
    readonly displacement: Displacement;
  };
  readonly after: {
    readonly session: string;
    readonly calibration: string | null;
    readonly displacement: Displacement;
  };
  readonly comparison: CorrectionComparison;
  /** Whether it was kept, and why, in a sentence. */
  readonly text: string;
}

export interface CorrectAndCheckRequest extends CorrectionChoice {
  readonly alignmentUid: string;
  readonly by: string;
  /** How the planes are aligned afterwards. */
  readonly align: Pick<AlignSessionRequest, 'free' | 'orientation'>;
}

type CheckHooks = CampaignHooks & Pick<Parameters<typeof alignSession>[2] & object, 'onProgress' | 'hours'>;

/**
 * The unattended correction on an open bench: moves the mounted plates as an alignment says, measures the same planes
 * again, aligns them, and keeps the correction unless the planes agree less with the design than before; then the plates
 * are moved back. Throws what refuses it before anything moves; what ends it later leaves the correction to be undone.
 */
export async function correctAndCheck(
  site: CampaignSite,
  {alignmentUid, by, align, allowDoubtful}: CorrectAndCheckRequest,
  hooks: CheckHooks,
): Promise<{readonly report: CorrectionReport; readonly result: AlignmentResult}> {
  const {bench, store} = site;
  const {signal, onText} = hooks;
  const before = getAlignment(store, alignmentUid);
  const source = await loadCorrectionSource(store, alignmentUid);
  const again = await sameCampaign(store, before);
  const moving: CorrectionHooks = {by, signal, onProgress: reportMoves(onText)};
  const {correctionUid, plan} = await applyCorrection(store, bench, source, {...moving, allowDoubtful});
  const checked = await checkCorrection(site, {again, by, correctionUid, align}, hooks).catch(
    (error: unknown) => {
      const {code, message, details} = benchErrorFrom(error);
      throw new BenchError(
        code,
        `${message} The plates stay where the correction has moved them; undo it (mount undo) or measure again.`,
        {details: {...details, correctionUid}, cause: error},
      );
    },
  );
  const {sessionUid, uid, result} = checked;
  const comparison = compareSessions(store, before.sessionUid, sessionUid);
  const worse = worseText(comparison);
  if (worse === '') keepCorrection(store, correctionUid, by);
  else await undoCorrection(store, bench, correctionUid, moving);
  const {state} = getCorrection(store, correctionUid);
  return {
    result,
    report: {
      uid: correctionUid,
      state,
      moves: plan.moves,
      leftOut: plan.leftOut,
      manualSteps: plan.manualSteps,
      before: {
        session: before.sessionUid,
        calibration: alignmentUid,
        displacement: displacementOf(before.result, plan.moves),
      },
      after: {session: sessionUid, calibration: uid, displacement: displacementOf(result, plan.moves)},
      comparison,
      text: worse === '' ? 'The correction is kept.' : `The plates were moved back: ${worse}.`,
    },
  };
}

/** Measures the same planes again and aligns them. */
async function checkCorrection(
  site: CampaignSite,
  {
    again,
    by,
    correctionUid,
    align,
  }: Pick<CorrectAndCheckRequest, 'by' | 'align'> & {
    readonly again: CampaignRequest;
    readonly correctionUid: string;
  },
  hooks: CheckHooks,
): Promise<AlignSessionOutcome & {readonly sessionUid: string}> {
  const {store} = site;
  const {sessionUid, endedEarly} = await runCampaign(site, {...again, operator: by}, hooks);
  addCorrectionCheck(store, correctionUid, sessionUid);
  if (endedEarly !== null) throw benchErrorFrom(endedEarly);
  const runUids = defaultRunUids(store, sessionUid, 'all');
  return {sessionUid, ...(await alignSession(store, {sessionUid, runUids, ...align}, hooks))};
}

/** Why a correction has made things worse; '' when it has not. */
function worseText({correlation: {before, after}}: CorrectionComparison): string {
  if (before.value === null || after.value === null)
    return 'the planes after it cannot be compared with the design';
  return after.value < before.value
    ? `the planes correlate by ${fixedText(after.value, 4)} with the design, by ${fixedText(before.value, 4)} before`
    : '';
}

/** Says each plate once when it begins to move and once when it has arrived. */
function reportMoves(onText: ((text: string) => void) | undefined): CorrectionHooks['onProgress'] {
  let last = 0;
  return ({plate, number, total, target}) => {
    if (number === last) return;
    last = number;
    onText?.(`plate ${plate} (${number} of ${total}) to ${plateOffsetText(target)}`);
  };
}
