import {npyElementFrom, type NpyKind} from './npy-elements.ts';
import {npyMagic, parseNpyHeader} from './npy-header.ts';

/** An array of an .npy file as NumPy writes it, in rows (C order) whatever the order in the file. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** NumPy's type string of the file, `<f4`. */
  readonly dtype: string;
  readonly kind: NpyKind;
  /** Real part (or the values), as doubles or singles; booleans are 0 and 1. */
  readonly re: Float64Array | Float32Array;
  /** Imaginary part of a complex array. */
  readonly im?: Float64Array | Float32Array;
}

const writtenSizes = {'<f4': 4, '<f8': 8, '<c8': 8, '<c16': 16} as const;

/** Bytes of a real or complex array, version 1.0; throws RangeError when the values do not fill the shape. */
export function encodeNpy(array: {
  shape: readonly number[];
  dtype: keyof typeof writtenSizes;
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
  const bytes = new Uint8Array(10 + header.length + total * writtenSizes[dtype]);
  bytes.set([...npyMagic, 1, 0, header.length & 0xff, header.length >> 8]);
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

/**
 * Reads .npy bytes of versions 1 to 3: booleans, integers, half, single and double precision, real and complex, of
 * either byte order, in C or Fortran order. Throws Error with a sentence that says what is wrong with them; pickled
 * objects are never loaded. Nothing is allocated before the file is known to hold what its header promises.
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const {descr, isFortranOrder, shape, dataStart} = parseNpyHeader(bytes);
  const {kind, byteCount, isSingle, read} = npyElementFrom(descr);
  const total = shape.reduce((product, n) => product * n, 1);
  if (bytes.length - dataStart !== total * byteCount) {
    throw new Error(
      `it holds ${bytes.length - dataStart} bytes of data where its shape ${shape.join(' x ') || '()'} of '${descr}' asks for ${total * byteCount}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const create = (): Float32Array | Float64Array =>
    isSingle ? new Float32Array(total) : new Float64Array(total);
  const re = create();
  const im = kind === 'complex' ? create() : undefined;
  // Fortran order: the first index runs fastest in the file; ours always runs slowest.
  const isTurned = isFortranOrder && shape.length > 1;
  for (let i = 0; i < total; i++) {
    const to = isTurned ? rowMajorIndex(i, shape) : i;
    const at = dataStart + i * byteCount;
    re[to] = read(view, at);
    if (im) im[to] = read(view, at + byteCount / 2);
  }
  return {shape, dtype: descr, kind, re, ...(im ? {im} : {})};
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
