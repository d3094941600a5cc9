import {useEffect, useState} from 'react';

/** The present time, ms since the epoch, drawn anew every `everyMs`: for ages and waits that people read. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
