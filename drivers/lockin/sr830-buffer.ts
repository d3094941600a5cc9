import {badReply, numberFromText} from '../kit/index.ts';
import type {ReplySource} from '../kit/index.ts';

/** Decoding of the trace buffers: TRCA (text), TRCB (IEEE-754 single), TRCL (16-bit mantissa and exponent). */

export const bytesPerBin = 4;
export const bufferCapacity = 16_383;

/** TRCA?: `count` numbers, each followed by a comma. */
export function parseTrca(text: string, count: number, source: ReplySource): number[] {
  const fields = text.trim().replace(/,$/, '').split(',');
  const values = fields.map(numberFromText).filter((value) => value !== undefined);
  if (fields.length !== count || values.length !== count)
    throw badReply(source, text, `${count} numbers, each with a comma`);
  return values;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** TRCB?: single precision, least significant byte first. */
export function decodeTrcb(bytes: Uint8Array, source: ReplySource): number[] {
  const view = viewOf(bytes);
  return Array.from({length: bytes.length / bytesPerBin}, (_, bin) => {
    const value = view.getFloat32(bin * bytesPerBin, true);
    if (!Number.isFinite(value)) throw badReply(source, `bin ${bin}: ${value}`, 'a finite number');
    return value;
  });
}

const exponentBias = 124;
const largestExponent = 248;

/** TRCL?: value = mantissa x 2^(exponent - 124), both 16 bits, least significant byte first, not normalised. */
export function decodeTrcl(bytes: Uint8Array, source: ReplySource): number[] {
  const view = viewOf(bytes);
  return Array.from({length: bytes.length / bytesPerBin}, (_, bin) => {
    const mantissa = view.getInt16(bin * bytesPerBin, true);
    const exponent = view.getUint16(bin * bytesPerBin + 2, true);
    if (exponent > largestExponent)
      throw badReply(source, `bin ${bin}: exponent ${exponent}`, `an exponent from 0 to ${largestExponent}`);
    return mantissa * 2 ** (exponent - exponentBias);
  });
}
