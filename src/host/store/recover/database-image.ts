import {closeSync, fstatSync, openSync, readSync, statSync} from 'node:fs';
import {BenchError} from '../../../contract/errors.ts';

/**
 * The pages of a database file with those of its journal over them, read without SQLite and without changing a byte. Of
 * the journal each page counts whose own checksum fits, also behind one that is damaged (SQLite stops there); those
 * behind its last commit do not. Format: https://sqlite.org/fileformat2.html
 */
export interface DatabaseImage extends Disposable {
  readonly pageSize: number;
  /** Bytes of a page that hold content. */
  readonly usableSize: number;
  readonly pageCount: number;
  /** Pages of the journal whose checksums do not fit, or that it holds only in part. */
  readonly damagedJournalPageCount: number;
  /** A page by its number from 1; what the file does not hold of it is zero. Undefined beyond the end. */
  readPage(number: number): Uint8Array | undefined;
}

const magic = 'SQLite format 3\0';
const defaultPageSize = 4096;
const journalHeaderBytes = 32;
const frameHeaderBytes = 24;

interface ReadFile {
  readonly file: number;
  readonly size: number;
}

/** Opens the file at `path` and the journal beside it. Throws `file/not-found`. */
export function openDatabaseImage(path: string): DatabaseImage {
  const main = openForReading(path);
  if (!main)
    throw new BenchError('file/not-found', `There is no database ${path}. Nothing was made.`, {
      details: {path},
    });
  const journal = openForReading(`${path}-wal`);
  const header = readBytes(main, 0, 100);
  const isHeaderWhole = Buffer.from(header.subarray(0, 16)).toString('latin1') === magic;
  const pageSize = pageSizeFrom(header);
  const reserved = isHeaderWhole && header[20] <= 32 ? header[20] : 0;
  const over = journal ? framesOf(journal, pageSize) : {places: new Map<number, number>(), damagedCount: 0};
  const inFile = Math.ceil(main.size / pageSize);
  const pageCount = [...over.places.keys()].reduce((most, number) => Math.max(most, number), inFile);
  return {
    pageSize,
    usableSize: pageSize - reserved,
    pageCount,
    damagedJournalPageCount: over.damagedCount,
    readPage(number) {
      if (!Number.isInteger(number) || number < 1 || number > pageCount) return undefined;
      const place = over.places.get(number);
      if (place !== undefined && journal) return readBytes(journal, place, pageSize);
      return readBytes(main, (number - 1) * pageSize, pageSize);
    },
    [Symbol.dispose]() {
      closeSync(main.file);
      if (journal) closeSync(journal.file);
    },
  };
}

function openForReading(path: string): ReadFile | undefined {
  if (statSync(path, {throwIfNoEntry: false})?.isFile() !== true) return undefined;
  const file = openSync(path, 'r');
  return {file, size: fstatSync(file).size};
}

/** Bytes from a place; zero where the file has none. */
function readBytes({file}: ReadFile, from: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const read = readSync(file, bytes, done, count - done, from + done);
    if (read === 0) break;
    done += read;
  }
  return bytes;
}

/** Bytes 16 and 17 of the header, where they name a possible size; 1 is 65536. */
function pageSizeFrom(header: Uint8Array): number {
  const written = 256 * header[16] + header[17];
  const size = written === 1 ? 65_536 : written;
  return size >= 512 && (size & (size - 1)) === 0 ? size : defaultPageSize;
}

/** Where the journal has each page last, up to its last commit. */
function framesOf(
  journal: ReadFile,
  pageSize: number,
): {readonly places: ReadonlyMap<number, number>; readonly damagedCount: number} {
  const places = new Map<number, number>();
  const header = viewOf(readBytes(journal, 0, journalHeaderBytes));
  const isBigEndian = header.getUint32(0) === 0x377f0683;
  const salt = saltOf(journal, pageSize);
  let sums: readonly [number, number] = [header.getUint32(24), header.getUint32(28)];
  const waiting = new Map<number, number>();
  let damagedCount = 0;
  let skipped = 0;
  const frameBytes = frameHeaderBytes + pageSize;
  for (let at = journalHeaderBytes; at + frameHeaderBytes <= journal.size; at += frameBytes) {
    const bytes = readBytes(journal, at, frameBytes);
    const frame = viewOf(bytes);
    const wanted = [frame.getUint32(16), frame.getUint32(20)] as const;
    const overHead = checksum(bytes.subarray(0, 8), sums, isBigEndian);
    const sum = checksum(bytes.subarray(frameHeaderBytes), overHead, isBigEndian);
    // Each goes on from the one before it: as that says of itself, so that a damaged one does not hide the others.
    sums = wanted;
    // One with another salt is damaged, or was left from before the journal was begun anew: those stand at its end.
    if (frame.getBigUint64(8) !== salt || sum[0] !== wanted[0] || sum[1] !== wanted[1]) {
      skipped++;
      continue;
    }
    damagedCount += skipped;
    skipped = 0;
    waiting.set(frame.getUint32(0), at + frameHeaderBytes);
    if (frame.getUint32(4) === 0) continue;
    for (const [number, place] of waiting) places.set(number, place);
    waiting.clear();
  }
  return {places, damagedCount};
}

/** What the pages of a journal say of the time when it was begun; its header does too, unless that is damaged. */
function saltOf(journal: ReadFile, pageSize: number): bigint {
  const own = viewOf(readBytes(journal, 0, journalHeaderBytes)).getBigUint64(16);
  const [first, second] = [0, 1].map((index) =>
    viewOf(
      readBytes(journal, journalHeaderBytes + index * (frameHeaderBytes + pageSize), frameHeaderBytes),
    ).getBigUint64(8),
  );
  return first === second ? first : own;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The journal's own checksum, eight bytes at a time. */
function checksum(
  bytes: Uint8Array,
  [first, second]: readonly [number, number],
  isBigEndian: boolean,
): readonly [number, number] {
  const view = viewOf(bytes);
  let [s0, s1] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    s0 = (s0 + view.getUint32(at, !isBigEndian) + s1) >>> 0;
    s1 = (s1 + view.getUint32(at + 4, !isBigEndian) + s0) >>> 0;
  }
  return [s0, s1];
}
