import {fixedText} from '../../base/number-format.ts';
import type {ReactElement} from 'react';
import {useLocation} from 'wouter';
import {useStore} from 'zustand';
import type {InstrumentStatus} from '../../contract/api/index.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {statusStore, useConnection, useStatus} from '../connection/index.ts';
import {Button, clockText, StateLight} from '../parts/index.ts';
import {useReadingStatus} from '../run-data/index.ts';
import styles from './TopBar.module.css';

const names: Readonly<Record<InstrumentStatus['kind'], string>> = {
  stage: 'stage',
  detector: 'detector',
  source: 'source',
  mount: 'mounts',
};
const order: readonly InstrumentStatus['kind'][] = ['source', 'stage', 'detector', 'mount'];

/** Each instrument with a shape, a word and a colour; the source that is on stands out. */
export function InstrumentLights(): ReactElement {
  const instruments = useStatus((status) => status?.instruments);
  const isConnected = useConnection(({phase}) => phase === 'open');
  return (
    <div
      className={[styles.lights, isConnected ? '' : styles.isOld].join(' ')}
      role="group"
      aria-label="Instruments"
    >
      {[...(instruments ?? [])]
        .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
        .map((instrument) => (
          <InstrumentLight key={instrument.role} instrument={instrument} />
        ))}
      {!isConnected && instruments && <AsOf />}
    </div>
  );
}

/** When the lights were last true. */
function AsOf(): ReactElement {
  const receivedMs = useStore(statusStore, (state) => state.receivedMs);
  return <span className={styles.asOf}>as of {clockText(receivedMs)}</span>;
}

function InstrumentLight({instrument}: {readonly instrument: InstrumentStatus}): ReactElement {
  const [, navigate] = useLocation();
  const {kind, role, light, label, problem, identity, link} = instrument;
  const wasOn = useStatus((status) => kind === 'source' && status?.source?.isOutputOn === true);
  const isAway = !useReadingStatus(kind).isNow && (label === 'not connected' || label === 'connecting');
  const isOn = wasOn && !isAway;
  const frequencyHz = useStatus((status) => status?.source?.outputFrequencyHz ?? 0);
  const isConnected = useConnection(({phase}) => phase === 'open');
  const name = role === kind ? names[kind] : role;
  // A picture of before has shape and word, but no colour that says: now.
  const old = isConnected ? {} : {colour: 'var(--text-2)'};
  return (
    <Button
      variant="quiet"
      isCompact
      hint={[problem, identity, link].filter((text) => text !== '').join(' · ')}
      onPress={() => navigate('/bench')}
    >
      {isOn ? (
        <span
          className={styles.isSourceOn}
          style={{color: isConnected ? 'var(--source-on)' : 'var(--text-2)'}}
        >
          <StateLight
            light={light === 'fault' || light === 'attention' ? light : 'ready'}
            name={name}
            label={`ON ${fixedText(ghzFromHz(frequencyHz), 1)} GHz`}
            colour={isConnected ? 'var(--source-on)' : 'var(--text-2)'}
          />
        </span>
      ) : (
        <StateLight light={light} name={name} label={isAway && wasOn ? `${label}, was ON` : label} {...old} />
      )}
    </Button>
  );
}
