import {type ReactElement, useMemo, useState} from 'react';
import type {WireEntry} from '../../../contract/api/index.ts';
import {type AskEntries, client, useFeedEntries} from '../../connection/index.ts';
import {
  attempt,
  Button,
  Loading,
  notify,
  EmptyState,
  ProblemBox,
  SearchField,
  Select,
  Table,
  type TableColumn,
} from '../../parts/index.ts';
import {saveFile} from '../../parts/save-file.ts';
import {useChoice} from '../../settings/settings.ts';
import styles from './WireLog.module.css';

const ask: AskEntries<WireEntry> = (question, options) => client.bench.wire(question, options);
const keep = 5000;

const arrows: Readonly<Record<WireEntry['direction'], string>> = {sent: '→', received: '←', note: '·'};
const directionOptions = [
  {value: 'all', label: 'Both ways'},
  {value: 'sent', label: 'Sent'},
  {value: 'received', label: 'Received'},
  {value: 'note', label: 'Notes'},
];

/** Time of day to the millisecond. */
const wireTime = (utc: string): string => new Date(utc).toISOString().slice(11, 23);

const columns: readonly TableColumn<WireEntry>[] = [
  {
    id: 'time',
    title: 'UTC',
    width: 110,
    cell: ({utc}) => <span className={styles.mono}>{wireTime(utc)}</span>,
  },
  {id: 'role', title: 'Instrument', width: 90, cell: ({role}) => role},
  {
    id: 'direction',
    title: 'Way',
    width: 106,
    cell: ({direction}) => (
      <span>
        <span aria-hidden>{arrows[direction]}</span> {direction}
      </span>
    ),
  },
  {
    id: 'text',
    title: 'Text',
    width: '1fr',
    isRowHeader: true,
    cell: ({text}) => <span className={styles.mono}>{text}</span>,
  },
];

/** Every exchange with an instrument, newest first. */
export function WireLog(): ReactElement {
  const {entries, hasAnswered, problem} = useFeedEntries(ask, keep);
  const [pausedAt, setPausedAt] = useState<readonly WireEntry[] | null>(null);
  const [search, setSearch] = useState('');
  const [role, setRole] = useState('all');
  const [direction, setDirection] = useChoice<string>('bench.wireDirection', 'all');
  const source = pausedAt ?? entries;
  const shown = useMemo(() => {
    const text = search.toLowerCase();
    return source
      .filter(
        (entry) =>
          (role === 'all' || entry.role === role) &&
          (direction === 'all' || entry.direction === direction) &&
          (text === '' || entry.text.toLowerCase().includes(text)),
      )
      .reverse();
  }, [source, search, role, direction]);
  const roles = useMemo(() => [...new Set(entries.map((entry) => entry.role))].sort(), [entries]);
  if (problem) return <ProblemBox problem={problem} />;
  if (!hasAnswered) return <Loading what="the wire log" />;
  return (
    <div className={styles.log}>
      <div className={styles.tools}>
        <div className={styles.search}>
          <SearchField label="Search the wire log" value={search} onChange={setSearch} />
        </div>
        <Select
          label="Instrument"
          isLabelHidden
          value={role}
          onChange={setRole}
          options={[
            {value: 'all', label: 'All instruments'},
            ...roles.map((name) => ({value: name, label: name})),
          ]}
        />
        <Select
          label="Direction"
          isLabelHidden
          value={direction}
          onChange={setDirection}
          options={directionOptions}
        />
        <Button onPress={() => setPausedAt(pausedAt ? null : entries)}>
          {pausedAt ? `Go on (${newerThan(entries, pausedAt)} new)` : 'Pause the log'}
        </Button>
        <Button isDisabled={shown.length === 0} onPress={() => void attempt(() => save(shown))}>
          Save {shown.length} lines
        </Button>
      </div>
      <Table
        label="Wire log"
        items={shown}
        columns={columns}
        idOf={({id}) => String(id)}
        rowHeight={24}
        empty={
          <EmptyState
            title={entries.length === 0 ? 'Nothing was said on the wires yet' : 'Nothing of this kind'}
            text="Every line to and from an instrument stands here, with its time."
          />
        }
      />
    </div>
  );
}

function newerThan(entries: readonly WireEntry[], paused: readonly WireEntry[]): number {
  const lastId = paused.at(-1)?.id ?? 0;
  return entries.filter(({id}) => id > lastId).length;
}

/** Saves what is shown, oldest first. */
async function save(shown: readonly WireEntry[]): Promise<void> {
  const lines = [...shown]
    .reverse()
    .map(({utc, role, port, direction, text}) => [utc, role, port, direction, text].join('\t'));
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const path = await saveFile(`wire-log-${stamp}.txt`, 'text/plain', `${lines.join('\n')}\n`);
  if (path !== null) notify({level: 'info', text: `The wire log is saved as ${path}.`});
}
