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

/** What a lost connection means, in words: a program that ended goes on with nothing. */
const lostText = {
  safe: 'The bench was made safe first: a run under way was ended and its points are kept, the source is off, the stages stand. What you see is the last picture. Start the program again to go on.',
  'not-proven-safe':
    'The bench could NOT be proven safe: look at the source and the stages now. Stored points are kept. What you see is the last picture. Start the program again to go on.',
  lost: 'The bench program goes on by itself, a run too. What you see is the last picture; nothing can be moved or set from here until the connection is back. It is tried again all the time.',
} as const;

function LostBanner(): ReactElement {
  const sinceMs = useConnection((state) => state.sinceMs);
  const ending = useConnection((state) => state.hostEnding);
  const host = useHostState();
  const nowMs = useNow(1000);
  const isHostDown = host?.state === 'restarting' || host?.state === 'ended';
  return (
    <div className={styles.banner} role="status">
      <strong>
        {ending === null ? 'Connection lost at' : 'The program ended at'} {clockText(sinceMs)}
      </strong>
      <span>
        {isHostDown && host.text !== '' ? host.text : lostText[ending ?? 'lost']}{' '}
        {/* Read out once, not every second. */}
        <span aria-hidden>({agoText(nowMs - sinceMs)})</span>
      </span>
    </div>
  );
}
