import {elementLimit, unpackedLimitBytes, type MapArray, type MapContent} from './map-array.ts';
import {stripUnpacker} from './tiff-strips.ts';
import {tiffPagesOf, type TiffPage} from './tiff-tags.ts';

type Reader = readonly [dtype: string, read: (view: DataView, at: number, isLittle: boolean) => number];

/** By sample format (1 unsigned, 2 signed, 3 floating) and bits. */
const readers: Readonly<Record<string, Reader>> = {
  '1/8': ['uint8', (view, at) => view.getUint8(at)],
  '1/16': ['uint16', (view, at, isLittle) => view.getUint16(at, isLittle)],
  '1/32': ['uint32', (view, at, isLittle) => view.getUint32(at, isLittle)],
  '2/8': ['int8', (view, at) => view.getInt8(at)],
  '2/16': ['int16', (view, at, isLittle) => view.getInt16(at, isLittle)],
  '2/32': ['int32', (view, at, isLittle) => view.getInt32(at, isLittle)],
  '3/32': ['float32', (view, at, isLittle) => view.getFloat32(at, isLittle)],
  '3/64': ['float64', (view, at, isLittle) => view.getFloat64(at, isLittle)],
};

/**
 * The grey pictures of a TIFF, one array a page: 8, 16 and 32-bit integers, 32 and 64-bit floating-point numbers, in
 * strips, plain or packed (LZW, deflate, PackBits). Throws Error with a sentence. Source: Adobe, TIFF 6.0 (1992), and
 * its technical note 2 (deflate).
 */
export function readTiffMaps(bytes: Uint8Array): MapContent {
  const {isLittle, pages} = tiffPagesOf(bytes);
  const notes: string[] = [];
  let unpacked = 0;
  const arrays = pages.map((page, i): MapArray => {
    const name = pages.length === 1 ? '' : `page ${i + 1}`;
    try {
      unpacked += page.width * page.height * (page.bits / 8);
      if (unpacked > unpackedLimitBytes)
        throw new Error(`it would unpack to more than ${unpackedLimitBytes / 2 ** 20} MB, which is not read`);
      if (page.photometric === 0)
        notes.push('It says that 0 is white; its numbers are taken as they are stored.');
      return {...readPage(bytes, page, isLittle), name};
    } catch (error) {
      if (name === '') throw error;
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, {cause: error});
    }
  });
  return {format: 'TIFF picture', arrays, notes: [...new Set(notes)]};
}

function readPage(bytes: Uint8Array, page: TiffPage, isLittle: boolean): Omit<MapArray, 'name'> {
  const {width, height, bits, sampleFormat} = page;
  assertPlain(page);
  const key = `${sampleFormat}/${bits}`;
  if (!Object.hasOwn(readers, key))
    throw new Error(
      `its pixels have ${bits} bits of format ${sampleFormat}; 8, 16 or 32-bit integers and 32 or 64-bit floating-point numbers are read`,
    );
  const [dtype, read] = readers[key];
  const size = bits / 8;
  const rowsPerStrip = Math.min(page.rowsPerStrip, height);
  if (
    page.offsets.length !== Math.ceil(height / rowsPerStrip) ||
    page.byteCounts.length !== page.offsets.length
  )
    throw new Error('its strips do not make up its height: it is damaged');
  const re = new Float64Array(width * height);
  const unpack = stripUnpacker(page);
  page.offsets.forEach((offset, strip) => {
    const firstRow = strip * rowsPerStrip;
    const count = Math.min(rowsPerStrip, height - firstRow) * width;
    if (offset + page.byteCounts[strip] > bytes.length) throw new Error('it is cut off');
    const data = unpack(bytes.subarray(offset, offset + page.byteCounts[strip]), count * size);
    if (data.length < count * size) throw new Error(`its strip ${strip + 1} is cut off`);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const values = re.subarray(firstRow * width, firstRow * width + count);
    for (let i = 0; i < count; i++) values[i] = read(view, i * size, isLittle);
    if (page.predictor === 2) addAlongRows(values, {width, bits, isSigned: sampleFormat === 2});
  });
  return {shape: [height, width], dtype, kind: sampleFormat === 3 ? 'real' : 'integer', re};
}

/** Refuses what would have to be guessed at. */
function assertPlain({
  width,
  height,
  samples,
  photometric,
  orientation,
  predictor,
  sampleFormat,
}: TiffPage): void {
  if (width < 1 || height < 1 || width * height > elementLimit)
    throw new Error(`it has ${height} x ${width} pixels; 1 x 1 to 4096 x 4096 are read`);
  if (samples !== 1 || photometric > 1)
    throw new Error(
      `it is no plain grey picture (${samples} values a pixel, colour kind ${photometric}); save it as grey`,
    );
  if (orientation !== 1)
    throw new Error(
      `it says that it is to be shown turned or mirrored (orientation ${orientation}); save it as it is to be seen`,
    );
  if (predictor !== 1 && !(predictor === 2 && sampleFormat !== 3))
    throw new Error(`its predictor ${predictor} is not known; save it without a predictor`);
}

/** Undoes horizontal differencing: each pixel was stored as its difference to the one before, modulo its bits. */
function addAlongRows(
  values: Float64Array,
  {width, bits, isSigned}: {readonly width: number; readonly bits: number; readonly isSigned: boolean},
): void {
  const turn = 2 ** bits;
  for (let start = 0; start < values.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) {
      sum = (((sum + values[i]) % turn) + turn) % turn;
      values[i] = isSigned && sum >= turn / 2 ? sum - turn : sum;
    }
  }
}
