import {createHash} from 'node:crypto';
import {crc32} from 'node:zlib';

/**
 * CRC-32 (IEEE 802.3, as in gzip) of what a row says and where it stands: finds every flipped bit, every burst of up to
 * 32 bits, a row that was cut short and one that has come to another place. It guards against failing disks and
 * copies, not against people.
 */

/** Of a stream; the checksums of its points go on from it, so that a point of another stream or run does not fit. */
export const streamSeed = (streamUid: string): number => crc32(streamUid);

const head = new Float64Array(2);
const headBytes = new Uint8Array(head.buffer);

/** Of a point: its stream, number and time, its numbers as stored, and what they cannot hold. */
export function pointChecksum(
  seed: number,
  {seqNum, timeS}: {readonly seqNum: number; readonly timeS: number},
  data: Uint8Array,
  extra: string | null,
): number {
  head[0] = seqNum;
  head[1] = timeS;
  const sum = crc32(data, crc32(headBytes, seed));
  return extra === null ? sum : crc32(extra, sum);
}

/** Of texts that belong together, such as a descriptor and the names of its columns; where one ends counts. */
export const textChecksum = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => crc32(text, crc32(`${text.length};`, sum)), 0);

/** Whether bytes are those that a name by content (SHA-256, hex) stands for. */
export const isContent = (bytes: Uint8Array, sha256: string): boolean =>
  createHash('sha256').update(bytes).digest('hex') === sha256;
