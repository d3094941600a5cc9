import {createChangeSignal} from '../../base/feed.ts';
import type {CampaignState} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {RunControls, RunHooks} from '../bench/bench-engine.ts';
import type {DataFolder} from '../data-folder.ts';
import type {CalibrationHours} from '../../contract/api/app.ts';
import {createOwnAlignment, ownPlaneCount} from '../alignment/align-campaign.ts';
import type {EngineEvent} from '../engine/events.ts';
import type {Store} from '../store/open-store.ts';
import type {AnalysisThread} from '../analysis/analysis-thread.ts';
import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {createLiveQueue, type LiveQueue} from '../campaign/campaign-queue.ts';
import type {CreateOwnAlignment} from '../campaign/own-alignment-hook.ts';
import type {TestDigit} from '../campaign/digits.ts';
import {
  runCampaign,
  type CampaignHooks,
  type CampaignOutcome,
  type CampaignRequest,
  type CampaignSite,
} from '../campaign/run-campaign.ts';
import {resumeCampaign, type CampaignResumption} from '../campaign/resume-campaign.ts';
import {createCampaignProgress} from './campaign-progress.ts';

export interface CampaignJobServiceOptions {
  readonly store: Store;
  readonly data: DataFolder;
  /** The thread that computes, whichever it is at the moment. */
  readonly analysis: () => AnalysisThread;
  readonly hours: () => CalibrationHours;
}

/** Runs campaigns one at a time, takes the operator's changes, and says how any campaign stands. */
export interface CampaignJobService {
  /**
   * Measures a campaign on an open bench to its end, into a session of its own, or what is left of one in its session. Throws
   * what ended it early.
   */
  run(
    bench: OpenBench,
    request: DrawnRequest,
    hooks: CampaignRunHooks,
  ): Promise<{readonly sessionUid: string}>;
  /** How a campaign stands; waits up to `waitMs` while its version is `after`. Works for old ones alike. */
  state(
    sessionUid: string,
    wait: {readonly after: number; readonly waitMs: number; readonly signal?: AbortSignal | undefined},
  ): Promise<CampaignState>;
  /** Of the running campaign; throws `plan/invalid` while none runs. */
  skip(index: number): void;
  repeat(index: number): void;
  exclude(sessionUid: string, index: number, exclusion: {reason: string; author: string} | null): void;
}

export interface CampaignRunHooks extends RunHooks {
  /** Gets the session as soon as it is made. */
  readonly onSession?: (sessionUid: string) => void;
  /** Gets what was measured, also where the campaign was ended early. */
  readonly onOutcome?: (outcome: CampaignOutcome) => void;
}

interface Live {
  readonly queue: LiveQueue;
  sessionUid: string | undefined;
  controls: RunControls | undefined;
  /** A mask is being asked for. */
  isPrompting: boolean;
  /** How the alignment with own planes stands; '' when there is none. */
  alignmentText: string;
}

const waitingText = `It aligns with its own planes as soon as ${ownPlaneCount} digits are measured.`;
type DrawnRequest = CampaignRequest & {
  readonly digits: readonly TestDigit[];
  /** Goes on with it. */
  readonly resume?: CampaignResumption | undefined;
};

const alignsOwn = ({align, digits}: DrawnRequest): boolean =>
  align === 'auto' && digits.length >= ownPlaneCount;

/** How often a campaign is looked at for changes that another process makes. */
const lookMs = 1000;
export function createCampaignJobService({
  store,
  data,
  analysis,
  hours,
}: CampaignJobServiceOptions): CampaignJobService {
  const changes = createChangeSignal();
  const noteChange = (): void => changes.notify();
  let live: Live | undefined;
  const progress = createCampaignProgress({
    store,
    analysis,
    queueOf: (sessionUid) => (live?.sessionUid === sessionUid ? live.queue : undefined),
    alignmentTextOf: (sessionUid) => (live?.sessionUid === sessionUid ? live.alignmentText : undefined),
  });
  const requireLive = (): Live => {
    if (live) return live;
    throw noneRunning();
  };

  return {
    async run(bench, request, hooks) {
      const queue = createLiveQueue(request.digits.length, noteChange, request.resume?.rest.left);
      const own = newLive(queue, request);
      live = own;
      try {
        const outcome = await measure({bench, store, data}, request, {
          ...hooksThatFollow(own, hooks, noteChange),
          queue,
          ...(alignsOwn(request) && {alignOwn: aligning(own, {store, hours, hooks, onChange: noteChange})}),
          evaluate: (sessionUid) => analysis().ask('evaluate', {sessionUid, reportFolder: data.reportFolder}),
        });
        hooks.onOutcome?.(outcome);
        return sessionOf(outcome);
      } finally {
        live = undefined;
        noteChange();
      }
    },

    async state(sessionUid, {after, waitMs, signal}) {
      const untilMs = performance.now() + waitMs;
      for (;;) {
        // Taken before looking, so that what changes meanwhile is not missed.
        const {count} = changes;
        const state = await progress.look(sessionUid);
        const leftMs = untilMs - performance.now();
        // A number from an earlier start of the host is above ours: its owner is answered at once.
        if (state.version !== after || leftMs <= 0 || signal?.aborted) return state;
        await changes.wait({after: count, waitMs: Math.min(leftMs, lookMs), signal});
      }
    },

    skip(index) {
      const {queue, controls, isPrompting} = requireLive();
      queue.skip(index);
      // A mask that nobody needs any more is not waited for. Other waits are short and end by themselves.
      if (queue.isSkipping() && isPrompting) controls?.skipWait();
    },

    repeat: (index) => requireLive().queue.repeat(index),

    exclude(sessionUid, index, exclusion) {
      excludeDigit(store, {sessionUid, index}, exclusion);
      noteChange();
    },
  };
}

/** A whole campaign, or what is left of one. */
const measure = (
  site: CampaignSite,
  {resume, ...request}: DrawnRequest,
  hooks: CampaignHooks,
): Promise<CampaignOutcome> =>
  resume ? resumeCampaign(site, {...request, resume}, hooks) : runCampaign(site, request, hooks);

const noneRunning = (): BenchError =>
  new BenchError(
    'plan/invalid',
    'No campaign is running, so nothing can be skipped or measured again. Start a campaign with the digits that you want.',
  );

const newLive = (queue: LiveQueue, request: DrawnRequest): Live => ({
  queue,
  sessionUid: undefined,
  controls: undefined,
  isPrompting: false,
  alignmentText: alignsOwn(request) ? waitingText : '',
});

/** Aligns a campaign with its own planes; how that stands is kept with the campaign and told. */
function aligning(
  live: Live,
  {
    store,
    hours,
    hooks,
    onChange,
  }: Pick<CampaignJobServiceOptions, 'store' | 'hours'> & {
    readonly hooks: CampaignRunHooks;
    readonly onChange: () => void;
  },
): CreateOwnAlignment {
  const onText = (text: string): void => {
    live.alignmentText = text;
    hooks.onText?.(text);
    onChange();
  };
  return (campaign) => createOwnAlignment({store, hours: hours(), onText}, campaign);
}

/** The caller's hooks, with what the service itself keeps of the campaign under way. */
const hooksThatFollow = (live: Live, hooks: CampaignRunHooks, onChange: () => void): CampaignHooks => ({
  ...hooks,
  onSession(sessionUid) {
    live.sessionUid = sessionUid;
    hooks.onSession?.(sessionUid);
    onChange();
  },
  onStart(controls) {
    live.controls = controls;
    hooks.onStart?.(controls);
  },
  onEvent(event) {
    if (event.type === 'operator') live.isPrompting = !event.isDone;
    if (isRunBoundary(event)) onChange();
    hooks.onEvent?.(event);
  },
  onDigitReady: onChange,
});

/** Leaves a digit out of the evaluation, or takes it in again. Throws `plan/invalid` without a reason or digit. */
function excludeDigit(
  store: Store,
  {sessionUid, index}: {readonly sessionUid: string; readonly index: number},
  exclusion: {readonly reason: string; readonly author: string} | null,
): void {
  const {digits} = campaignDetailsOf(store.getSession(sessionUid));
  if (index >= digits.length)
    throw new BenchError(
      'plan/invalid',
      `The campaign has no digit ${index + 1}; it has ${digits.length}. Nothing was changed.`,
    );
  if (exclusion === null) return store.includeDigit(sessionUid, index);
  const reason = exclusion.reason.trim();
  if (reason === '')
    throw new BenchError(
      'plan/invalid',
      'A digit is left out only with a reason, which the report prints. Nothing was changed; say why.',
    );
  store.excludeDigit(sessionUid, {campaignIndex: index, reason, author: exclusion.author});
}

const isRunBoundary = (event: EngineEvent): boolean =>
  event.type === 'document' && (event.document[0] === 'start' || event.document[0] === 'stop');

/** Throws what ended a campaign early. */
function sessionOf({sessionUid, endedEarly}: CampaignOutcome): {readonly sessionUid: string} {
  if (endedEarly === null) return {sessionUid};
  throw endedEarly instanceof Error ? endedEarly : benchErrorFrom(endedEarly);
}
