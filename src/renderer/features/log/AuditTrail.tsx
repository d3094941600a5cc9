import {type ReactElement, useMemo, useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {
  Button,
  dateTimeText,
  Loading,
  EmptyState,
  ProblemBox,
  SearchField,
  Table,
  type TableColumn,
} from '../../parts/index.ts';
import styles from './LogPage.module.css';

type AuditEntry = ApiOutputs['app']['audit'][number];
interface Line extends AuditEntry {
  readonly id: string;
  readonly detailText: string;
}

const columns: readonly TableColumn<Line>[] = [
  {id: 'time', title: 'Time', width: 160, cell: ({timeS}) => dateTimeText(timeS * 1000)},
  {id: 'actor', title: 'Who', width: 130, cell: ({actor}) => actor},
  {id: 'action', title: 'Did', width: 150, isRowHeader: true, cell: ({action}) => action},
  {id: 'subject', title: 'To', width: 170, cell: ({subject}) => subject},
  {id: 'details', title: 'With', width: '1fr', cell: ({detailText}) => detailText},
];

/** Every change that somebody made, newest first. */
export function AuditTrail(): ReactElement {
  const audit = useQuery(queries.app.audit.queryOptions({input: {limit: 2000}}));
  const [search, setSearch] = useState('');
  const lines = useMemo(
    () =>
      (audit.data ?? []).map((entry, index): Line => {
        const detailText = Object.entries(entry.details)
          .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join(', ');
        return {...entry, id: String(index), detailText};
      }),
    [audit.data],
  );
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = lines.filter(({actor, action, subject, detailText}) =>
    words.every((word) => `${actor} ${action} ${subject} ${detailText}`.toLowerCase().includes(word)),
  );
  if (audit.isPending) return <Loading what="the audit trail" />;
  if (audit.isError)
    return (
      <ProblemBox
        problem={problemFrom(audit.error)}
        action={{label: 'Try again', onPress: () => void audit.refetch()}}
      />
    );
  return (
    <div className={styles.list}>
      <div className={styles.tools}>
        <div className={styles.search}>
          <SearchField label="Search the audit trail" value={search} onChange={setSearch} />
        </div>
        <Button onPress={() => void audit.refetch()}>Look again</Button>
        <span className={styles.count}>
          {shown.length} of {lines.length}
        </span>
      </div>
      <Table
        label="Who did what"
        items={shown}
        columns={columns}
        idOf={({id}) => id}
        empty={
          <EmptyState
            title={lines.length === 0 ? 'Nobody has changed anything yet' : 'Nothing found'}
            text="Every call that moves, sets or measures leaves a line here, with who made it."
          />
        }
      />
    </div>
  );
}
