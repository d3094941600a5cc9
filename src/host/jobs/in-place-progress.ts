import type {InPlaceProgress} from '../../contract/api/index.ts';

/** How far the plate is that is being learnt on the bench, or was the last; for those who follow it. */
export interface InPlaceFollowing {
  /** Null before the first of this host. */
  readonly progress: InPlaceProgress | null;
  begin(progress: InPlaceProgress): void;
  learnt(id: string, news: Pick<InPlaceProgress, 'before' | 'curve'>): void;
}

/** Knows one learning at a time, as the bench has one job at a time. */
export function createInPlaceFollowing(): InPlaceFollowing {
  let progress: InPlaceProgress | null = null;
  return {
    get progress() {
      return progress;
    },
    begin(begun) {
      progress = begun;
    },
    learnt(id, news) {
      if (progress?.id === id) progress = {...progress, ...news};
    },
  };
}
