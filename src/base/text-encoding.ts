/**
 * The text of a file that people write: UTF-8, with or without its mark at the beginning. Throws Error with a sentence
 * that names the encoding it has instead (UTF-16, UTF-32, Latin-1), or says that it is no text.
 */
export function decodeUtf8Text(bytes: Uint8Array): string {
  const other = otherEncodingOf(bytes);
  if (other !== undefined) throw new Error(`it is saved as ${other}; save it as UTF-8`);
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const at = firstWrongByte(bytes);
    const line = bytes.subarray(0, at).reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 1);
    const code = bytes[at].toString(16).toUpperCase().padStart(2, '0');
    throw new Error(
      `line ${line} holds the byte 0x${code} ("${new TextDecoder('windows-1252').decode(bytes.subarray(at, at + 1))}" in ` +
        'Latin-1), which is no UTF-8: it is probably saved as Latin-1 (Windows-1252); save it as UTF-8',
      {cause: error},
    );
  }
}

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, i) => bytes[i] === byte);

function otherEncodingOf(bytes: Uint8Array): string | undefined {
  // The mark of UTF-32 begins as that of UTF-16.
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) return 'UTF-32';
  if (startsWith(bytes, [0xff, 0xfe])) return 'UTF-16 (little-endian)';
  if (startsWith(bytes, [0xfe, 0xff])) return 'UTF-16 (big-endian)';
  const head = bytes.subarray(0, 512);
  const zerosAt = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zerosAt[i % 2] += 1;
  });
  if (zerosAt[0] + zerosAt[1] === 0) return undefined;
  // Western text in UTF-16 without a mark: every second byte is zero.
  const half = head.length / 2;
  if (zerosAt[1] > 0.7 * half && zerosAt[0] === 0) return 'UTF-16 (little-endian, without a mark)';
  if (zerosAt[0] > 0.7 * half && zerosAt[1] === 0) return 'UTF-16 (big-endian, without a mark)';
  return 'binary data (it holds zero bytes)';
}

/** Where the first sequence begins that UTF-8 does not allow (RFC 3629, table of well-formed sequences). */
function firstWrongByte(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLengthAt(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return bytes.length - 1;
}

/** Bytes of the character at `i`; 0 where none begins. */
function sequenceLengthAt(bytes: Uint8Array, i: number): number {
  const first = bytes[i];
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : 4;
  if (first < 0xc2 || first > 0xf4) return 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let k = 1; k < length; k++) {
    const byte = bytes[i + k];
    if (byte === undefined || byte < (k === 1 ? low : 0x80) || byte > (k === 1 ? high : 0xbf)) return 0;
  }
  return length;
}
