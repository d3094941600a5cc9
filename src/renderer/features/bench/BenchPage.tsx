import type {ReactElement} from 'react';
import {useLocation, useSearch} from 'wouter';
import {useActions} from '../../actions/actions.ts';
import {followAct} from '../../actions/page-acts.ts';
import {useStatus} from '../../connection/index.ts';
import {Button, Panel, Tabs, PageHeading} from '../../parts/index.ts';
import {useReadingStatus} from '../../run-data/index.ts';
import {useChoice} from '../../settings/settings.ts';
import styles from './BenchPage.module.css';
import {GoToPanel} from './GoToPanel.tsx';
import {InstrumentCard} from './InstrumentCard.tsx';
import {useInstruments} from './instruments.tsx';
import {JogPanel} from './JogPanel.tsx';
import {MountPanel} from './MountPanel.tsx';
import {PortAssistant} from './PortAssistant.tsx';
import {ReadingsChart} from './ReadingsChart.tsx';
import {StagePicture} from './StagePicture.tsx';
import {useGoTo} from './go-to.ts';
import {WireLog} from './WireLog.tsx';

/** Instruments, stage and jog, source, lock-in, live readings, every exchange on the wires. */
export function BenchPage(): ReactElement {
  const [, navigate] = useLocation();
  const isPortsOpen = new URLSearchParams(useSearch()).get('sheet') === 'ports';
  const showPorts = (isOpen: boolean): void =>
    navigate(isOpen ? '/bench?sheet=ports' : '/bench', {replace: true});
  useActions([
    {id: 'bench.ports', title: 'Show the ports', group: 'Bench', shortcut: 'b p', run: () => showPorts(true)},
    {
      id: 'bench.goTo',
      title: 'Go to a position',
      group: 'Bench',
      shortcut: 'b g',
      run: () => followAct({id: 'bench.goTo', title: 'Go to a position', then: 'focus'}),
    },
  ]);
  return (
    <div className={styles.page}>
      <PageHeading>Bench</PageHeading>
      <StagePart />
      <header className={styles.head}>
        <h2>Instruments</h2>
        <Button
          isCompact
          hint="What is plugged in, what answered, what it is bound to"
          onPress={() => showPorts(true)}
        >
          Ports
        </Button>
      </header>
      <Instruments />
      <Below />
      <PortAssistant isOpen={isPortsOpen} onClose={() => showPorts(false)} />
    </div>
  );
}

function StagePart(): ReactElement {
  const goTo = useGoTo();
  const reading = useReadingStatus('stage');
  const hasStage = useStatus((status) => status?.stage !== null && status?.stage !== undefined);
  return (
    <>
      <Panel
        title="Stage map"
        className={styles.map}
        tools={hasStage && !reading.isNow && <span className={styles.quiet}>as it was: {reading.text}</span>}
      >
        {hasStage ? (
          <StagePicture goTo={goTo} />
        ) : (
          <p className={styles.quiet}>Nothing was read from the stage yet: {reading.text}.</p>
        )}
      </Panel>
      <div className={styles.hands}>
        <JogPanel />
        <GoToPanel goTo={goTo} />
        <MountPanel />
      </div>
    </>
  );
}

function Instruments(): ReactElement {
  const {instruments, problem} = useInstruments();
  return (
    <div className={styles.cards}>
      {problem}
      {instruments.map((instrument) => (
        <InstrumentCard key={instrument.role} instrument={instrument} />
      ))}
    </div>
  );
}

function Below(): ReactElement {
  const [tab, setTab] = useChoice<string>('bench.below', 'readings');
  useActions([
    {id: 'bench.readings', title: 'Show the live readings', group: 'Bench', run: () => setTab('readings')},
    {id: 'bench.wire', title: 'Show the wire log', group: 'Bench', run: () => setTab('wire')},
  ]);
  return (
    <div className={styles.below}>
      <Tabs
        label="Live"
        selected={tab === 'wire' ? 'wire' : 'readings'}
        onSelect={setTab}
        tabs={[
          {id: 'readings', label: 'Readings', content: <ReadingsChart />},
          {id: 'wire', label: 'Wire log', content: <WireLog />},
        ]}
      />
    </div>
  );
}
