import {createFeed, type FeedWait} from '../../base/feed.ts';
import type {TrainingEntry, TrainingPlanes} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {bestEpochOf} from '../../contract/training-checks.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import type {TrainingNews} from '../designs/train-apart.ts';

/** What a training tells, kept for whoever follows it. */
export interface TrainingFeed {
  readonly folder: string;
  readonly settings: TrainingSettingsData;
  add(news: TrainingNews): void;
  /** Entries after `after`, and the newest planes where they came after it; waits while there is nothing. */
  follow(wait: FeedWait & {readonly limit: number}): Promise<{
    readonly last: number;
    readonly lostCount: number;
    readonly entries: readonly TrainingEntry[];
    readonly planes: TrainingPlanes | null;
  }>;
}

/** Feeds of the last trainings, by the ids of their computations. */
export interface TrainingFeeds {
  add(id: string, feed: TrainingFeed): void;
  /** Throws `store/not-found` without such a training. */
  get(id: string): TrainingFeed;
}

const keptFeeds = 20;
/** Reports that are kept: fifty passes over 60,000 digits, some megabytes. */
const keptEntries = 10_000;
const quietMs = 100;

export function createTrainingFeeds(): TrainingFeeds {
  const feeds = new Map<string, TrainingFeed>();
  return {
    add(id, feed) {
      feeds.set(id, feed);
      for (const [oldest] of feeds) if (feeds.size > keptFeeds) feeds.delete(oldest);
    },
    get(id) {
      const feed = feeds.get(id);
      if (feed) return feed;
      throw new BenchError(
        'store/not-found',
        `There is no training ${id}: the last ${keptFeeds} are kept until the program ends. Curves of designs are in their folders.`,
      );
    },
  };
}

export function createTrainingFeed({
  folder,
  settings,
}: Pick<TrainingFeed, 'folder' | 'settings'>): TrainingFeed {
  const feed = createFeed<TrainingEntry>({capacity: keptEntries, quietMs});
  let planes: {readonly number: number; readonly newest: TrainingPlanes} | null = null;
  return {
    folder,
    settings,
    add(news) {
      if (news.kind === 'planes') planes = {number: feed.add({kind: 'planes'}), newest: news.planes};
      else for (const entry of entriesOf(news)) feed.add(entry);
    },
    async follow(wait) {
      const {last, lostCount, entries} = await feed.follow(wait);
      const after = wait.after > feed.last ? 0 : wait.after;
      const isNew = planes !== null && planes.number > after && planes.number <= last;
      return {last, lostCount, entries, planes: isNew && planes ? planes.newest : null};
    },
  };
}

function entriesOf(news: Exclude<TrainingNews, {kind: 'planes'}>): TrainingEntry[] {
  switch (news.kind) {
    case 'note':
      return [];
    case 'behind': {
      const best = bestEpochOf(news.curve);
      return news.curve.map((point) => ({kind: 'epoch', point, isBest: point === best}));
    }
    case 'epoch':
    case 'place':
      return [news];
    case 'progress': {
      const {step, stepCount, loss, accuracy, meanMargin, epochCount} = news.progress;
      return [
        {kind: 'report', step, stepCount, epoch: (step * epochCount) / stepCount, loss, accuracy, meanMargin},
      ];
    }
  }
}
