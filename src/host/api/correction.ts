import {countOf} from '../../base/count-text.ts';
import type {CorrectionPlanView, CorrectionView} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {plateOffsetText} from '../../contract/plate-labels.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {compareSessions, loadCorrectionSource, planStoredCorrection} from '../corrections/correct-bench.ts';
import {displacementOf} from '../corrections/correct-agreement.ts';
import type {CorrectionPlan} from '../corrections/correct-plan.ts';
import {
  applyCorrection,
  keepCorrection,
  keepRefusalOf,
  undoCorrection,
  undoRefusalOf,
  type CorrectionHooks,
} from '../corrections/correct-plates.ts';
import {
  addCorrectionCheck,
  getCorrection,
  listCorrections,
  type StoredCorrection,
} from '../corrections/correct-records.ts';
import {sameCampaign} from '../alignment/further-campaigns.ts';
import {acceptAlignment} from '../placements/placements.ts';
import {defaultRunUids} from '../planes/session-planes.ts';
import type {Store} from '../store/open-store.ts';
import {startFurtherCampaign} from './further-campaign.ts';
import {os} from './procedures.ts';
import type {HostServices, JobHooks} from '../services.ts';

/** Corrections by mounts: planned, made as a job, measured again, kept or undone. */
export const correctionApi = (services: HostServices) => {
  const {store, bench} = services;
  return {
    plan: os.correction.plan.handler(async ({input: {alignmentUid, allowDoubtful}, signal}) =>
      planViewOf(
        await planStoredCorrection(store, bench.requireOpen(), alignmentUid, {allowDoubtful, signal}),
      ),
    ),

    list: os.correction.list.handler(({input: {alignmentUid}}) => ({
      corrections: listCorrections(store)
        .filter((correction) => correction.alignmentUid === alignmentUid)
        .reverse()
        .map((correction) => viewOf(store, correction)),
    })),

    measureAgain: os.correction.measureAgain.handler(async ({input: {uid}, context}) => {
      const {alignmentUid} = getCorrection(store, uid);
      if (alignmentUid === null)
        throw new BenchError(
          'plan/invalid',
          'This correction came from a guided alignment, which measures again by itself. Nothing was begun.',
        );
      const operator = context.operator();
      const again = await sameCampaign(store, getAlignment(store, alignmentUid));
      return startFurtherCampaign(services, again, operator, (sessionUid) => {
        addCorrectionCheck(store, uid, sessionUid);
        return {sessionUid, runUids: defaultRunUids(store, sessionUid, 'all')};
      });
    }),

    keep: os.correction.keep.handler(({input: {uid}, context}) => {
      const author = context.operator();
      keepCorrection(store, uid, author || context.client);
      const {checkAlignmentUid} = getCorrection(store, uid);
      // What is doubtful is accepted by a person who has looked at the reasons, not along with something else.
      if (checkAlignmentUid === null || getAlignment(store, checkAlignmentUid).result.verdict !== 'trusted')
        return {acceptedUid: null};
      const validForH = services.settings.get().calibrationHours.placement;
      acceptAlignment(store, checkAlignmentUid, {validForH, author, atS: Date.now() / 1000});
      return {acceptedUid: checkAlignmentUid};
    }),

    ...correctionMoves(services),
  };
};

/** What moves plates, each a job on the bench. */
const correctionMoves = ({store, bench}: HostServices) => ({
  apply: os.correction.apply.handler(async ({input: {alignmentUid, allowDoubtful, shown}, context}) => {
    const open = bench.requireOpen();
    const source = await loadCorrectionSource(store, alignmentUid);
    const by = context.operator() || context.client;
    return bench.startJob({
      kind: 'correction',
      title: `correction of ${countOf(shown.length, 'plate')}`,
      run: async (onBench, hooks) => {
        await applyCorrection(store, onBench, source, {
          ...movingHooks(open.file.mount?.role ?? '', by, hooks),
          allowDoubtful,
          shown,
        });
      },
    });
  }),

  undo: os.correction.undo.handler(({input: {uid}, context}) => {
    const open = bench.requireOpen();
    const {moves} = getCorrection(store, uid);
    const by = context.operator() || context.client;
    return bench.startJob({
      kind: 'correction',
      title: `undo of a correction of ${countOf(moves.length, 'plate')}`,
      run: async (onBench, hooks) => {
        await undoCorrection(store, onBench, uid, movingHooks(open.file.mount?.role ?? '', by, hooks));
      },
    });
  }),
});

/** Tells the moves as a run tells its points. */
const movingHooks = (device: string, by: string, {signal, onEvent}: JobHooks): CorrectionHooks => ({
  by,
  signal,
  onProgress: ({plate, number, total, now, target}) => {
    onEvent({type: 'plate-motion', device, plate, now, target});
    const label = `plate ${plate} (${number} of ${total}): ${plateOffsetText(now)}`;
    onEvent({type: 'progress', label, done: number - 1, total, elapsedMs: 0});
  },
});

const planViewOf = ({moves, leftOut, manualSteps, refusal, verdict}: CorrectionPlan): CorrectionPlanView => ({
  moves: moves.map(({axes, ...move}) => ({...move, axes: [...axes]})),
  leftOut: [...leftOut],
  manualSteps: [...manualSteps],
  refusal: refusal?.message ?? '',
  problem: refusal && {
    code: refusal.code,
    message: refusal.message,
    details: {...refusal.details},
  },
  isDoubtOnly:
    refusal?.code === 'plan/invalid' && verdict === 'doubtful' && refusal.details['isDoubt'] === true,
  seconds: moves.reduce<number | null>(
    (sum, {seconds}) => (sum === null || seconds === null ? null : sum + seconds),
    0,
  ),
});

function viewOf(store: Store, correction: StoredCorrection): CorrectionView {
  const {uid, timeS, alignmentUid, by, moves, leftOut, manualSteps, state, text} = correction;
  const shownMoves = moves.map(({axes, ...move}) => ({...move, axes: [...axes]}));
  return {
    uid,
    timeS,
    alignmentUid,
    by,
    moves: shownMoves,
    leftOut: [...leftOut],
    manualSteps: [...manualSteps],
    state,
    text,
    check: checkOf(store, correction),
    keepRefusal: keepRefusalOf(correction),
    undoRefusal: undoRefusalOf(store, correction),
  };
}

function checkOf(store: Store, correction: StoredCorrection): CorrectionView['check'] {
  const {alignmentUid, sessionUid, checkSessionUid, checkAlignmentUid, moves} = correction;
  if (checkSessionUid === null || alignmentUid === null) return null;
  const after = checkAlignmentUid === null ? null : getAlignment(store, checkAlignmentUid);
  return {
    sessionUid: checkSessionUid,
    alignmentUid: checkAlignmentUid,
    verdict: after?.result.verdict ?? null,
    comparison: compareSessions(store, sessionUid, checkSessionUid),
    before: displacementOf(getAlignment(store, alignmentUid).result, moves),
    after: after && displacementOf(after.result, moves),
  };
}
