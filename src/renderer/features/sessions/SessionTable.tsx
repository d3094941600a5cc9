import {useMemo, type ReactElement, type ReactNode} from 'react';
import type {SortDescriptor} from 'react-aria-components';
import type {SessionSummary} from '../../../contract/api/index.ts';
import {Table, Tag, type TableColumn, countText} from '../../parts/index.ts';
import {dateTimeText} from '../../parts/time-text.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {kindText} from './session-labels.ts';
import styles from './SessionsPage.module.css';

/** Columns with the least room, in rem, from which each is shown. */
const columns: readonly (TableColumn<SessionSummary> & {readonly fromRem: number})[] = [
  {
    id: 'date',
    title: 'Date',
    fromRem: 0,
    width: 152,
    cell: ({createdAt}) => dateTimeText(createdAt).slice(0, 16),
    sortBy: ({createdAt}) => createdAt,
  },
  {
    id: 'title',
    title: 'Title',
    fromRem: 0,
    width: '3fr',
    isRowHeader: true,
    cell: ({title, isArchived, damage}) => (
      <span className={styles.titleCell}>
        {title}
        {isArchived && <Tag>archived</Tag>}
        {damage !== '' && <Tag>record damaged</Tag>}
      </span>
    ),
    sortBy: ({title}) => title,
  },
  {
    id: 'kind',
    title: 'Kind',
    fromRem: 62,
    width: 86,
    cell: ({kind}) => kindText(kind),
    sortBy: ({kind}) => kind,
  },
  {
    id: 'operator',
    title: 'Operator',
    fromRem: 34,
    width: '1fr',
    cell: ({operator}) => operator || '–',
    sortBy: ({operator}) => operator,
  },
  {
    id: 'design',
    title: 'Design',
    fromRem: 62,
    width: '1fr',
    cell: ({designName}) => designName || '–',
    sortBy: ({designName}) => designName,
  },
  {
    id: 'runs',
    title: 'Runs',
    fromRem: 28,
    width: 62,
    isNumber: true,
    cell: ({runCount}) => countText(runCount),
    sortBy: ({runCount}) => runCount,
  },
  {
    id: 'points',
    title: 'Points',
    fromRem: 44,
    width: 84,
    isNumber: true,
    cell: ({pointCount}) => countText(pointCount),
    sortBy: ({pointCount}) => pointCount,
  },
  {
    id: 'tags',
    title: 'Tags',
    fromRem: 52,
    width: '1fr',
    cell: ({tags}) => tags.join(', '),
    sortBy: ({tags}) => tags.join(', '),
  },
];

/** The sessions found; arrow keys walk them, and the chosen one is shown beside. */
export function SessionTable(props: {
  readonly sessions: readonly SessionSummary[];
  readonly selectedUid: string | null;
  readonly onSelect: (uid: string | null) => void;
  readonly sort: SortDescriptor;
  readonly onSort: (sort: SortDescriptor) => void;
  readonly empty: ReactNode;
}): ReactElement {
  const [ref, widthRem] = useWidthRem();
  const shown = useMemo(() => columns.filter(({fromRem}) => fromRem <= (widthRem ?? 0)), [widthRem]);
  return (
    <div ref={ref} className={styles.table}>
      {widthRem !== null && (
        <Table
          label="Sessions"
          items={props.sessions}
          columns={shown}
          idOf={({uid}) => uid}
          selectedId={props.selectedUid}
          onSelect={props.onSelect}
          sort={props.sort}
          onSort={props.onSort}
          empty={props.empty}
        />
      )}
    </div>
  );
}
