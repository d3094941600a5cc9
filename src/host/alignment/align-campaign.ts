import {availableParallelism} from 'node:os';
import type {CalibrationHours} from '../../contract/api/app.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {ownAlignmentText} from '../../contract/own-alignment-text.ts';
import type {AlignableCampaign, OwnAlignmentJob} from '../campaign/own-alignment-hook.ts';
import {
  campaignPlacementOf,
  ownAlignmentOf,
  recordCampaignAlignment,
} from '../placements/campaign-alignments.ts';
import {activePlacement, placeOfSession} from '../placements/placements.ts';
import {defaultPlaneCount, listSessionScans} from '../planes/session-planes.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {alignSession, type AlignSessionRequest} from './align-session.ts';
import {predictSession} from './predict-session.ts';

/** With fewer planes than an alignment takes by default its error bars grow; more make it slower and hardly better. */
export const ownPlaneCount = defaultPlaneCount;

export interface AlignCampaignOptions {
  readonly store: Store;
  /** For how long what is found besides counts. */
  readonly hours: CalibrationHours;
  /** How it stands, in a sentence, whenever that changes. */
  readonly onText: (text: string) => void;
  /** What may turn and from where it is looked for; as in every alignment unless given. */
  readonly align?: Pick<AlignSessionRequest, 'free' | 'orientation' | 'plateOptics' | 'prints'>;
}

/** One core is left to the instruments, whose answers are due while it is computed. */
const workerCount = Math.max(1, availableParallelism() - 1);

/**
 * Aligns a campaign with its own planes beside the measurement: as soon as `ownPlaneCount` different objects are
 * measured, on threads of its own. A trusted result is used for the predictions of this campaign alone, those of the
 * digits before included, and written down as made by the campaign; a doubtful or failed one is written down with its
 * reasons and not used. Where a placement that a person accepted is active, that one predicts and nothing is computed.
 */
export function createOwnAlignment(
  options: AlignCampaignOptions,
  campaign: AlignableCampaign,
): OwnAlignmentJob {
  const {store, onText} = options;
  const {sessionUid} = campaign;
  const controller = new AbortController();
  const signal = campaign.signal ? AbortSignal.any([campaign.signal, controller.signal]) : controller.signal;
  let job: Promise<void> | undefined;
  let isReported = false;

  const run = async (runUids: readonly string[]): Promise<void> => {
    onText(`Aligning with ${runUids.length} planes of this campaign; the measurement goes on meanwhile.`);
    try {
      await alignOwnPlanes(options, campaign, {runUids, signal});
    } catch (error) {
      onText(
        isAbort(error) || signal.aborted
          ? 'The alignment of this campaign was given up before its end; nothing of it is used.'
          : failureText(store, sessionUid, benchErrorFrom(error)),
      );
    }
  };

  const stop = (reason: string): void => {
    if (!signal.aborted)
      controller.abort(new BenchError('plan/stopped', `The alignment was ended: ${reason}.`));
  };
  return {
    onDigit() {
      if (job || signal.aborted) return;
      try {
        if (hasAcceptedPlacement(store, sessionUid)) {
          if (!isReported)
            onText('An accepted placement predicts this campaign as aligned; none is computed anew.');
          isReported = true;
          return;
        }
        const runUids = distinctPlanes(store, sessionUid);
        if (runUids.length < ownPlaneCount) return;
        job = run(runUids.slice(0, ownPlaneCount));
      } catch (error) {
        onText(failureText(store, sessionUid, benchErrorFrom(error)));
      }
    },
    stop,
    finish: async () => {
      await job;
    },
    async [Symbol.asyncDispose]() {
      stop('the campaign has ended');
      await job;
    },
  };
}

/** Aligns, writes down what came out, and predicts what was measured until now if it is trusted. */
async function alignOwnPlanes(
  {store, hours, align, onText}: AlignCampaignOptions,
  {sessionUid, operator, twin}: AlignableCampaign,
  {runUids, signal}: {readonly runUids: readonly string[]; readonly signal: AbortSignal},
): Promise<void> {
  const {uid, result} = await alignSession(
    store,
    {sessionUid, runUids, workerCount, ...align},
    {signal, hours},
  );
  const {verdict, reasons} = result;
  recordCampaignAlignment(store, sessionUid, {
    alignmentUid: uid,
    verdict,
    reasons,
    runUids,
    operator,
    programVersion,
  });
  const own = ownAlignmentOf(store, sessionUid);
  if (own) onText(ownAlignmentText(own));
  const placed = campaignPlacementOf(store, sessionUid);
  if (!placed) return;
  // What is measured from now on is predicted by the campaign as it comes; these were measured before.
  await predictSession(store, placed, {withTwin: (_design, _probe, work) => work(twin), signal});
}

const hasAcceptedPlacement = (store: Store, sessionUid: string): boolean =>
  activePlacement(store, placeOfSession(store, sessionUid), Date.now() / 1000).placementUid !== null;

/** Runs whose planes an alignment would take, one for each object. */
function distinctPlanes(store: Store, sessionUid: string): string[] {
  const chosen = new Map<string, string>();
  for (const {run, isChosenByDefault} of listSessionScans(store, store.getSession(sessionUid), Infinity))
    if (isChosenByDefault) chosen.set(run.sample ?? run.uid, run.uid);
  return [...chosen.values()];
}

const failureText = (store: Store, sessionUid: string, {message}: BenchError): string => {
  const isUsed = campaignPlacementOf(store, sessionUid) !== undefined;
  return isUsed
    ? `Not every digit could be predicted as aligned: ${message}`
    : `This campaign could not be aligned with its own planes and is predicted as registered: ${message}`;
};
