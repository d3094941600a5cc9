import {type ReactElement, type ReactNode, useMemo, useState} from 'react';
import {
  Cell,
  Collection,
  Column,
  Row,
  type SortDescriptor,
  Table as AriaTable,
  TableBody,
  TableHeader,
  TableLayout,
  TableLoadMoreItem,
  Virtualizer,
} from 'react-aria-components';
import {useSettings} from '../settings/settings.ts';
import styles from './Table.module.css';

export interface TableColumn<Item> {
  readonly id: string;
  readonly title: string;
  readonly cell: (item: Item) => ReactNode;
  /** Text or number to sort by; a column without it cannot be sorted by. */
  readonly sortBy?: (item: Item) => string | number;
  readonly isNumber?: boolean;
  /** px at scale 1, or a share such as `2fr`. */
  readonly width?: number | `${number}fr`;
  /** Names the row to screen readers. */
  readonly isRowHeader?: boolean;
}

export interface TableProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly columns: readonly TableColumn<Item>[];
  readonly idOf: (item: Item) => string;
  readonly selectedId?: string | null;
  readonly onSelect?: (id: string | null) => void;
  /** Enter or double click on a row. */
  readonly onOpen?: (id: string) => void;
  readonly sort?: SortDescriptor | undefined;
  readonly onSort?: (sort: SortDescriptor) => void;
  readonly empty: ReactNode;
  readonly heightRem?: number;
  /** px at scale 1. */
  readonly rowHeight?: number;
}

/** Rows that the library is given at a time: of thousands it would gather all anew at each key. */
const rowsAtATime = 300;

/** A table that draws only the rows in view, however long the list is. More rows follow as one scrolls. */
export function Table<Item extends object>(props: TableProps<Item>): ReactElement {
  const {columns, idOf, rowHeight = 30, sort} = props;
  const scale = useSettings((settings) => settings.scale);
  // The same list as long as nothing changed in it: another one makes the library gather all rows anew.
  const all = useMemo(() => sorted(props.items, columns, sort), [props.items, columns, sort]);
  const [asked, setAsked] = useState({all, count: rowsAtATime});
  const count = asked.all === all ? asked.count : rowsAtATime;
  const items = useMemo(() => all.slice(0, count), [all, count]);
  const layoutOptions = useMemo(
    () => ({rowHeight: rowHeight * scale, headingHeight: 30 * scale}),
    [rowHeight, scale],
  );
  return (
    <Virtualizer layout={TableLayout} layoutOptions={layoutOptions}>
      <AriaTable
        aria-label={props.label}
        className={[styles.scroll, styles.table].join(' ')}
        style={{height: props.heightRem === undefined ? '100%' : `${props.heightRem}rem`}}
        selectionMode={props.onSelect ? 'single' : 'none'}
        selectionBehavior="replace"
        selectedKeys={props.selectedId ? [props.selectedId] : []}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          props.onSelect?.(key === undefined ? null : String(key));
        }}
        {...(props.onOpen ? {onRowAction: (key) => props.onOpen?.(String(key))} : {})}
        {...(props.sort ? {sortDescriptor: props.sort} : {})}
        {...(props.onSort ? {onSortChange: props.onSort} : {})}
      >
        <TableHeader>
          {columns.map((column) => (
            <Column
              key={column.id}
              id={column.id}
              isRowHeader={column.isRowHeader ?? false}
              allowsSorting={column.sortBy !== undefined}
              className={[styles.column, column.isNumber ? styles.isNumber : ''].join(' ')}
              {...(column.width === undefined
                ? {}
                : {width: typeof column.width === 'number' ? column.width * scale : column.width})}
            >
              {column.title}
              {props.sort?.column === column.id && (
                <span aria-hidden>{props.sort.direction === 'ascending' ? '▲' : '▼'}</span>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody renderEmptyState={() => props.empty}>
          <Collection items={items} dependencies={[columns]}>
            {(item) => (
              <Row id={idOf(item)} className={styles.row ?? ''} columns={columns as TableColumn<Item>[]}>
                {(column) => (
                  <Cell className={[styles.cell, column.isNumber ? styles.isNumber : ''].join(' ')}>
                    {column.cell(item)}
                  </Cell>
                )}
              </Row>
            )}
          </Collection>
          {count < all.length && (
            <TableLoadMoreItem onLoadMore={() => setAsked({all, count: count + rowsAtATime})} />
          )}
        </TableBody>
      </AriaTable>
    </Virtualizer>
  );
}

const collator = new Intl.Collator('en', {numeric: true});

function sorted<Item>(
  items: readonly Item[],
  columns: readonly TableColumn<Item>[],
  sort: SortDescriptor | undefined,
): readonly Item[] {
  const sortBy = columns.find(({id}) => id === sort?.column)?.sortBy;
  if (!sort || !sortBy) return items;
  const sign = sort.direction === 'descending' ? -1 : 1;
  return [...items].sort((one, other) => {
    const [a, b] = [sortBy(one), sortBy(other)];
    return (
      sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)))
    );
  });
}
