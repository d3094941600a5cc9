import type {CampaignItem, CampaignState} from '../../contract/api/index.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {AnalysisThread} from '../analysis/analysis-thread.ts';
import {skipReason} from '../campaign/skip-reason.ts';
import type {LiveQueue} from '../campaign/campaign-queue.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  lastSuccessfulRuns,
  type CampaignDetails,
} from '../campaign/campaign-results.ts';
import {alignedKinds, sessionAlignedOf} from '../placements/aligned-predictions.ts';
import {ownAlignmentText} from '../../contract/own-alignment-text.ts';
import {ownAlignmentOf} from '../placements/campaign-alignments.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary} from '../store/run-reading.ts';

/** Says how campaigns stand, running and old ones alike, from what is stored of them. */
export interface CampaignProgress {
  /** How a campaign stands now; its version counts up whenever it stands differently than at the look before. */
  look(sessionUid: string): Promise<CampaignState>;
}

export interface CampaignProgressOptions {
  readonly store: Store;
  /** The thread that computes, whichever it is at the moment. */
  readonly analysis: () => AnalysisThread;
  /** What a running campaign still measures; undefined for a session whose campaign does not run here. */
  readonly queueOf: (sessionUid: string) => LiveQueue | undefined;
  /** How the alignment of a running campaign stands; undefined as above. */
  readonly alignmentTextOf: (sessionUid: string) => string | undefined;
}

/** What is kept of a campaign since it was last looked at. */
interface Shown {
  /** Of its digits; they never change. */
  readonly pictures: Promise<readonly Uint8Array<ArrayBuffer>[]>;
  signature: string;
  version: number;
  resultSignature: string;
  result: Promise<CampaignResult | null>;
}

/** What the store holds of a campaign, as far as its progress shows it. */
interface StoredCampaign {
  readonly title: string;
  readonly details: CampaignDetails;
  readonly runs: readonly RunSummary[];
  readonly exclusions: ReturnType<Store['listExclusions']>;
  readonly isComparable: boolean;
  /** Changes when the result may have changed. */
  readonly resultSignature: string;
}

/** Old campaigns whose result is kept at hand. */
const keptCount = 20;

export function createCampaignProgress(options: CampaignProgressOptions): CampaignProgress {
  const {store, analysis, queueOf, alignmentTextOf} = options;
  const shown = new Map<string, Shown>();

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

  const renewResult = (entry: Shown, sessionUid: string, stored: StoredCampaign): void => {
    if (entry.resultSignature === stored.resultSignature) return;
    entry.resultSignature = stored.resultSignature;
    entry.result = stored.isComparable
      ? analysis().ask('campaignResult', {sessionUid})
      : Promise.resolve<CampaignResult | null>(null);
    // The caller that awaits the result gets the error; the next request computes it again.
    entry.result.catch(() => (entry.resultSignature = ''));
  };

  return {
    async look(sessionUid) {
      const stored = readCampaign(store, sessionUid);
      const entry = shownOf(sessionUid, stored.details);
      renewResult(entry, sessionUid, stored);
      const queue = queueOf(sessionUid);
      const isLive = queue !== undefined;
      const items = itemsOf(stored, await entry.pictures, queue);
      const result = await entry.result;
      const {title, resultSignature} = stored;
      const alignmentText = alignmentTextOf(sessionUid) ?? storedAlignmentText(store, sessionUid);
      const signature = JSON.stringify([
        items.map((item) => ({...item, picture: null})),
        resultSignature,
        isLive,
        title,
        alignmentText,
      ]);
      if (signature !== entry.signature) {
        entry.signature = signature;
        entry.version++;
      }
      return {sessionUid, version: entry.version, title, isLive, items, result, alignmentText};
    },
  };
}

function storedAlignmentText(store: Store, sessionUid: string): string {
  const own = ownAlignmentOf(store, sessionUid);
  return own ? ownAlignmentText(own) : '';
}

function readCampaign(store: Store, sessionUid: string): StoredCampaign {
  const session = store.getSession(sessionUid);
  const details = campaignDetailsOf(session);
  const allRuns = store.listRuns(sessionUid);
  const exclusions = store.listExclusions(sessionUid);
  const comparable = store.listArtifacts(sessionUid, artifactKinds.registered).map(({runUid}) => runUid);
  return {
    title: session.title,
    details,
    runs: allRuns.filter(({planName}) => planName === 'campaign-scan'),
    exclusions,
    isComparable: comparable.length > 0,
    resultSignature: JSON.stringify([
      comparable,
      exclusions,
      // Dark levels and reference visits that come after a digit change its figures too.
      allRuns.filter(({exitStatus}) => exitStatus !== undefined).length,
      sessionAlignedOf(store, sessionUid)?.placementUid,
      ownAlignmentOf(store, sessionUid),
      store.listArtifacts(sessionUid, alignedKinds.points).length,
    ]),
  };
}

function itemsOf(
  {details, runs, exclusions}: StoredCampaign,
  pictures: readonly Uint8Array<ArrayBuffer>[],
  queue: LiveQueue | undefined,
): CampaignItem[] {
  return details.digits.map(({label, sample}, index) => {
    const excluded = exclusions.find(({campaignIndex}) => campaignIndex === index);
    const ownRuns = runs.filter(({campaignIndex}) => campaignIndex === index);
    return {
      index,
      label,
      sample,
      picture: pictures[index],
      ...statusOf(index, ownRuns, queue),
      isExcluded: excluded !== undefined,
      excludedBecause: excluded?.reason ?? '',
    };
  });
}

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
