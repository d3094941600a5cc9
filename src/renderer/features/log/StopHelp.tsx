import type {ReactElement} from 'react';
import styles from './LogPage.module.css';

/** What STOP does and what it cannot do. */
export function StopHelp(): ReactElement {
  return (
    <div className={styles.text}>
      <p>
        <strong>STOP</strong> at the top right and the key <strong>Esc</strong> do the same, from every page,
        from every field, menu and dialog, and in every window, one that may only look included. Esc does
        nothing else in this program: it never closes a dialog and never empties a field. An open menu or list
        is left by Tab, a dialog by its buttons, the command palette by the keys that opened it.
      </p>
      <p>At once, ahead of everything that waits:</p>
      <ul>
        <li>every stage is told to stop and is asked until it rests,</li>
        <li>the source is switched off and asked whether it is,</li>
        <li>
          the run under way ends; every point that was measured stays, and the run is marked as stopped.
        </li>
      </ul>
      <p>
        Below the top bar you then read how long it took and what was stopped. If something did not obey, it
        says what, and the hardware stop is the next thing to use.
      </p>
      <p>
        <strong>Without a connection</strong> this window cannot send STOP, says so, and does not send it
        later by itself: after a reconnection the bench may be doing what somebody wants. Use the hardware
        stop of the stage and the source&apos;s own switch.
      </p>
      <p>
        STOP in this window is no safety device. Where people can be hurt, the interlock chain and the
        emergency stop of your laboratory are what counts.
      </p>
    </div>
  );
}
