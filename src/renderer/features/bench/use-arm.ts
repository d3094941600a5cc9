import {useCallback, useEffect, useRef, useState} from 'react';

/** Jog disarms by itself after so long without use, ms. */
const idleMs = 30_000;
/** From here on the time left is shown, s. */
const shownBelowS = 10;

export interface Arm {
  readonly isArmed: boolean;
  readonly arm: (isArmed: boolean) => void;
  /** Says that jog is being used, which puts off the disarming. */
  readonly noteUse: () => void;
  /** Time until it disarms, s; null while it is long. */
  readonly leftS: number | null;
}

/** Armed by hand; disarmed by hand, after 30 s without use, when the window loses the focus, or when it must not be. */
export function useArm(mustNot: boolean, onDisarm: () => void): Arm {
  const [isArmed, setArmed] = useState(false);
  const [leftS, setLeftS] = useState<number | null>(null);
  const usedAtMs = useRef(0);
  const report = useRef(onDisarm);
  useEffect(() => {
    report.current = onDisarm;
  });
  const isOn = isArmed && !mustNot;
  if (isArmed && mustNot) setArmed(false);
  const noteUse = useCallback(() => {
    usedAtMs.current = performance.now();
    setLeftS(null);
  }, []);
  const arm = useCallback(
    (next: boolean) => {
      noteUse();
      setArmed(next);
    },
    [noteUse],
  );
  useEffect(() => {
    if (!isOn) return undefined;
    const disarm = (): void => setArmed(false);
    const onVisibility = (): void => {
      if (document.hidden) disarm();
    };
    const timer = setInterval(() => {
      const left = Math.ceil((usedAtMs.current + idleMs - performance.now()) / 1000);
      if (left <= 0) disarm();
      else setLeftS(left <= shownBelowS ? left : null);
    }, 250);
    window.addEventListener('blur', disarm);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      clearInterval(timer);
      window.removeEventListener('blur', disarm);
      document.removeEventListener('visibilitychange', onVisibility);
      report.current();
    };
  }, [isOn]);
  return {isArmed: isOn, arm, noteUse, leftS};
}
