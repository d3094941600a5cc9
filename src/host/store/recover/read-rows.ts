import type {DatabaseImage} from './database-image.ts';
import {contentOf, type PageContent, type PageRow, type StoredValue} from './page-rows.ts';
import type {TableShape} from './table-shapes.ts';

/** A row of one of our tables. */
export interface FoundRow {
  readonly table: TableShape;
  readonly values: readonly StoredValue[];
  /** Its page hangs on no tree: what it is was told by its shape. */
  readonly isAstray: boolean;
}

/** Which page belongs to which table, and what could not be read. */
export interface PageMap {
  /** In the order in which their rows count: those that hang on a tree first. */
  readonly pages: readonly {readonly number: number; readonly table: TableShape | null}[];
}

/**
 * Finds the pages of every table: along its tree as far as that can be read, then all others, but for those that the
 * database calls free.
 */
export function mapPages(image: DatabaseImage, shapes: readonly TableShape[]): PageMap {
  const owners = new Map<number, TableShape>();
  for (const {name, root} of rootsOf(image)) {
    const table = shapes.find((shape) => shape.name === name);
    if (table)
      for (const number of pagesBelow(image, root)) if (!owners.has(number)) owners.set(number, table);
  }
  const free = freePages(image);
  const pages: {number: number; table: TableShape | null}[] = [...owners].map(([number, table]) => ({
    number,
    table,
  }));
  for (let number = 1; number <= image.pageCount; number++)
    if (!owners.has(number) && !free.has(number)) pages.push({number, table: null});
  return {pages};
}

/** Rows of one page; what fits no table is left out. */
export function* rowsOf(
  image: DatabaseImage,
  {number, table}: PageMap['pages'][number],
  shapes: readonly TableShape[],
): Generator<FoundRow, void, undefined> {
  for (const row of contentOf(image, number)?.rows ?? []) {
    const found = rowOfTable(row, table, shapes);
    if (found) yield found;
  }
}

function rowOfTable(
  row: PageRow,
  table: TableShape | null,
  shapes: readonly TableShape[],
): FoundRow | undefined {
  const own = table?.fit(row);
  if (table && own) return {table, values: own, isAstray: false};
  // A tree may lead to pages of another one where it is damaged.
  for (const shape of shapes) {
    const values = shape.isFoundAstray ? shape.fit(row) : undefined;
    if (values) return {table: shape, values, isAstray: true};
  }
  return undefined;
}

/** Tables and the first pages of their trees, as the schema says it on page 1 and below. */
function rootsOf(image: DatabaseImage): {readonly name: string; readonly root: number}[] {
  return pagesBelow(image, 1).flatMap((number) =>
    (contentOf(image, number)?.rows ?? []).flatMap(({values: [type, name, , root]}) =>
      type === 'table' && typeof name === 'string' && typeof root === 'number' ? [{name, root}] : [],
    ),
  );
}

/** The pages of a tree, each once, whatever damaged branches say. */
function pagesBelow(image: DatabaseImage, root: number): number[] {
  const seen = new Set<number>();
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (seen.has(number)) continue;
    const content: PageContent | undefined = contentOf(image, number);
    if (!content) continue;
    seen.add(number);
    waiting.push(...content.children);
  }
  return [...seen];
}

/** Pages that the header's list calls free: what stands on them was put elsewhere. */
function freePages(image: DatabaseImage): ReadonlySet<number> {
  const free = new Set<number>();
  const header = image.readPage(1);
  if (!header) return free;
  let trunk = new DataView(header.buffer, header.byteOffset).getUint32(32);
  while (trunk !== 0 && !free.has(trunk)) {
    const page = image.readPage(trunk);
    if (!page) break;
    const view = new DataView(page.buffer, page.byteOffset);
    const count = view.getUint32(4);
    // No list of free pages: the number that leads there is damaged.
    if (count > page.length / 4 - 2) break;
    free.add(trunk);
    for (let i = 0; i < count; i++) free.add(view.getUint32(8 + 4 * i));
    trunk = view.getUint32(0);
  }
  return free;
}
