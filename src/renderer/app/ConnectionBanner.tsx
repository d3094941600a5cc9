import type {ReactElement} from 'react';
import {useConnection} from '../connection/index.ts';
import {agoText, clockText, useNow} from '../parts/index.ts';
import styles from './ConnectionBanner.module.css';
import {useHostState} from './host-state.ts';

/** Says that the picture stands still, since when, and what that means for the run. */
export function ConnectionBanner(): ReactElement | null {
  const phase = useConnection((state) => state.phase);
  const hasBeenOpen = useConnection(({info}) => info !== null);
  return phase === 'lost' && hasBeenOpen ? <LostBanner /> : null;
}

function LostBanner(): ReactElement {
  const sinceMs = useConnection((state) => state.sinceMs);
  const host = useHostState();
  const nowMs = useNow(1000);
  const isHostDown = host?.state === 'restarting' || host?.state === 'ended';
  return (
    <div className={styles.banner} role="status">
      <strong>Connection lost at {clockText(sinceMs)}</strong>
      <span>
        {isHostDown && host.text !== ''
          ? host.text
          : 'The bench program goes on by itself, a run too. What you see is the last picture; nothing can be moved or set from here until the connection is back. It is tried again all the time.'}{' '}
        {/* Read out once, not every second. */}
        <span aria-hidden>({agoText(nowMs - sinceMs)})</span>
      </span>
    </div>
  );
}
