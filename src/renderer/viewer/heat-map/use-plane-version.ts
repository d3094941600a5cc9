import {useCallback, useSyncExternalStore} from 'react';
import {LivePlane} from '../plane/live-plane.ts';
import type {Plane} from '../plane/plane.ts';

/** Renders again when a live plane changed, at most so often: digits that change faster cannot be read. */
export function usePlaneVersion(plane: Plane | LivePlane, intervalMs = 125): number {
  const subscribe = useCallback(
    (listener: () => void) => {
      if (!(plane instanceof LivePlane)) return () => undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const stop = plane.subscribe(() => {
        timer ??= setTimeout(() => {
          timer = undefined;
          listener();
        }, intervalMs);
      });
      return () => {
        stop();
        clearTimeout(timer);
      };
    },
    [plane, intervalMs],
  );
  return useSyncExternalStore(subscribe, () => (plane instanceof LivePlane ? plane.version : 0));
}
