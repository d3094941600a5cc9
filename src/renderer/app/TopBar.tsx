import type {ReactElement} from 'react';
import {shortcutText, useActions} from '../actions/actions.ts';
import {useConnection, useStatus} from '../connection/index.ts';
import {Button, Tag} from '../parts/index.ts';
import {AppearanceMenu} from './AppearanceMenu.tsx';
import {halt} from './halt.ts';
import {InstrumentLights} from './InstrumentLights.tsx';
import {usePanels} from './panels.ts';
import {SessionMenu} from './SessionMenu.tsx';
import styles from './TopBar.module.css';

/** Session, instruments, bench; STOP has its place at the right end. */
export function TopBar(): ReactElement {
  const {setOpenPanel} = usePanels();
  useActions([
    {
      id: 'app.stop',
      title: 'STOP: stages, source and run',
      group: 'Bench',
      shortcut: 'escape',
      run: () => void halt('STOP chosen'),
    },
    {id: 'app.bench', title: 'Change the bench', group: 'Bench', run: () => setOpenPanel('bench')},
  ]);
  return (
    <header className={styles.bar}>
      <div className={styles.who}>
        <span className={styles.name}>d2nn-bench</span>
        <SessionMenu />
      </div>
      <InstrumentLights />
      <div className={styles.tools}>
        <ScopeTag />
        <BenchName onPress={() => setOpenPanel('bench')} />
        <AppearanceMenu />
        <Button
          variant="quiet"
          isCompact
          hint={`Every command by its name (${shortcutText('mod+k')})`}
          onPress={() => setOpenPanel('palette')}
        >
          <span aria-hidden>⌕</span> <span className={styles.toolWord}>Commands</span>
        </Button>
      </div>
    </header>
  );
}

function ScopeTag(): ReactElement | null {
  const scope = useConnection(({info}) => info?.scope);
  return scope === 'read' ? <Tag>read only</Tag> : null;
}

const kindLabels = {virtual: 'virtual', file: 'real'} as const;

function BenchName({onPress}: {readonly onPress: () => void}): ReactElement {
  const state = useStatus((status) => status?.bench.state ?? 'closed');
  const kind = useStatus((status) => status?.bench.kind ?? null);
  const name = useStatus((status) => status?.bench.name ?? '');
  const speed = useStatus((status) => status?.bench.speed ?? 1);
  // A virtual bench is always said to be one; where its name says so, once is enough.
  const label = kind === null || name.toLowerCase().includes(kindLabels[kind]) ? '' : kindLabels[kind];
  const speedLabel = kind === 'virtual' && speed !== 1 ? `${speed} × time` : '';
  const tag = [label, speedLabel].filter((part) => part !== '').join(', ');
  return (
    <Button variant="quiet" isCompact hint="Change the bench" onPress={onPress}>
      {state === 'open' || state === 'closing' ? (
        <>
          <span className={styles.benchName}>{name}</span>
          {tag !== '' && <Tag>{tag}</Tag>}
        </>
      ) : (
        {closed: 'No bench open', opening: 'Bench opening', failed: 'Bench failed'}[state]
      )}
    </Button>
  );
}
