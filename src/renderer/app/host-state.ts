import {useSyncExternalStore} from 'react';
import type {HostState} from '../../contract/host-process.ts';

let latest: HostState | null = null;

const subscribe = (listener: () => void): (() => void) =>
  window.d2nnShell?.onHostState((state) => {
    latest = state;
    listener();
  }) ?? (() => undefined);

/** How the shell says the host does; null in a browser, which has no shell. */
export const useHostState = (): HostState | null => useSyncExternalStore(subscribe, () => latest);
