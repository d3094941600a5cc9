import {useEffect, useRef} from 'react';
import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';

/**
 * Everything that a person can do, once: the command palette, the keyboard map (`?`), tooltips and shortcuts are made
 * from these. Escape is not among them: it is STOP, everywhere, and only that.
 */
export interface Action {
  /** `scan.start`. */
  readonly id: string;
  /** Verb and object: `Start the scan`. */
  readonly title: string;
  /** Heading in palette and keyboard map: Scan, Bench, Go to. */
  readonly group: string;
  /** As react-hotkeys-hook writes it: `mod+k`, `g s`. */
  readonly shortcut?: string | undefined;
  /** Why it cannot be done now, in words; absent when it can. */
  readonly disabledBecause?: string | undefined;
  readonly run: () => void;
}

/** All actions that are offered now, by id. */
export const actionStore = createStore<{readonly actions: ReadonlyMap<string, Action>}>(() => ({
  actions: new Map(),
}));

/** All actions of what is open now, in the order they were offered. */
export const useAllActions = (): readonly Action[] => {
  const actions = useStore(actionStore, (state) => state.actions);
  return [...actions.values()];
};

/** Offers actions while the component is there. Give the same ids at every drawing. */
export function useActions(offered: readonly Action[]): void {
  const latest = useRef(offered);
  useEffect(() => {
    latest.current = offered;
  });
  const signature = offered
    .map(({id, title, shortcut, disabledBecause}) => [id, title, shortcut, disabledBecause].join('|'))
    .join('\n');
  useEffect(() => {
    const entries = latest.current.map(
      (action) =>
        [
          action.id,
          // The newest drawing's `run`, so that no action works on an older state.
          {...action, run: () => latest.current.find(({id}) => id === action.id)?.run()},
        ] as const,
    );
    actionStore.setState(({actions}) => ({actions: new Map([...actions, ...entries])}));
    return () =>
      actionStore.setState(({actions}) => ({
        actions: new Map([...actions].filter(([id]) => !entries.some(([own]) => own === id))),
      }));
  }, [signature]);
}

/** Shortcut as it stands on keys: `Ctrl+K`, `G then S`. */
export function shortcutText(shortcut: string): string {
  const isMac = navigator.userAgent.includes('Mac');
  const names: Readonly<Record<string, string>> = {
    mod: isMac ? 'Cmd' : 'Ctrl',
    shift: 'Shift',
    alt: 'Alt',
    space: 'Space',
    slash: '/',
    equal: '=',
    minus: '-',
    escape: 'Esc',
    enter: 'Enter',
  };
  const nameOf = (key: string): string =>
    names[key] ?? (key.length === 1 ? key.toUpperCase() : key.charAt(0).toUpperCase() + key.slice(1));
  return shortcut
    .split(' ')
    .map((press) => press.split('+').map(nameOf).join('+'))
    .join(' then ');
}
