import {useEffect, useRef, useState, useSyncExternalStore} from 'react';

export interface Play {
  readonly isPlaying: boolean;
  /** The system asks for less motion: one step a second. */
  readonly isSlow: boolean;
  readonly toggle: () => void;
  readonly stop: () => void;
}

const stepMs = 140;
const slowStepMs = 1000;
const query = '(prefers-reduced-motion: reduce)';

const watch = (listener: () => void): (() => void) => {
  const media = matchMedia(query);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
};

/** Takes one step after another while it plays; `canPlay` false stops it. */
export function usePlay(step: () => void, canPlay: boolean): Play {
  const [isWanted, setIsWanted] = useState(false);
  const isSlow = useSyncExternalStore(watch, () => matchMedia(query).matches);
  const isPlaying = isWanted && canPlay;
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => latest.current(), isSlow ? slowStepMs : stepMs);
    return () => clearInterval(timer);
  }, [isPlaying, isSlow]);
  return {isPlaying, isSlow, toggle: () => setIsWanted(!isPlaying), stop: () => setIsWanted(false)};
}
