import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import {createDraftStore} from '../../parts/index.ts';
import {defaultFree, type FreeChanges} from './free-parameters.ts';

export type Orientation = 'auto' | 'always' | 'never';

/** What is being prepared on the Align page; it stays while one looks at other pages. */
export interface AlignDraft {
  /** Null: the newest session that can be used. */
  readonly sessionUid: string | null;
  /** Planes picked by hand, by session; those that are taken by default for all others. */
  readonly runUidsBySession: Readonly<Record<string, readonly string[]>>;
  readonly free: FreeChanges;
  readonly orientation: Orientation;
}

const draftStore = createDraftStore<AlignDraft>('align', {
  sessionUid: null,
  runUidsBySession: {},
  free: defaultFree,
  orientation: 'auto',
});

/**
 * The alignment that this window has started or seen under way, until another one is prepared: its end stays in view,
 * also after a look at other pages. What ended before the window was opened is in the list of earlier ones.
 */
const watchStore = createStore<{readonly jobId: string | null}>(() => ({jobId: null}));

export const useWatchedJob = (): string | null => useStore(watchStore, ({jobId}) => jobId);
export const watchJob = (jobId: string | null): void => watchStore.setState({jobId});

export const useAlignDraft = (): AlignDraft => useStore(draftStore);
export const changeDraft = (changes: Partial<AlignDraft>): void => draftStore.setState(changes);
