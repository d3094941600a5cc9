import type {ReactElement, ReactNode} from 'react';
import {
  Cell,
  Column,
  Row,
  type SortDescriptor,
  Table as AriaTable,
  TableBody,
  TableHeader,
  TableLayout,
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

/** A table that draws only the rows in view, however long the list is. */
export function Table<Item extends object>(props: TableProps<Item>): ReactElement {
  const {columns, idOf, rowHeight = 30} = props;
  const scale = useSettings((settings) => settings.scale);
  const items = sorted(props);
  return (
    <Virtualizer
      layout={TableLayout}
      layoutOptions={{rowHeight: rowHeight * scale, headingHeight: 30 * scale}}
    >
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
        <TableBody items={items} renderEmptyState={() => props.empty} dependencies={[columns]}>
          {(item) => (
            <Row id={idOf(item)} className={styles.row ?? ''} columns={columns as TableColumn<Item>[]}>
              {(column) => (
                <Cell className={[styles.cell, column.isNumber ? styles.isNumber : ''].join(' ')}>
                  {column.cell(item)}
                </Cell>
              )}
            </Row>
          )}
        </TableBody>
      </AriaTable>
    </Virtualizer>
  );
}

function sorted<Item>({items, columns, sort}: TableProps<Item>): readonly Item[] {
  const sortBy = columns.find(({id}) => id === sort?.column)?.sortBy;
  if (!sort || !sortBy) return items;
  const sign = sort.direction === 'descending' ? -1 : 1;
  return [...items].sort((one, other) => {
    const [a, b] = [sortBy(one), sortBy(other)];
    return (
      sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)))
    );
  });
}
