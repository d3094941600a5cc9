import {inflateSync} from 'node:zlib';
import {decode} from 'fast-png';
import {elementLimit, type MapArray} from './map-array.ts';

const colours: Readonly<Record<number, string>> = {
  2: 'it is in colour (RGB)',
  3: 'it has a palette',
  4: 'it has a transparency beside its grey',
  6: 'it is in colour with transparency (RGBA)',
};

/**
 * The grey values of a PNG of 8 or 16 bits, 0 to 255 or 65,535, first row first. Throws Error with a sentence; nothing of
 * the picture's size is made before its header is judged, and nothing is unpacked beyond that size.
 */
export function readPngMap(bytes: Uint8Array): MapArray {
  if (bytes.length < 33) throw new Error('it is cut off within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour] = [bytes[24], bytes[25]];
  if (colour !== 0)
    throw new Error(`${colours[colour] ?? 'its kind of colour is unknown'}; save it as plain grey`);
  if (depth !== 8 && depth !== 16) throw new Error(`it has ${depth} bits a pixel; 8 or 16 are read`);
  if (width === 0 || height === 0 || width * height > elementLimit)
    throw new Error(`it has ${height} x ${width} pixels; 1 x 1 to 4096 x 4096 are read`);
  assertUnpacks(bytes, view, (height + 8 * 7) * (1 + width * (depth / 8)));
  const picture = decode(bytes, {checkCrc: true});
  const re = Float64Array.from(picture.data);
  if (re.length !== width * height) throw new Error('it is damaged: it holds another number of pixels');
  return {name: '', shape: [height, width], dtype: `${depth}-bit grey`, kind: 'integer', re};
}

/** Refuses picture data that unpack to more than the picture's size (rows, each with a filter byte, of seven passes). */
function assertUnpacks(bytes: Uint8Array, view: DataView, limitBytes: number): void {
  const parts: Uint8Array[] = [];
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw new Error('it is cut off');
    const length = view.getUint32(at);
    const type = new TextDecoder('latin1').decode(bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw new Error('it is cut off');
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === 'IEND') break;
    at += 12 + length;
  }
  try {
    inflateSync(Buffer.concat(parts), {maxOutputLength: limitBytes});
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(
      isTooLarge
        ? 'it would unpack to more than its size'
        : 'it is damaged or cut off: it cannot be unpacked',
      {cause: error},
    );
  }
}
