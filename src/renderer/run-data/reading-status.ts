import {useMemo, useSyncExternalStore} from 'react';
import type {Status} from '../../contract/api/index.ts';
import type {InstrumentKind} from '../../contract/instruments.ts';
import {statusStore, useConnection} from '../connection/index.ts';
import {agoText} from '../parts/index.ts';
import {isLive} from './run-acts.ts';

/** How far what is shown of an instrument is what is so now. */
export interface ReadingStatus {
  /** Whether it is connected and was read just now; false: the value is shown as old, or as not known. */
  readonly isNow: boolean;
  /** Whether it was ever read. */
  readonly isKnown: boolean;
  /** What to say beside the value: ''; `12 s ago`; `not connected, 12 s ago`. */
  readonly text: string;
}

/** The host's label of an instrument that is not connected. */
const awayLabels: ReadonlySet<string> = new Set(['not connected', 'connecting']);
/** A reading that is older than this is shown as old, ms. */
const oldMs = 3000;
/** A run looks at its source every 2 s of bench time, a little later where it is busy; what is older is not known. */
const heldMs = 10_000;

/** What a picture of the bench says about now, `sinceMs` after it came. */
export function readingStatusOf(
  status: Status | null,
  kind: InstrumentKind,
  {isConnected, sinceMs}: {readonly isConnected: boolean; readonly sinceMs: number},
): ReadingStatus {
  const reading = status?.[kind] ?? null;
  const label = status?.instruments.find((one) => one.kind === kind)?.label;
  const isAway = !isConnected || label === undefined || awayLabels.has(label);
  const away = !isConnected ? 'as last seen' : label === undefined ? '' : label;
  // An instrument that was never read has the time 0.
  const readMs = reading === null ? 0 : Date.parse(reading.utc);
  if (status === null || readMs === 0)
    return {isNow: false, isKnown: false, text: isAway ? away : 'not read yet'};
  const ageMs = Math.max(0, Date.parse(status.utc) - readMs + Math.max(0, sinceMs));
  // A run looks at its source at its own times and ends when that is not as it set it: between two looks it holds.
  const isHeld = kind === 'source' && isLive(status.run?.state) && status.run?.state !== 'paused';
  const isNow = !isAway && ageMs <= (isHeld ? heldMs : oldMs);
  const parts = [isAway ? away : '', agoText(ageMs)].filter((part) => part !== '');
  return {isNow, isKnown: true, text: isNow ? '' : parts.join(', ')};
}

/** How far what is shown of an instrument is what is so now; looked at with every picture and every second. */
export function useReadingStatus(kind: InstrumentKind): ReadingStatus {
  const isConnected = useConnection(({phase}) => phase === 'open');
  // As text, so that pictures and seconds that change nothing about it draw nothing anew.
  const key = useSyncExternalStore(onPictureOrSecond, () => {
    const {status, receivedMs} = statusStore.getState();
    return JSON.stringify(readingStatusOf(status, kind, {isConnected, sinceMs: Date.now() - receivedMs}));
  });
  return useMemo(() => JSON.parse(key) as ReadingStatus, [key]);
}

function onPictureOrSecond(look: () => void): () => void {
  const stopFollowing = statusStore.subscribe(look);
  const timer = setInterval(look, 1000);
  return () => {
    stopFollowing();
    clearInterval(timer);
  };
}
