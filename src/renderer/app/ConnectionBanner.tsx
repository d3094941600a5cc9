import type {ReactElement} from 'react';
import {endingTexts} from '../../contract/host-process.ts';
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

const afterEnding = 'What you see is the last picture. Start the program again to go on.';
/** A connection that is merely lost does not say whether there is still a program behind it. */
const lostText =
  'If the program still runs, it goes on by itself, a run too; from here that cannot be seen. What you see is the last picture; nothing can be moved or set from here until the connection is back. It is tried again all the time.';

function LostBanner(): ReactElement {
  const sinceMs = useConnection((state) => state.sinceMs);
  const ending = useConnection((state) => state.hostEnding);
  const host = useHostState();
  const nowMs = useNow(1000);
  const isHostDown = host?.state === 'restarting' || host?.state === 'ended';
  const hasEnded = ending !== null || host?.state === 'ended';
  const text = ending === null ? lostText : `${endingTexts[ending]} ${afterEnding}`;
  return (
    <div className={styles.banner} role="status">
      <strong>
        {hasEnded ? 'The program ended at' : 'Connection lost at'} {clockText(sinceMs)}
      </strong>
      <span>
        {isHostDown && host.text !== '' ? host.text : text} {/* Read out once, not every second. */}
        <span aria-hidden>({agoText(nowMs - sinceMs)})</span>
      </span>
    </div>
  );
}
