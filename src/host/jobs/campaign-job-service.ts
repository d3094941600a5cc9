import type {CampaignItem, CampaignState} from '../../contract/api/index.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {alignedKinds, sessionAlignedOf} from '../placements/aligned-predictions.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {RunControls, RunHooks} from '../bench/bench-engine.ts';
import type {DataFolder} from '../data-folder.ts';
import type {EngineEvent} from '../engine/events.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary} from '../store/run-reading.ts';
import type {AnalysisThread} from '../analysis/analysis-thread.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  lastSuccessfulRuns,
  type CampaignDetails,
} from '../campaign/campaign-results.ts';
import {createLiveQueue, type LiveQueue} from '../campaign/campaign-queue.ts';
import type {TestDigit} from '../campaign/digits.ts';
import {runCampaign, type CampaignOutcome, type CampaignRequest} from '../campaign/run-campaign.ts';

export interface CampaignJobServiceOptions {
  readonly store: Store;
  readonly data: DataFolder;
  /** The thread that computes, whichever it is at the moment. */
  readonly analysis: () => AnalysisThread;
}

/** Runs campaigns one at a time, takes the operator's changes, and says how any campaign stands. */
export interface CampaignJobService {
  /** Measures a campaign on an open bench to its end, into a session of its own. Throws what ended it early. */
  run(
    bench: OpenBench,
    request: CampaignRequest & {readonly digits: readonly TestDigit[]},
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
}

/** What is known of a session since it was last looked at. */
interface Shown {
  readonly pictures: Promise<readonly Uint8Array<ArrayBuffer>[]>;
  signature: string;
  version: number;
  resultSignature: string;
  result: Promise<CampaignResult | null>;
}

/** How often a campaign is looked at for changes that another process makes. */
const lookMs = 1000;
/** Old campaigns whose result is kept at hand. */
const keptCount = 20;
/** What a digit ends as that the operator skipped; see plans/wrappers.ts. */
const skipReason = 'skipped by operator';

export function createCampaignJobService({
  store,
  data,
  analysis,
}: CampaignJobServiceOptions): CampaignJobService {
  const shown = new Map<string, Shown>();
  let live: Live | undefined;
  let changed = Promise.withResolvers<void>();
  const noteChange = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const requireLive = (): Live => {
    if (live) return live;
    throw new BenchError(
      'plan/invalid',
      'No campaign is running, so nothing can be skipped or measured again. Start a campaign with the digits that you want.',
    );
  };
  const liveOf = (sessionUid: string): Live | undefined =>
    live?.sessionUid === sessionUid ? live : undefined;

  const shownOf = (sessionUid: string, details: CampaignDetails): Shown => {
    const known = shown.get(sessionUid);
    if (known) return known;
    const [oldest] = shown.keys();
    if (shown.size >= keptCount) shown.delete(oldest);
    const fresh: Shown = {
      pictures: picturesOf(analysis(), details),
      signature: '',
      version: 0,
      resultSignature: '',
      result: Promise.resolve(null),
    };
    shown.set(sessionUid, fresh);
    return fresh;
  };

  /** Brings what is shown of a session up to what is stored; counts its version up when it changed. */
  const look = async (sessionUid: string): Promise<{entry: Shown; state: Omit<CampaignState, 'version'>}> => {
    const session = store.getSession(sessionUid);
    const details = campaignDetailsOf(session);
    const entry = shownOf(sessionUid, details);
    const allRuns = store.listRuns(sessionUid);
    const runs = allRuns.filter(({planName}) => planName === 'campaign-scan');
    const exclusions = store.listExclusions(sessionUid);
    const comparable = store.listArtifacts(sessionUid, artifactKinds.registered).map(({runUid}) => runUid);
    // Dark levels and reference visits that come after a digit change its figures too.
    const endedCount = allRuns.filter(({exitStatus}) => exitStatus !== undefined).length;
    const aligned = sessionAlignedOf(store, sessionUid);
    const alignedCount = store.listArtifacts(sessionUid, alignedKinds.points).length;
    const resultSignature = JSON.stringify([
      comparable,
      exclusions,
      endedCount,
      aligned?.placementUid,
      alignedCount,
    ]);
    if (entry.resultSignature !== resultSignature) {
      entry.resultSignature = resultSignature;
      entry.result =
        comparable.length > 0
          ? analysis().ask('campaignResult', {sessionUid})
          : Promise.resolve<CampaignResult | null>(null);
      // Whoever awaits the result gets the error; the next look computes it again.
      entry.result.catch(() => (entry.resultSignature = ''));
    }
    const running = liveOf(sessionUid);
    const pictures = await entry.pictures;
    const items = details.digits.map((digit, index): CampaignItem => {
      const excluded = exclusions.find(({campaignIndex}) => campaignIndex === index);
      return {
        index,
        label: digit.label,
        sample: digit.sample,
        picture: pictures[index],
        ...statusOf(
          index,
          runs.filter(({campaignIndex}) => campaignIndex === index),
          running?.queue,
        ),
        isExcluded: excluded !== undefined,
        excludedBecause: excluded?.reason ?? '',
      };
    });
    const result = await entry.result;
    const signature = JSON.stringify([
      // Pictures never change.
      items.map((item) => ({...item, picture: null})),
      resultSignature,
      running !== undefined,
      session.title,
    ]);
    if (signature !== entry.signature) {
      entry.signature = signature;
      entry.version++;
    }
    return {
      entry,
      state: {sessionUid, title: session.title, isLive: running !== undefined, items, result},
    };
  };

  return {
    async run(bench, request, hooks) {
      const queue = createLiveQueue(request.digits.length, noteChange);
      const own: Live = {queue, sessionUid: undefined, controls: undefined, isPrompting: false};
      live = own;
      try {
        const outcome = await runCampaign(bench, store, data, request, {
          ...hooks,
          queue,
          onSession(sessionUid) {
            own.sessionUid = sessionUid;
            hooks.onSession?.(sessionUid);
            noteChange();
          },
          onStart(controls) {
            own.controls = controls;
            hooks.onStart?.(controls);
          },
          onEvent(event) {
            if (event.type === 'operator') own.isPrompting = !event.isDone;
            if (isRunBoundary(event)) noteChange();
            hooks.onEvent?.(event);
          },
          onDigitReady: noteChange,
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
        const next = changed.promise;
        const {entry, state} = await look(sessionUid);
        const leftMs = untilMs - performance.now();
        // A number from an earlier start of the host is above ours: its owner is answered at once.
        if (entry.version !== after || leftMs <= 0 || signal?.aborted)
          return {...state, version: entry.version};
        await within(next, Math.min(leftMs, lookMs), signal);
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
      const {digits} = campaignDetailsOf(store.getSession(sessionUid));
      if (index >= digits.length)
        throw new BenchError(
          'plan/invalid',
          `The campaign has no digit ${index + 1}; it has ${digits.length}. Nothing was changed.`,
        );
      if (exclusion === null) store.includeDigit(sessionUid, index);
      else if (exclusion.reason.trim() === '')
        throw new BenchError(
          'plan/invalid',
          'A digit is left out only with a reason, which the report prints. Nothing was changed; say why.',
        );
      else
        store.excludeDigit(sessionUid, {
          campaignIndex: index,
          reason: exclusion.reason.trim(),
          author: exclusion.author,
        });
      noteChange();
    },
  };
}

const isRunBoundary = (event: EngineEvent): boolean =>
  event.type === 'document' && (event.document[0] === 'start' || event.document[0] === 'stop');

/** State and runs of one digit: the last good run counts, the others are its earlier tries. */
function statusOf(
  index: number,
  runs: readonly RunSummary[],
  queue: LiveQueue | undefined,
): Pick<CampaignItem, 'state' | 'runUid' | 'earlierRunUids'> {
  const last = runs.at(-1);
  const good = lastSuccessfulRuns(runs).get(index);
  const isRunning = queue?.current === index;
  const underWay = isRunning && last?.exitStatus === undefined ? last : undefined;
  const shown = underWay ?? good ?? last;
  return {
    state: isRunning
      ? 'running'
      : queue?.waiting.includes(index)
        ? 'waiting'
        : good
          ? 'done'
          : last === undefined || last.reason === skipReason
            ? 'skipped'
            : 'failed',
    runUid: shown?.uid ?? null,
    earlierRunUids: runs.filter((run) => run !== shown).map(({uid}) => uid),
  };
}

async function picturesOf(
  analysis: AnalysisThread,
  {digits}: CampaignDetails,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const pictures = await analysis.ask('digitPictures', {indices: digits.map(({index}) => index)});
  return pictures.map((picture) => picture ?? new Uint8Array(28 * 28));
}

/** Resolves with `promise`, after `ms`, or on abort, whichever is first. */
function within(promise: Promise<void>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    signal?.addEventListener('abort', go, {once: true});
    void promise.then(go);
  });
}

/** Throws what ended a campaign early. */
function sessionOf({sessionUid, endedEarly}: CampaignOutcome): {readonly sessionUid: string} {
  if (endedEarly === null) return {sessionUid};
  throw endedEarly instanceof Error ? endedEarly : benchErrorFrom(endedEarly);
}
