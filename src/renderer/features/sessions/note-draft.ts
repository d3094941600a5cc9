import {useState} from 'react';

/** Text of a note that was begun and not written yet, with what it is about. */
export interface NoteDraft {
  readonly text: string;
  /** The run that it is about; null for the session as a whole. */
  readonly runUid: string | null;
}

const noDraft: NoteDraft = {text: '', runUid: null};
const keyOf = (sessionUid: string): string => `d2nn-bench.note.${sessionUid}`;

/** The draft that this tab keeps for a session. What cannot be read counts as none. */
export function readNoteDraft(storage: Storage, sessionUid: string): NoteDraft {
  const kept = storage.getItem(keyOf(sessionUid));
  if (kept === null) return noDraft;
  const [runUid = '', ...lines] = kept.split('\n');
  return {runUid: runUid === '' ? null : runUid, text: lines.join('\n')};
}

export function keepNoteDraft(storage: Storage, sessionUid: string, {text, runUid}: NoteDraft): void {
  if (text === '' && runUid === null) storage.removeItem(keyOf(sessionUid));
  else storage.setItem(keyOf(sessionUid), `${runUid ?? ''}\n${text}`);
}

/**
 * The draft of a session's note, kept as it is typed: it survives going to another page and a reload of this one.
 * Give the component a `key` of the session.
 */
export function useNoteDraft(sessionUid: string): [NoteDraft, (draft: NoteDraft) => void] {
  const [draft, setDraft] = useState(() => readNoteDraft(sessionStorage, sessionUid));
  return [
    draft,
    (next) => {
      keepNoteDraft(sessionStorage, sessionUid, next);
      setDraft(next);
    },
  ];
}
