import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeNpy, encodeNpy} from '../../src/base/npy.ts';

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

/** A file as NumPy lays it out: magic, version, length of the header (2 or 4 bytes), header, data. */
function npyFile(header: string, data: Uint8Array, version = 1): Uint8Array {
  const bytes = new Uint8Array((version === 1 ? 10 : 12) + header.length + 1 + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, header.length + 1, true);
  else view.setUint32(8, header.length + 1, true);
  bytes.set(new TextEncoder().encode(`${header}\n`), version === 1 ? 10 : 12);
  bytes.set(data, bytes.length - data.length);
  return bytes;
}

/** Headers and data as NumPy 2.4 wrote them. */
const numpyFiles = [
  {
    name: 'half precision, big-endian',
    version: 1,
    header: "{'descr': '>f2', 'fortran_order': False, 'shape': (2, 3), }",
    data: '00003c00400042004480c640',
    shape: [2, 3],
    kind: 'real',
    re: [0, 1, 2, 3, 4.5, -6.25],
    im: undefined,
  },
  {
    name: 'int32, big-endian, version 2',
    version: 2,
    header: "{'descr': '>i4', 'fortran_order': False, 'shape': (2, 2), }",
    data: '00000001fffffffe0000012cffff63c0',
    shape: [2, 2],
    kind: 'integer',
    re: [1, -2, 300, -40_000],
    im: undefined,
  },
  {
    name: 'complex64, big-endian, Fortran order, version 3',
    version: 3,
    header: "{'descr': '>c8', 'fortran_order': True, 'shape': (2, 3), }",
    data: '000000004040000040400000000000003f80000040900000409000003f80000040000000c0c80000c0c8000040000000',
    shape: [2, 3],
    kind: 'complex',
    re: [0, 1, 2, 3, 4.5, -6.25],
    im: [3, 4.5, -6.25, 0, 1, 2],
  },
  {
    name: 'booleans',
    version: 1,
    header: "{'descr': '|b1', 'fortran_order': False, 'shape': (1, 2), }",
    data: '0100',
    shape: [1, 2],
    kind: 'boolean',
    re: [1, 0],
    im: undefined,
  },
  {
    name: 'a single half',
    version: 1,
    header: "{'descr': '<f2', 'fortran_order': False, 'shape': (), }",
    data: '003e',
    shape: [],
    kind: 'real',
    re: [1.5],
    im: undefined,
  },
];

type Put = (view: DataView, at: number, value: number, isLittle: boolean) => void;
const writers = {
  i1: {size: 1, put: (view, at, value) => view.setInt8(at, value)},
  u1: {size: 1, put: (view, at, value) => view.setUint8(at, value)},
  i2: {size: 2, put: (view, at, value, isLittle) => view.setInt16(at, value, isLittle)},
  u2: {size: 2, put: (view, at, value, isLittle) => view.setUint16(at, value, isLittle)},
  i4: {size: 4, put: (view, at, value, isLittle) => view.setInt32(at, value, isLittle)},
  u4: {size: 4, put: (view, at, value, isLittle) => view.setUint32(at, value, isLittle)},
  i8: {size: 8, put: (view, at, value, isLittle) => view.setBigInt64(at, BigInt(value), isLittle)},
  u8: {size: 8, put: (view, at, value, isLittle) => view.setBigUint64(at, BigInt(value), isLittle)},
  f2: {size: 2, put: (view, at, value, isLittle) => view.setUint16(at, halfBits(value), isLittle)},
  f4: {size: 4, put: (view, at, value, isLittle) => view.setFloat32(at, value, isLittle)},
  f8: {size: 8, put: (view, at, value, isLittle) => view.setFloat64(at, value, isLittle)},
} as const satisfies Record<string, {size: number; put: Put}>;

/** Bits of a whole number from 0 to 127 in half precision. */
function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024);
}

describe('.npy', () => {
  it('writes the header that NumPy writes, aligned to 64 bytes', () => {
    const bytes = encodeNpy({shape: [2, 3], dtype: '<f4', re: [1, 2, 3, 4, 5, 6]});
    expect(text(bytes.subarray(1, 6))).toBe('NUMPY');
    expect(text(bytes.subarray(10, 128))).toMatch(
      /^{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), } *\n$/,
    );
    expect((bytes.length - 24) % 64).toBe(0);
  });

  it('gives back what was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 0, max: 5}), {minLength: 1, maxLength: 3}),
        fc.constantFrom('<f4', '<f8', '<c8', '<c16'),
        fc.infiniteStream(fc.float({noNaN: true})),
        (shape, dtype, stream) => {
          const total = shape.reduce((product, n) => product * n, 1);
          const take = (): number[] => Array.from({length: total}, () => stream.next().value as number);
          const [re, im] = [take(), take()];
          const array = decodeNpy(encodeNpy({shape, dtype, re, im}));
          expect(array.shape).toEqual(shape);
          expect(Array.from(array.re)).toEqual(re);
          if (dtype.startsWith('<c')) expect(Array.from(array.im ?? [])).toEqual(im);
        },
      ),
    );
  });

  it('reads Fortran order as rows of columns', () => {
    const bytes = encodeNpy({shape: [2, 3], dtype: '<f8', re: [1, 4, 2, 5, 3, 6]});
    const fortran = Uint8Array.from(bytes);
    const at = text(bytes).indexOf('False');
    fortran.set(new TextEncoder().encode('True '), at);
    expect(Array.from(decodeNpy(fortran).re)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each(numpyFiles)('reads what NumPy writes as $name', ({version, header, data, shape, kind, re, im}) => {
    const array = decodeNpy(npyFile(header, Buffer.from(data, 'hex'), version));
    expect({shape: array.shape, kind: array.kind}).toEqual({shape, kind});
    expect(Array.from(array.re)).toEqual(re);
    expect(array.im && Array.from(array.im)).toEqual(im);
  });

  it('reads every number type of either byte order, in either order of axes, of every version', () => {
    const types = Object.keys(writers) as (keyof typeof writers)[];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(1, 2, 3),
        fc.array(fc.integer({min: 0, max: 127}), {minLength: 6, maxLength: 6}),
        (type, isLittle, isFortran, version, values) => {
          const {size, put} = writers[type];
          const stored = isFortran ? [0, 3, 1, 4, 2, 5].map((i) => values[i]) : values;
          const data = new Uint8Array(6 * size);
          const view = new DataView(data.buffer);
          stored.forEach((value, i) => put(view, i * size, value, isLittle));
          const descr = `${isLittle ? '<' : '>'}${type}`;
          const order = isFortran ? 'True' : 'False';
          const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (2, 3), }`;
          expect(Array.from(decodeNpy(npyFile(header, data, version)).re)).toEqual(values);
        },
      ),
    );
  });

  it.each([
    ['pickled objects', "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", /pickled Python objects/],
    ['records', "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", /several fields/],
    ['text', "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", /element type '<U2' is not one of/],
    ['times', "{'descr': '<M8[Y]', 'fortran_order': False, 'shape': (1,), }", /element type/],
    ['an open byte order', "{'descr': '=f8', 'fortran_order': False, 'shape': (1,), }", /byte order/],
    ['a shape of no numbers', "{'descr': '<f8', 'fortran_order': False, 'shape': (1e1,), }", /its shape/],
    [
      'a shape beyond all files',
      "{'descr': '<f8', 'fortran_order': False, 'shape': (9007199254740991, 2), }",
      /bytes of data/,
    ],
    ['no order', "{'descr': '<f8', 'shape': (1,), }", /header cannot be read/],
  ])('refuses %s and says so', (_what, header, message) => {
    expect(() => decodeNpy(npyFile(header, new Uint8Array(8)))).toThrow(message);
  });

  it('refuses an integer that a double would round, and a header larger than any', () => {
    const data = new Uint8Array(8).fill(0x7f);
    const header = "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }";
    expect(() => decodeNpy(npyFile(header, data))).toThrow(/larger than a double holds/);
    const huge = npyFile(header, data, 2);
    new DataView(huge.buffer).setUint32(8, 2 ** 31, true);
    expect(() => decodeNpy(huge)).toThrow(/at most 65536 are read/);
  });

  it('refuses anything else with a sentence, whatever the bytes', () => {
    const good = encodeNpy({shape: [4], dtype: '<f8', re: [1, 2, 3, 4]});
    expect(() => decodeNpy(good.subarray(0, good.length - 3))).toThrow(/bytes of data/);
    expect(() => decodeNpy(new Uint8Array(5))).toThrow(/does not begin/);
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), (bytes) => {
        try {
          decodeNpy(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});
