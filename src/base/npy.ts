/** Arrays in the .npy format, version 1.0, as NumPy writes and reads them: little-endian, C order, never pickles. */
export type NpyDtype =
  '<f4' | '<f8' | '<c8' | '<c16' | '<i2' | '<i4' | '<u1' | '|u1' | '|i1' | '|b1' | '<i8' | '<u2' | '<u4';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly dtype: NpyDtype;
  /** Real part (or the values), as doubles or singles. */
  readonly re: Float64Array | Float32Array;
  /** Imaginary part of a complex array. */
  readonly im?: Float64Array | Float32Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const sizes: Readonly<Record<NpyDtype, number>> = {
  '<f4': 4,
  '<f8': 8,
  '<c8': 8,
  '<c16': 16,
  '<i2': 2,
  '<i4': 4,
  '<i8': 8,
  '<u1': 1,
  '|u1': 1,
  '|i1': 1,
  '|b1': 1,
  '<u2': 2,
  '<u4': 4,
};

/** Bytes of a real or complex array; throws RangeError when the values do not fill the shape. */
export function encodeNpy(array: {
  shape: readonly number[];
  dtype: '<f4' | '<f8' | '<c8' | '<c16';
  re: ArrayLike<number>;
  im?: ArrayLike<number>;
}): Uint8Array {
  const {shape, dtype, re, im} = array;
  const total = shape.reduce((product, n) => product * n, 1);
  const isComplex = dtype === '<c8' || dtype === '<c16';
  if (re.length !== total || (isComplex && im?.length !== total)) {
    throw new RangeError(`Values do not fill a shape of ${shape.join(' x ')}.`);
  }
  const shapeText = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  let header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${shapeText}, }`;
  header = header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + header.length + total * sizes[dtype]);
  bytes.set([...magic, 1, 0, header.length & 0xff, header.length >> 8]);
  for (let i = 0; i < header.length; i++) bytes[10 + i] = header.charCodeAt(i);
  const view = new DataView(bytes.buffer, 10 + header.length);
  const isSingle = dtype === '<f4' || dtype === '<c8';
  const put = (index: number, value: number): void => {
    if (isSingle) view.setFloat32(index * 4, value, true);
    else view.setFloat64(index * 8, value, true);
  };
  for (let i = 0; i < total; i++) {
    if (isComplex) {
      put(2 * i, re[i]);
      put(2 * i + 1, (im as ArrayLike<number>)[i]);
    } else put(i, re[i]);
  }
  return bytes;
}

/** Reads .npy bytes of versions 1..3; throws Error with a sentence that says what is wrong with them. */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new Error('it does not begin as an .npy file does');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw new Error(`its .npy version ${version} is not known`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new Error('its header is cut off');
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + headerLength > bytes.length) throw new Error('its header is cut off');
  let header = '';
  for (let i = start; i < start + headerLength; i++) header += String.fromCharCode(bytes[i]);
  const dtype = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const shapeText = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  if (dtype === undefined || shapeText === undefined || order === undefined)
    throw new Error('its header cannot be read');
  if (!isDtype(dtype))
    throw new Error(`its element type '${dtype}' is not one of ${Object.keys(sizes).join(', ')}`);
  const shape = shapeText
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number);
  if (shape.some((n) => !Number.isInteger(n) || n < 0)) throw new Error('its shape cannot be read');
  const total = shape.reduce((product, n) => product * n, 1);
  const size = sizes[dtype];
  const data = start + headerLength;
  if (bytes.length - data !== total * size) {
    throw new Error(`it holds ${bytes.length - data} bytes of data where its shape asks for ${total * size}`);
  }
  const isSingle = dtype === '<f4' || dtype === '<c8';
  const create = (): Float32Array | Float64Array =>
    isSingle ? new Float32Array(total) : new Float64Array(total);
  const re = create();
  const im = dtype === '<c8' || dtype === '<c16' ? create() : undefined;
  const read = readerOf(dtype, view);
  // Fortran order: the first index runs fastest in the file; ours always runs slowest.
  const isFortran = order === 'True' && shape.length > 1;
  for (let i = 0; i < total; i++) {
    const to = isFortran ? rowMajorIndex(i, shape) : i;
    const at = data + i * size;
    re[to] = read(at);
    if (im) im[to] = isSingle ? view.getFloat32(at + 4, true) : view.getFloat64(at + 8, true);
  }
  return im ? {shape, dtype, re, im} : {shape, dtype, re};
}

const isDtype = (text: string): text is NpyDtype => Object.hasOwn(sizes, text);

function readerOf(dtype: NpyDtype, view: DataView): (at: number) => number {
  switch (dtype) {
    case '<f4':
    case '<c8':
      return (at) => view.getFloat32(at, true);
    case '<f8':
    case '<c16':
      return (at) => view.getFloat64(at, true);
    case '<i2':
      return (at) => view.getInt16(at, true);
    case '<i4':
      return (at) => view.getInt32(at, true);
    case '<i8':
      return (at) => Number(view.getBigInt64(at, true));
    case '<u2':
      return (at) => view.getUint16(at, true);
    case '<u4':
      return (at) => view.getUint32(at, true);
    case '|i1':
      return (at) => view.getInt8(at);
    case '<u1':
    case '|u1':
    case '|b1':
      return (at) => view.getUint8(at);
  }
}

function rowMajorIndex(index: number, shape: readonly number[]): number {
  let rest = index;
  let result = 0;
  const subscripts = shape.map((n) => {
    const subscript = rest % n;
    rest = Math.floor(rest / n);
    return subscript;
  });
  for (let axis = 0; axis < shape.length; axis++) result = result * shape[axis] + subscripts[axis];
  return result;
}
