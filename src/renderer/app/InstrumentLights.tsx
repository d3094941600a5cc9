import type {ReactElement} from 'react';
import {useLocation} from 'wouter';
import type {InstrumentStatus} from '../../contract/api/index.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {useStatus} from '../connection/index.ts';
import {Button, StateLight} from '../parts/index.ts';
import styles from './TopBar.module.css';

const names: Readonly<Record<InstrumentStatus['kind'], string>> = {
  stage: 'stage',
  lockin: 'lock-in',
  source: 'source',
};
const order: readonly InstrumentStatus['kind'][] = ['source', 'stage', 'lockin'];

/** Each instrument with a shape, a word and a colour; the source that is on stands out. */
export function InstrumentLights(): ReactElement {
  const instruments = useStatus((status) => status?.instruments);
  return (
    <div className={styles.lights} role="group" aria-label="Instruments">
      {[...(instruments ?? [])]
        .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
        .map((instrument) => (
          <InstrumentLight key={instrument.role} instrument={instrument} />
        ))}
    </div>
  );
}

function InstrumentLight({instrument}: {readonly instrument: InstrumentStatus}): ReactElement {
  const [, navigate] = useLocation();
  const {kind, role, light, word, problem, identity, link} = instrument;
  const isOn = useStatus((status) => kind === 'source' && (status?.source?.isOutputOn ?? false));
  const frequencyHz = useStatus((status) => status?.source?.outputFrequencyHz ?? 0);
  const name = role === kind ? names[kind] : role;
  return (
    <Button
      look="quiet"
      isCompact
      hint={[problem, identity, link].filter((text) => text !== '').join(' · ')}
      onPress={() => navigate('/bench')}
    >
      {isOn ? (
        <span className={styles.isSourceOn} style={{color: 'var(--source-on)'}}>
          <StateLight
            light={light === 'fault' || light === 'attention' ? light : 'ready'}
            name={name}
            word={`ON ${ghzFromHz(frequencyHz).toFixed(1)} GHz`}
            colour="var(--source-on)"
          />
        </span>
      ) : (
        <StateLight light={light} name={name} word={word} />
      )}
    </Button>
  );
}
