import {type ReactElement, useState} from 'react';
import {connectWithToken, tokenFrom, useConnection} from '../connection/index.ts';
import {Button, EmptyState, TextField, useNow} from '../parts/index.ts';
import {useHostState} from './host-state.ts';
import styles from './ConnectingView.module.css';

/** A start that takes longer than this is explained, ms. */
const longMs = 4000;

/** Before the first picture of the bench has come. */
export function ConnectingView(): ReactElement {
  const sinceMs = useConnection((state) => state.sinceMs);
  const host = useHostState();
  const nowMs = useNow(500);
  const isLong = nowMs - sinceMs > longMs;
  const text =
    host && host.text !== ''
      ? host.text
      : isLong
        ? 'The bench program has not answered yet. It may still be starting; if this stays, look at the terminal it was started from. The window goes on trying.'
        : 'Connecting to the bench program ...';
  return (
    <div role="status">
      <EmptyState
        isWholePage
        title={host?.state === 'ended' ? 'The bench program has ended' : 'Connecting'}
        text={text}
      />
    </div>
  );
}

/** The host does not know this window's token. */
export function RefusedView(): ReactElement {
  const [text, setText] = useState('');
  const token = tokenFrom(text);
  const problem =
    text.trim() !== '' && token === null ? 'There is no token in this. The link ends in #token=...' : '';
  const connect = (): void => {
    if (token !== null) connectWithToken(token);
  };
  return (
    <EmptyState
      isWholePage
      title="This link is not valid any more"
      text="The bench program makes new links at every start, and it does not know the one this window was opened with. Its terminal shows the links of now; paste one here. Nothing was changed at the bench."
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          connect();
        }}
      >
        <TextField
          label="Link to this bench"
          value={text}
          onChange={setText}
          placeholder="http://127.0.0.1:8070/#token=..."
          problem={problem}
        />
        <Button variant="primary" type="submit" isDisabled={token === null}>
          Connect
        </Button>
      </form>
    </EmptyState>
  );
}
