import {inflateSync} from 'node:zlib';
import type {TiffPage} from './tiff-tags.ts';

/** Unpacks a strip to at most `byteCount` bytes. */
export type StripUnpacker = (packed: Uint8Array, byteCount: number) => Uint8Array;

/** How the strips of a page are packed. Throws Error with a sentence for ways that are not known. */
export function stripUnpacker({compression}: Pick<TiffPage, 'compression'>): StripUnpacker {
  switch (compression) {
    case 1:
      return (packed) => packed;
    case 5:
      return unpackLzw;
    case 8:
    case 32_946:
      return unpackDeflate;
    case 32_773:
      return unpackBits;
    default:
      throw new Error(
        `its pixels are packed by method ${compression}; save it unpacked, or with LZW, deflate or PackBits`,
      );
  }
}

function unpackDeflate(packed: Uint8Array, byteCount: number): Uint8Array {
  try {
    return inflateSync(packed, {maxOutputLength: byteCount});
  } catch (error) {
    throw new Error('one of its strips is damaged, cut off or larger than it should be', {cause: error});
  }
}

/** TIFF 6.0, section 9: a count n below 128 is followed by n + 1 bytes, one above by a byte to be repeated 257 - n times. */
function unpackBits(packed: Uint8Array, byteCount: number): Uint8Array {
  const out = new Uint8Array(byteCount);
  let to = 0;
  for (let at = 0; at < packed.length && to < byteCount;) {
    const count = packed[at++];
    if (count === 128) continue;
    const length = Math.min(count < 128 ? count + 1 : 257 - count, byteCount - to);
    if (count < 128) {
      out.set(packed.subarray(at, at + length), to);
      if (at + length > packed.length) return out.subarray(0, to);
      at += count + 1;
    } else out.fill(packed[at++] ?? 0, to, to + length);
    to += length;
  }
  return out.subarray(0, to);
}

const clearCode = 256;
const endCode = 257;
const longestCode = 12;

/** TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first, each one string longer than the one before. */
function unpackLzw(packed: Uint8Array, byteCount: number): Uint8Array {
  const out = new Uint8Array(byteCount);
  // Each string of the table lies in the output already: where it begins, and how long it is.
  const starts = new Int32Array(2 ** longestCode);
  const lengths = new Int32Array(2 ** longestCode);
  let [to, next, bits, bitAt] = [0, endCode + 1, 9, 0];
  let before: {readonly start: number; readonly length: number} | undefined;
  while (to < byteCount && bitAt + bits <= packed.length * 8) {
    const code = bitsAt(packed, bitAt, bits);
    bitAt += bits;
    if (code === endCode) break;
    if (code === clearCode) {
      [next, bits, before] = [endCode + 1, 9, undefined];
      continue;
    }
    const start = to;
    if (code < clearCode) out[to++] = code;
    else {
      if (code > next || (code === next && !before)) throw new Error('one of its strips is damaged (LZW)');
      const own =
        code === next && before
          ? {start: before.start, length: before.length + 1}
          : {start: starts[code], length: lengths[code]};
      // Byte by byte: a string may overlap with itself.
      for (let i = 0; i < own.length && to < byteCount; i++) out[to++] = out[own.start + i];
    }
    if (before && next < 2 ** longestCode) {
      starts[next] = before.start;
      lengths[next] = before.length + 1;
      next++;
    }
    before = {start, length: to - start};
    // The encoder changes one code early.
    if (next + 1 >= 2 ** bits && bits < longestCode) bits++;
  }
  return out.subarray(0, to);
}

function bitsAt(bytes: Uint8Array, bitAt: number, count: number): number {
  const at = bitAt >> 3;
  const word = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return (word >> (24 - (bitAt & 7) - count)) & (2 ** count - 1);
}
