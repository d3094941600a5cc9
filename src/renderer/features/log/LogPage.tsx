import type {ReactElement} from 'react';
import {useLocation, useSearch} from 'wouter';
import {KeyboardMap} from '../../actions/KeyboardMap.tsx';
import {useActions} from '../../actions/actions.ts';
import {Tabs} from '../../parts/index.ts';
import {About} from './About.tsx';
import {AuditTrail} from './AuditTrail.tsx';
import {Events} from './Events.tsx';
import styles from './LogPage.module.css';
import {StopHelp} from './StopHelp.tsx';

const tabs = [
  {id: 'events', label: 'What happened', content: <Events />},
  {id: 'audit', label: 'Who did what', content: <AuditTrail />},
  {id: 'keyboard', label: 'Keyboard', content: <KeyboardMap />},
  {id: 'stop', label: 'How STOP works', content: <StopHelp />},
  {id: 'about', label: 'About', content: <About />},
];

/** What happened in words, who did what, the keyboard, how STOP works, versions and links. */
export function LogPage(): ReactElement {
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch()).get('tab');
  const selected = tabs.find(({id}) => id === asked)?.id ?? 'events';
  const show = (id: string): void => navigate(id === 'events' ? '/log' : `/log?tab=${id}`, {replace: true});
  useActions(
    tabs.map(({id, label}) => ({
      id: `log.${id}`,
      title: `Show ${label.charAt(0).toLowerCase()}${label.slice(1)}`,
      group: 'Log',
      run: () => show(id),
    })),
  );
  return (
    <div className={styles.page}>
      <h1>Log</h1>
      <Tabs label="Log and help" tabs={tabs} selected={selected} onSelect={show} />
    </div>
  );
}
