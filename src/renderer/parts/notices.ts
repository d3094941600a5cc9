import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import {isDisconnect, isWithdrawn, problemFrom} from '../connection/index.ts';

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'attention' | 'error';
  readonly text: string;
  /** What to do next, as a button. */
  readonly action?: {readonly label: string; readonly run: () => void} | undefined;
}

const noticeStore = createStore<{readonly notices: readonly Notice[]}>(() => ({notices: []}));
let nextId = 1;

/** At most so many stand on the screen; the host's log has them all. */
const shownLimit = 4;

export const useNotices = (): readonly Notice[] => useStore(noticeStore, ({notices}) => notices);

/** Shows a notice; an equal one that still stands is not shown twice. Errors stay until they are put away. */
export function notify(notice: Omit<Notice, 'id'>): void {
  noticeStore.setState(({notices}) => {
    const others = notices.filter(({text}) => text !== notice.text);
    return {notices: [...others, {...notice, id: nextId++}].slice(-shownLimit)};
  });
}

export const dismissNotice = (id: number): void =>
  noticeStore.setState(({notices}) => ({notices: notices.filter((notice) => notice.id !== id)}));

/** Shows what went wrong, once, in the bench's own words. */
export function notifyProblem(error: unknown, action?: Notice['action']): void {
  if (isWithdrawn(error)) return;
  const {message} = problemFrom(error);
  notify({level: isDisconnect(error) ? 'attention' : 'error', text: message, action});
}

/** Does something at the bench on a click: a failure becomes a notice. Resolves with whether it was done. */
export async function attempt(work: () => Promise<unknown>, doneText?: string): Promise<boolean> {
  try {
    await work();
    if (doneText !== undefined) notify({level: 'info', text: doneText});
    return true;
  } catch (error) {
    notifyProblem(error);
    return false;
  }
}
