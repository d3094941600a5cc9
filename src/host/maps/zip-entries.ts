import {crc32, inflateRawSync} from 'node:zlib';
import {arrayLimit, unpackedLimitBytes} from './map-array.ts';

/** A file in a ZIP, unpacked. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;
/** In place of a size: the real one stands in a ZIP64 field. */
const isElsewhere = 0xffff_ffff;

/**
 * Unpacks the files of a ZIP (stored or deflated), each to the size that the directory promises and all to
 * `unpackedLimitBytes`, and compares their checksums. Throws Error with a sentence. Source: PKWARE APPNOTE 6.3.10.
 */
export function readZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const {count, start} = directoryOf(view);
  const entries: ZipEntry[] = [];
  let at = start;
  let unpacked = 0;
  for (let i = 0; i < count; i++) {
    if (at + entryBytes > bytes.length || view.getUint32(at, true) !== entryMark) throw cutOff();
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    );
    const name = new TextDecoder().decode(bytes.subarray(at + entryBytes, at + entryBytes + nameBytes));
    unpacked += view.getUint32(at + 24, true);
    if (unpacked > unpackedLimitBytes)
      throw new Error(`it would unpack to more than ${unpackedLimitBytes / 2 ** 20} MB, which is not read`);
    if (!name.endsWith('/')) entries.push({name, bytes: contentOf(bytes, view, {at, name})});
    at += entryBytes + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

const cutOff = (): Error => new Error('it is cut off, or damaged: its directory of files cannot be read');

/** The end record stands last, but for a comment of at most 64 kB. */
function directoryOf(view: DataView): {readonly count: number; readonly start: number} {
  const earliest = Math.max(0, view.byteLength - endBytes - 0xffff);
  for (let at = view.byteLength - endBytes; at >= earliest; at--) {
    if (view.getUint32(at, true) !== endMark) continue;
    const [count, start] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    if (count > arrayLimit || start === isElsewhere)
      throw new Error(`it holds more than ${arrayLimit} files or 4 GB, which is not read`);
    return {count, start};
  }
  throw cutOff();
}

function contentOf(
  bytes: Uint8Array,
  view: DataView,
  {at, name}: {readonly at: number; readonly name: string},
): Uint8Array {
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [sum, packed, size, local] = [16, 20, 24, 42].map((offset) => view.getUint32(at + offset, true));
  if ((flags & 1) !== 0) throw new Error(`its file ${name} is encrypted`);
  if (local + localBytes > bytes.length || view.getUint32(local, true) !== localMark) throw cutOff();
  const from = local + localBytes + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (from + packed > bytes.length) throw cutOff();
  const raw = bytes.subarray(from, from + packed);
  const content = method === 0 ? raw : inflated(raw, {method, size, name});
  if (content.length !== size || crc32(content) !== sum)
    throw new Error(`its file ${name} is damaged: its checksum is another one`);
  return content;
}

function inflated(
  raw: Uint8Array,
  {method, size, name}: {readonly method: number; readonly size: number; readonly name: string},
): Uint8Array {
  if (method !== 8)
    throw new Error(`its file ${name} is packed by method ${method}; stored and deflated ones are read`);
  try {
    return inflateRawSync(raw, {maxOutputLength: Math.max(1, size)});
  } catch (error) {
    throw new Error(`its file ${name} cannot be unpacked to the ${size} bytes that it should have`, {
      cause: error,
    });
  }
}
