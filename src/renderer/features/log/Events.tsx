import {type ReactElement, useMemo, useState} from 'react';
import type {Light, LogEntry} from '../../../contract/api/index.ts';
import {type AskEntries, client, useFeedEntries} from '../../connection/index.ts';
import {
  clockText,
  dateTimeText,
  Loading,
  EmptyState,
  ProblemBox,
  SearchField,
  Segments,
  StateLight,
  Table,
  type TableColumn,
} from '../../parts/index.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {useChoice} from '../../settings/settings.ts';
import styles from './LogPage.module.css';

const ask: AskEntries<LogEntry> = (question, options) => client.app.log(question, options);
const keep = 5000;

const levels = [
  {value: 'all', label: 'All'},
  {value: 'attention', label: 'Attention and errors'},
  {value: 'error', label: 'Errors'},
] as const;
const shownBy: Readonly<Record<string, readonly LogEntry['level'][]>> = {
  all: ['info', 'attention', 'error'],
  attention: ['attention', 'error'],
  error: ['error'],
};
const lights: Readonly<Record<LogEntry['level'], readonly [Light, string]>> = {
  info: ['off', 'info'],
  attention: ['attention', 'attention'],
  error: ['fault', 'error'],
};

const columns: readonly TableColumn<LogEntry>[] = [
  {id: 'time', title: 'Time', width: 90, cell: ({utc}) => clockText(utc)},
  {
    id: 'level',
    title: 'Level',
    width: 110,
    cell: ({level}) => <StateLight light={lights[level][0]} label={lights[level][1]} />,
  },
  {id: 'source', title: 'From', width: 90, cell: ({source}) => source},
  {id: 'text', title: 'What happened', width: '1fr', isRowHeader: true, cell: ({text}) => text},
];

/** In less room than this the column of sources is left out, rem. */
const narrowRem = 44;
const narrowColumns = columns.filter(({id}) => id !== 'source');

/** What happened, newest first. */
export function Events(): ReactElement {
  const [place, widthRem] = useWidthRem();
  const {entries, hasAnswered, problem} = useFeedEntries(ask, keep);
  const [level, setLevel] = useChoice<string>('log.level', 'all');
  const [search, setSearch] = useState('');
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const shown = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return entries
      .filter(
        (entry) =>
          (shownBy[level] ?? shownBy['all'] ?? []).includes(entry.level) &&
          words.every((word) =>
            `${entry.source} ${entry.text} ${entry.code ?? ''}`.toLowerCase().includes(word),
          ),
      )
      .reverse();
  }, [entries, level, search]);
  const selected = shown.find(({id}) => String(id) === selectedId);
  if (problem) return <ProblemBox problem={problem} />;
  if (!hasAnswered) return <Loading what="the log" />;
  return (
    <div className={styles.list} ref={place}>
      <div className={styles.tools}>
        <Segments
          label="Level"
          value={levels.find(({value}) => value === level)?.value ?? 'all'}
          onChange={setLevel}
          options={levels}
        />
        <div className={styles.search}>
          <SearchField label="Search the log" value={search} onChange={setSearch} />
        </div>
        <span className={styles.count}>
          {shown.length} of {entries.length}
        </span>
      </div>
      <Table
        label="What happened"
        items={shown}
        columns={widthRem !== null && widthRem < narrowRem ? narrowColumns : columns}
        idOf={({id}) => String(id)}
        selectedId={selectedId}
        onSelect={setSelectedId}
        empty={
          <EmptyState
            title={entries.length === 0 ? 'Nothing has happened yet' : 'Nothing of this kind'}
            text={
              entries.length === 0
                ? 'Every opening of a bench, every run, stop and problem will be told here in a sentence.'
                : 'Choose another level or search for something else.'
            }
          />
        }
      />
      <div className={styles.detail}>
        {selected ? (
          <>
            <span className={styles.quiet}>
              {dateTimeText(selected.utc)} · {selected.source}
              {selected.code === null ? '' : ` · ${selected.code}`}
            </span>
            <p>{selected.text}</p>
          </>
        ) : (
          <span className={styles.quiet}>Choose a line to read it whole.</span>
        )}
      </div>
    </div>
  );
}
