import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeNpy, encodeNpy} from '../../src/base/npy.ts';

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

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
