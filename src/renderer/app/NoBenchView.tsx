import {type ReactElement, useState} from 'react';
import {client, useStatus} from '../connection/index.ts';
import {attempt, Button, Dialog, EmptyState, ProblemBox, useRefusal} from '../parts/index.ts';
import {useSettings} from '../settings/settings.ts';
import {useIsRunLive} from '../run-data/index.ts';
import {BenchChoice, OpenBenchLine} from './BenchChoice.tsx';
import styles from './BenchChoice.module.css';
import {usePanels} from './panels.ts';

/** In place of a page that needs a bench, while there is none. */
export function NoBenchView(): ReactElement {
  const state = useStatus((status) => status?.bench.state ?? 'closed');
  const text = useStatus((status) => status?.bench.text ?? '');
  const problem = useStatus((status) => status?.bench.problem ?? null);
  const isFirst = useSettings((settings) => settings.lastBench === null);
  if (state === 'opening' || state === 'closing')
    return (
      <div role="status">
        <EmptyState
          isWholePage
          title={state === 'opening' ? 'Opening the bench' : 'Closing the bench'}
          text={text}
        />
      </div>
    );
  return (
    <div className={styles.place}>
      <h1>{isFirst ? 'Which bench?' : 'No bench is open'}</h1>
      {state === 'failed' && <ProblemBox problem={problem ?? {message: text}} />}
      <p className={styles.lead}>
        {isFirst
          ? 'This is asked once; from then on the last bench opens by itself. You can change it at any time at the top right.'
          : 'Stored sessions, comparisons and designs can be looked at without one.'}
      </p>
      <BenchChoice />
    </div>
  );
}

/** Changes the bench while one is open. */
export function BenchDialog(): ReactElement {
  const {openPanel, setOpenPanel} = usePanels();
  const state = useStatus((status) => status?.bench.state ?? 'closed');
  const close = (): void => setOpenPanel(null);
  return (
    <Dialog title="Bench" isOpen={openPanel === 'bench'} onClose={close} widthRem={62}>
      {state === 'open' ? <OpenBench /> : null}
      <BenchChoice onOpened={close} />
    </Dialog>
  );
}

function OpenBench(): ReactElement {
  const name = useStatus((status) => status?.bench.name ?? '');
  const kind = useStatus((status) => (status?.bench.kind === 'virtual' ? 'virtual' : 'real'));
  const isRunLive = useIsRunLive();
  const refusal = useRefusal('admin');
  const [isClosing, setClosing] = useState(false);
  const closeBench = async (): Promise<void> => {
    setClosing(true);
    await attempt(() => client.bench.close());
    setClosing(false);
  };
  const reason = refusal ?? (isRunLive ? 'A run is under way. Stop it first.' : undefined);
  return (
    <div className={styles.danger}>
      <OpenBenchLine name={name} kind={kind} />
      <Button isDisabled={reason !== undefined || isClosing} hint={reason} onPress={() => void closeBench()}>
        Close it: source off, ports let go
      </Button>
    </div>
  );
}
