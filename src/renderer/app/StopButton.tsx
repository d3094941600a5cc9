import {fixedText} from '../../base/number-format.ts';
import {type ReactElement, useEffect, useRef} from 'react';
import {createPortal} from 'react-dom';
import {Button as AriaButton} from 'react-aria-components';
import {useConnection} from '../connection/index.ts';
import {Button, useNow} from '../parts/index.ts';
import {forgetHalt, halt, type HaltState, useHalt} from './halt.ts';
import {useStopRow} from './stop-row.ts';
import styles from './StopButton.module.css';

/** How long a STOP that went well stays on the screen, ms. */
const shownMs = 20_000;
/** A STOP without an answer after this long is said to be late, ms. */
const lateMs = 1000;

/**
 * STOP and what became of it. Stands beside the page, above every dialog, and is left out of what a dialog makes
 * unreachable: it works whatever is open.
 */
export function StopButton(): ReactElement {
  return createPortal(
    <div className={styles.stop} data-react-aria-top-layer="true" role="region" aria-label="Stop">
      <AriaButton
        className={styles.button ?? ''}
        // On the way down, not on release: a hand that presses STOP does not wait.
        onPressStart={() => void halt('STOP pressed')}
        aria-keyshortcuts="Escape"
      >
        <span className={styles.word}>STOP</span>
        <span className={styles.key}>Esc</span>
      </AriaButton>
      <Outcome />
    </div>,
    document.body,
  );
}

function Outcome(): ReactElement {
  const state = useHalt();
  const isConnected = useConnection(({phase}) => phase === 'open');
  const isGood = state.phase === 'done' && state.problems.length === 0;
  useEffect(() => {
    if (!isGood) return undefined;
    const timer = setTimeout(forgetHalt, shownMs);
    return () => clearTimeout(timer);
  }, [isGood, state]);
  const notice = useRef<HTMLDivElement>(null);
  useStopRow(notice, state.phase !== 'none');
  return (
    <div className={styles.live} role="alert" ref={notice}>
      {state.phase !== 'none' && (
        <div className={[styles.outcome, isGood ? '' : styles.isBad].join(' ')}>
          <div className={styles.text}>
            <OutcomeText state={state} isConnected={isConnected} />
          </div>
          {state.phase !== 'sending' && (
            <Button isCompact onPress={forgetHalt}>
              Put away
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function OutcomeText(props: {readonly state: HaltState; readonly isConnected: boolean}): ReactElement | null {
  const {state, isConnected} = props;
  switch (state.phase) {
    case 'none':
      return null;
    case 'sending':
      return <Sending sinceMs={state.sinceMs} />;
    case 'done':
      return (
        <>
          <strong>
            {state.problems.length === 0 ? 'Stopped' : 'STOP went out, but not everything obeyed'}
            {` (${Math.max(1, Math.round(state.tookMs))} ms)`}
          </strong>
          <p>{state.sentence}</p>
          {state.problems.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
          {state.problems.length > 0 && (
            <p>Use the hardware stop of the stage and the source's own switch.</p>
          )}
        </>
      );
    case 'failed':
      return (
        <>
          <strong>{state.wasSent ? 'STOP failed' : 'STOP could not be sent'}</strong>
          <p>{state.message}</p>
          <p>
            Use the hardware stop at the bench now.{' '}
            {!state.wasSent &&
              (isConnected
                ? 'The connection is back: this STOP is not sent by itself, press STOP again.'
                : 'Nothing is sent later by itself: press STOP again when the connection is back.')}
          </p>
        </>
      );
  }
}

function Sending({sinceMs}: {readonly sinceMs: number}): ReactElement {
  const waitedMs = useNow(200) - sinceMs;
  return waitedMs < lateMs ? (
    <strong>Stopping ...</strong>
  ) : (
    <>
      <strong>STOP was sent {fixedText(waitedMs / 1000, 1)} s ago, no answer yet</strong>
      <p>Use the hardware stop at the bench if anything still moves.</p>
    </>
  );
}
