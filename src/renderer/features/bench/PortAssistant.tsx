import {type ReactElement, useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {client, problemFrom, queries} from '../../connection/index.ts';
import {
  attempt,
  Button,
  dateTimeText,
  Dialog,
  Loading,
  EmptyState,
  ProblemBox,
  Select,
  StateLight,
  Tag,
  useRefusal,
} from '../../parts/index.ts';
import styles from './PortAssistant.module.css';
import {valueText} from './value-text.ts';

type Port = ApiOutputs['bench']['ports'][number];
type Answer = ApiOutputs['bench']['identify'];

/** What is plugged in, what answered there, and what it is bound to. */
export function PortAssistant(props: {readonly isOpen: boolean; readonly onClose: () => void}): ReactElement {
  return (
    <Dialog title="Ports" isOpen={props.isOpen} onClose={props.onClose} place="sheet" widthRem={46}>
      <Ports />
    </Dialog>
  );
}

function Ports(): ReactElement {
  const ports = useQuery({...queries.bench.ports.queryOptions(), refetchInterval: 3000});
  const drivers = useQuery(queries.instruments.drivers.queryOptions());
  const [driver, setDriver] = useState('any');
  if (ports.isPending) return <Loading what="the ports" />;
  if (ports.isError)
    return (
      <ProblemBox
        problem={problemFrom(ports.error)}
        action={{label: 'Try again', onPress: () => void ports.refetch()}}
      />
    );
  return (
    <div className={styles.ports}>
      <p className={styles.quiet}>
        An instrument is found by what it says of itself; a port is only where it was last. Asking keeps RF
        off and moves nothing.
      </p>
      <Select
        label="Ask as"
        value={driver}
        onChange={setDriver}
        options={[
          {value: 'any', label: 'Every driver, one after the other'},
          ...(drivers.data ?? []).map(({name, title}) => ({value: name, label: `${name}: ${title}`})),
        ]}
      />
      {ports.data.length === 0 && (
        <EmptyState
          title="Nothing is plugged in"
          text="No serial port is known to this computer. Plug the instrument in and switch it on; it appears here by itself. On Linux see the advice below."
        />
      )}
      <ul className={styles.list}>
        {ports.data.map((port) => (
          <PortItem key={port.path} port={port} driver={driver === 'any' ? undefined : driver} />
        ))}
      </ul>
      <UdevAdvice />
    </div>
  );
}

function PortItem({port, driver}: {readonly port: Port; readonly driver: string | undefined}): ReactElement {
  const refusal = useRefusal('operate');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = async (): Promise<void> => {
    setAsking(true);
    setAnswer(null);
    await attempt(async () =>
      setAnswer(await client.bench.identify({path: port.path, ...(driver === undefined ? {} : {driver})})),
    );
    setAsking(false);
  };
  const isUsed = port.usedBy !== '';
  return (
    <li className={styles.port}>
      <div className={styles.head}>
        <strong className={styles.path}>{port.path}</strong>
        {isUsed && <Tag>used by {port.usedBy}</Tag>}
        <Button
          isCompact
          isDisabled={isUsed || isAsking || refusal !== undefined}
          hint={refusal ?? (isUsed ? 'It is in use; disconnect the instrument first.' : undefined)}
          onPress={() => void ask()}
        >
          {isAsking ? 'Asking ...' : 'Ask what stands there'}
        </Button>
      </div>
      <span className={styles.quiet}>
        {[port.description, port.identity].filter((text) => text !== '').join(' · ') ||
          'The system knows no more of it.'}
      </span>
      {port.remembered && (
        <span className={styles.quiet}>
          {port.remembered.identity} answered here on {dateTimeText(port.remembered.utc)} (
          {port.remembered.driver})
        </span>
      )}
      {answer && <AnswerView answer={answer} />}
    </li>
  );
}

function AnswerView({answer}: {readonly answer: Answer}): ReactElement {
  const {found, tried} = answer;
  if (!found)
    return (
      <div className={styles.answer} role="status">
        <StateLight light="attention" label="Nobody answered as an instrument that this program knows" />
        <ul className={styles.tried}>
          {tried.map(({driver, text}) => (
            <li key={driver}>
              {driver}: {text}
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <div className={styles.answer} role="status">
      <StateLight light="ready" label={`${found.model} (${found.driver})`} />
      <span className={styles.quiet}>{found.identity}</span>
      {found.reading && (
        <span>
          {Object.entries(found.reading)
            .map(([name, value]) => `${name} ${valueText(value, '')}`)
            .join(', ')}
        </span>
      )}
      {found.readingError !== null && <span>{found.readingError}</span>}
      <span className={styles.quiet}>
        To use it, write driver {found.driver} and port {found.path} into the bench file.
      </span>
    </div>
  );
}

function UdevAdvice(): ReactElement | null {
  const installation = useQuery(queries.app.installation.queryOptions());
  const {udevAdvice, udevRules} = installation.data ?? {udevAdvice: '', udevRules: ''};
  if (udevAdvice === '') return null;
  return (
    <section className={styles.advice}>
      <h3>Fixed names and permission on Linux</h3>
      <p>{udevAdvice}</p>
      {udevRules !== '' && (
        <pre className={styles.rules} tabIndex={0} aria-label="udev rules">
          {udevRules}
        </pre>
      )}
    </section>
  );
}
