import type {DatabaseImage} from './database-image.ts';

/** A value as SQLite stores it. */
export type StoredValue = number | string | Uint8Array | null;

/** A row as a page holds it. */
export interface PageRow {
  /** Of a table with row numbers; null in one without. */
  readonly rowId: number | null;
  readonly values: readonly StoredValue[];
}

/** What a page of a table or an index holds. */
export interface PageContent {
  readonly kind: 'table leaf' | 'table branch' | 'index leaf' | 'index branch';
  readonly rows: readonly PageRow[];
  /** Numbers of the pages below a branch. */
  readonly children: readonly number[];
}

const kinds: ReadonlyMap<number, PageContent['kind']> = new Map([
  [13, 'table leaf'],
  [5, 'table branch'],
  [10, 'index leaf'],
  [2, 'index branch'],
]);

/** What a page holds; undefined for one of another kind. Never throws, whatever the page holds. */
export function contentOf(image: DatabaseImage, number: number): PageContent | undefined {
  const page = image.readPage(number);
  if (!page) return undefined;
  const start = number === 1 ? 100 : 0;
  const kind = kinds.get(page[start]);
  if (kind === undefined) return undefined;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const isBranch = kind.endsWith('branch');
  const cellCount = view.getUint16(start + 3);
  const pointers = start + (isBranch ? 12 : 8);
  const rows: PageRow[] = [];
  const children: number[] = isBranch ? [view.getUint32(start + 8)] : [];
  for (let i = 0; i < cellCount && pointers + 2 * i + 2 <= page.length; i++) {
    try {
      const cell = new Cell(image, page, view.getUint16(pointers + 2 * i));
      if (isBranch) children.push(cell.uint32());
      if (kind === 'table branch') continue;
      rows.push(kind === 'table leaf' ? cell.tableRow() : cell.indexRow());
    } catch (error) {
      // Bytes that are no cell: a number beyond the page, a text that is none, a chain of pages without an end.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    }
  }
  return {kind, rows, children};
}

const fatalText = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

const refuse = (what: string): never => {
  throw new RangeError(what);
};

/** Reads one cell from its place on a page. */
class Cell {
  readonly #image: DatabaseImage;
  readonly #page: Uint8Array;
  #at: number;

  constructor(image: DatabaseImage, page: Uint8Array, at: number) {
    this.#image = image;
    this.#page = page;
    this.#at = at;
  }

  uint32(): number {
    if (this.#at + 4 > this.#page.length) refuse('a number beyond the page');
    const value = new DataView(this.#page.buffer, this.#page.byteOffset).getUint32(this.#at);
    this.#at += 4;
    return value;
  }

  tableRow(): PageRow {
    const size = this.#varint();
    const rowId = this.#varint();
    return {rowId, values: recordFrom(this.#payload(size, this.#image.usableSize - 35))};
  }

  indexRow(): PageRow {
    const size = this.#varint();
    const most = Math.floor(((this.#image.usableSize - 12) * 64) / 255) - 23;
    return {rowId: null, values: recordFrom(this.#payload(size, most))};
  }

  #varint(): number {
    const {value, end} = varintAt(this.#page, this.#at);
    this.#at = end;
    return value;
  }

  /** The bytes of a record: those on the page and, of a long one, those of the pages that go on with it. */
  #payload(size: number, most: number): Uint8Array {
    const {usableSize, pageSize, pageCount} = this.#image;
    if (size > pageSize * pageCount) refuse('a row larger than the file');
    const least = Math.floor(((usableSize - 12) * 32) / 255) - 23;
    const fitting = least + ((size - least) % (usableSize - 4));
    const local = size <= most ? size : fitting <= most ? fitting : least;
    if (this.#at + local > this.#page.length) refuse('a row beyond its page');
    if (local === size) return this.#page.subarray(this.#at, this.#at + size);
    const bytes = new Uint8Array(size);
    bytes.set(this.#page.subarray(this.#at, this.#at + local));
    this.#at += local;
    let next = this.uint32();
    for (let done = local; done < size;) {
      const page = this.#image.readPage(next) ?? refuse('a row that goes on nowhere');
      const part = page.subarray(4, 4 + Math.min(usableSize - 4, size - done));
      bytes.set(part, done);
      done += part.length;
      next = new DataView(page.buffer, page.byteOffset).getUint32(0);
    }
    return bytes;
  }
}

/** A number of one to nine bytes; one that no double holds exactly is refused. */
function varintAt(bytes: Uint8Array, at: number): {readonly value: number; readonly end: number} {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    if (at + i >= bytes.length) refuse('a number beyond the page');
    const byte = bytes[at + i];
    value = i === 8 ? value * 256 + byte : value * 128 + (byte & 127);
    if (i === 8 || byte < 128)
      return value <= Number.MAX_SAFE_INTEGER ? {value, end: at + i + 1} : refuse('a number too large');
  }
  return refuse('a number without an end');
}

const integerBytes = [0, 1, 2, 3, 4, 6, 8] as const;

function recordFrom(bytes: Uint8Array): StoredValue[] {
  const {value: headBytes, end} = varintAt(bytes, 0);
  if (headBytes > bytes.length) refuse('a head longer than its row');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: StoredValue[] = [];
  let at = headBytes;
  for (let head = end; head < headBytes;) {
    const {value: type, end: next} = varintAt(bytes, head);
    head = next;
    const size = type < 7 ? integerBytes[type] : type === 7 ? 8 : type < 12 ? 0 : Math.floor((type - 12) / 2);
    if (at + size > bytes.length) refuse('a value beyond its row');
    values.push(valueOf(view, bytes.subarray(at, at + size), at, type));
    at += size;
  }
  return values;
}

function valueOf(view: DataView, bytes: Uint8Array, at: number, type: number): StoredValue {
  if (type === 0) return null;
  if (type === 7) return view.getFloat64(at);
  if (type === 8 || type === 9) return type - 8;
  if (type === 10 || type === 11) return refuse('a value of no kind');
  if (type >= 12) return type % 2 === 0 ? Uint8Array.from(bytes) : fatalText.decode(bytes);
  let value = bytes[0] >= 128 ? -1 : 0;
  for (const byte of bytes) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : refuse('a number too large');
}
