import {useEffect, useRef} from 'react';
import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import type {Prompt} from '../../contract/api/index.ts';
import {client, useMay, useStatus} from '../connection/index.ts';
import {attempt, notify} from '../parts/index.ts';
import {useIsRunLive} from '../run-data/index.ts';

/** What this window did with a prompt, by its id. */
interface PromptState {
  readonly setAsideId: string | null;
  /** Asked for by a window that may not answer. */
  readonly shownId: string | null;
  readonly answeredId: string | null;
}
const promptStore = createStore<PromptState>(() => ({setAsideId: null, shownId: null, answeredId: null}));

export interface PromptView {
  readonly prompt: Prompt | null;
  /** The person wants to see the page first; the run goes on waiting. */
  readonly isSetAside: boolean;
  readonly setAside: (isSetAside: boolean) => void;
}

/** What the run waits for; a window that may only look starts with it set aside. */
export function usePrompt(): PromptView {
  const prompt = useStatus((status) => status?.prompt ?? null);
  const mayAnswer = useMay('operate');
  const setAsideId = useStore(promptStore, (state) => state.setAsideId);
  const shownId = useStore(promptStore, (state) => state.shownId);
  const id = prompt?.id ?? null;
  return {
    prompt,
    isSetAside: id !== null && (setAsideId === id || (!mayAnswer && shownId !== id)),
    setAside: (isSetAside) =>
      promptStore.setState({setAsideId: isSetAside ? id : null, shownId: isSetAside ? null : id}),
  };
}

/** Answers a prompt from this window. Resolves with whether the answer was taken. */
export function answerPrompt(id: string, answer: 'done' | 'refused', reason = ''): Promise<boolean> {
  promptStore.setState({answeredId: id});
  return attempt(() => client.bench.answerPrompt({id, answer, reason}));
}

/** Answers a question from this window with one of its choices. */
export function choosePrompt(id: string, choice: string): Promise<boolean> {
  promptStore.setState({answeredId: id});
  return attempt(() => client.bench.answerPrompt({id, answer: 'done', choice}));
}

/** Says when a prompt that stood here was answered by another window, so that nobody wonders where it went. */
export function usePromptAnsweredElsewhere(): void {
  const id = useStatus((status) => status?.prompt?.id ?? null);
  const isRunLive = useIsRunLive();
  const before = useRef<string | null>(null);
  useEffect(() => {
    const gone = before.current;
    before.current = id;
    if (gone === null || gone === id || !isRunLive) return;
    if (promptStore.getState().answeredId !== gone)
      notify({level: 'info', text: 'What the run asked for was answered in another window.'});
  }, [id, isRunLive]);
}
