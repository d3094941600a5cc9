import {useSyncExternalStore} from 'react';
import type {BaseLocationHook, BaseSearchHook} from 'wouter';

/**
 * Page and its question both live behind the `#`, as in `#/compare?a=run:UID`: a link to a page can be copied whole, and
 * no server ever sees it. (wouter's own hash hook moves the question in front of the `#`.)
 */
const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
};

const splitHash = (): readonly [path: string, search: string] => {
  const [path = '', ...rest] = location.hash.replace(/^#?\/?/, '').split('?');
  return [`/${path}`, rest.join('?')];
};
const pathNow = (): string => splitHash()[0];
const searchNow = (): string => splitHash()[1];

/** Goes to a page, with or without a question: `/compare?a=run:UID`. */
export function navigate(to: string, options: {readonly replace?: boolean} = {}): void {
  history[options.replace ? 'replaceState' : 'pushState'](null, '', `#/${to.replace(/^#?\/?/, '')}`);
  dispatchEvent(new Event('hashchange'));
}

/** For wouter's `Router`. */
export const useHashPath: BaseLocationHook = () => [useSyncExternalStore(subscribe, pathNow), navigate];
export const useHashSearch: BaseSearchHook = () => useSyncExternalStore(subscribe, searchNow);
/** Addresses of wouter's links. */
export const hashHref = (path: string): string => `#${path}`;
