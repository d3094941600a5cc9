/** What an element of an .npy array stands for. */
export type NpyKind = 'boolean' | 'integer' | 'real' | 'complex';

/** How the elements of an .npy array lie in the file. */
export interface NpyElement {
  readonly kind: NpyKind;
  readonly byteCount: number;
  /** Values have at most single precision, so that a Float32Array holds them exactly. */
  readonly isSingle: boolean;
  /** Reads one number at a byte offset; of a complex element its real part. Throws where a double cannot hold it. */
  readonly read: (view: DataView, at: number) => number;
}

type Reader = (view: DataView, at: number, isLittleEndian: boolean) => number;

const float32: Reader = (view, at, isLittleEndian) => view.getFloat32(at, isLittleEndian);
const float64: Reader = (view, at, isLittleEndian) => view.getFloat64(at, isLittleEndian);

/** By NumPy's letter and size in bytes (numpy.lib.format, "Array interface" type strings). */
const readers: Readonly<Record<string, readonly [kind: NpyKind, read: Reader]>> = {
  b1: ['boolean', (view, at) => (view.getUint8(at) === 0 ? 0 : 1)],
  i1: ['integer', (view, at) => view.getInt8(at)],
  i2: ['integer', (view, at, isLittleEndian) => view.getInt16(at, isLittleEndian)],
  i4: ['integer', (view, at, isLittleEndian) => view.getInt32(at, isLittleEndian)],
  i8: ['integer', (view, at, isLittleEndian) => exactNumber(view.getBigInt64(at, isLittleEndian))],
  u1: ['integer', (view, at) => view.getUint8(at)],
  u2: ['integer', (view, at, isLittleEndian) => view.getUint16(at, isLittleEndian)],
  u4: ['integer', (view, at, isLittleEndian) => view.getUint32(at, isLittleEndian)],
  u8: ['integer', (view, at, isLittleEndian) => exactNumber(view.getBigUint64(at, isLittleEndian))],
  f2: ['real', (view, at, isLittleEndian) => halfFrom(view.getUint16(at, isLittleEndian))],
  f4: ['real', float32],
  f8: ['real', float64],
  c8: ['complex', float32],
  c16: ['complex', float64],
};

/**
 * The element that a type string of NumPy names (`<f4`, `>c16`, `|b1`), both byte orders. Throws Error with a sentence
 * that says why it cannot be read: objects are pickles, which may run code; text, times and records are no numbers.
 */
export function npyElementFrom(descr: string): NpyElement {
  const [, order = '', name = ''] = /^([<>|=])?([a-zA-Z]\d+)$/.exec(descr) ?? [];
  if (/^[<>|=]?O\d*$/.test(descr))
    throw new Error(
      'it holds pickled Python objects, which are never loaded; save plain numbers (astype(float))',
    );
  const entry = Object.hasOwn(readers, name) ? readers[name] : undefined;
  // "|" and "=" leave the order open; that is only sound where an element is one byte.
  const byteCount = Number(name.slice(1));
  const isOrderKnown = order === '<' || order === '>' || byteCount === 1;
  if (!entry || !isOrderKnown)
    throw new Error(
      `its element type '${descr}' is not one of ${Object.keys(readers).join(', ')} with the byte order < or > before it`,
    );
  const [kind, read] = entry;
  const isLittleEndian = order !== '>';
  return {
    kind,
    byteCount,
    isSingle: name === 'f2' || name === 'f4' || name === 'c8',
    read: (view, at) => read(view, at, isLittleEndian),
  };
}

/** A half-precision number from its bits: sign, 5 bits of exponent, 10 of fraction (IEEE 754 binary16). */
function halfFrom(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new Error(`its integer ${value} is larger than a double holds exactly (2^53)`);
  return number;
}
