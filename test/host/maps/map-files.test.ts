import {readdirSync, readFileSync} from 'node:fs';
import {crc32, deflateRawSync, deflateSync} from 'node:zlib';
import {encode} from 'fast-png';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import {parseMaps} from '../../../src/host/maps/read-map-file.ts';

/** Made by `test/fixtures/maps/make-maps.py` with NumPy and SciPy. */
const folder = new URL('../../fixtures/maps/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

/** 4 rows of 6 columns, 10 row + column, with 95 at the end of the first row. */
const table = Array.from({length: 24}, (_, i) => (i === 5 ? 95 : 10 * Math.floor(i / 6) + (i % 6)));
const sized = (factor: number, offset = 0): number[] => table.map((value) => value * factor + offset);

const read = (name: string, array = 0) => {
  const {arrays} = parseMaps(bytesOf(name));
  const {name: own, shape, re, im} = arrays[array];
  return {name: own, shape, re: [...re], im: im && [...im]};
};

describe('a map in a file', () => {
  it.each([
    ['c-order.npy', '', sized(1)],
    ['fortran-big-endian.npy', '', sized(1)],
    ['compressed.npz', 'phase', sized(1)],
    ['plain.mat', 'heights', sized(1)],
    ['compressed.mat', 'heights', sized(1)],
    ['integers.mat', 'levels', sized(1)],
    ['grey-16.png', '', sized(600)],
    ['grey-8.png', '', sized(1)],
    ['grey-16.tif', '', sized(600)],
    ['big-endian-16.tif', '', sized(600)],
    ['float-32.tif', '', sized(1)],
    ['signed-16-lzw.tif', '', sized(1, -50)],
    ['deflate.tif', '', sized(600)],
    ['packbits.tif', '', sized(600)],
    ['saved.csv', '', sized(1)],
    ['german.csv', '', sized(1)],
    ['blanks.txt', '', sized(1)],
    ['tabs.tsv', '', sized(1)],
  ])('%s is read row by row as it was written', (name, array, values) => {
    expect(read(name)).toMatchObject({name: array, shape: [4, 6], re: values});
  });

  it('of three axes keeps the order of its axes, from MATLAB too', () => {
    const {shape, re} = read('compressed.mat', 1);
    expect(shape).toEqual([4, 6, 2]);
    expect(re.filter((_, i) => i % 2 === 0)).toEqual(table);
    expect(re.filter((_, i) => i % 2 === 1)).toEqual(sized(1, 100));
  });

  it('keeps the imaginary part of complex numbers', () => {
    for (const [name, array, perRad] of [
      ['complex.npy', 0, 1 / 50],
      ['integers.mat', 1, 1],
    ] as const) {
      const {re, im = []} = read(name, array);
      table.forEach((value, i) => {
        expect(re[i]).toBeCloseTo(Math.cos(value * perRad), 12);
        expect(im[i]).toBeCloseTo(Math.sin(value * perRad), 12);
      });
    }
  });

  it('may be one of several pages, or an array of a state dict among others', () => {
    expect(parseMaps(bytesOf('two-pages.tif')).arrays.map(({name, re}) => [name, re[0]])).toEqual([
      ['page 1', 0],
      ['page 2', 100],
    ]);
    const {arrays, notes} = parseMaps(bytesOf('state-dict.npz'));
    expect(arrays.map(({name, shape}) => [name, shape.join(' x ')])).toEqual([
      ['layers.10.phase', '4 x 6'],
      ['layers.2.phase', '1 x 4 x 6'],
      ['layers.2.bias', '3'],
      ['step', ''],
    ]);
    expect(notes.join()).toMatch(/note\.npy is left out/);
  });

  it('is unpacked from LZW over many tables', () => {
    expect(read('long-lzw.tif').re).toEqual(read('long.npy').re);
  });

  it.each([
    ['objects.npy', /pickled Python objects/],
    ['level-4.mat', /none of .npy, .npz, .mat/],
    ['version-7-3.mat', /version 7\.3 \(HDF5\).*"-v7"/],
    ['colour.png', /in colour/],
    ['turned.tif', /turned or mirrored \(orientation 6\)/],
  ])('%s is refused with the reason', (name, reason) => {
    expect(() => parseMaps(bytesOf(name))).toThrow(reason);
  });

  it('of a MATLAB file names what was left out', () => {
    expect(parseMaps(bytesOf('plain.mat')).notes).toEqual([
      'words is left out: it is a text.',
      'cells is left out: it is a cell array.',
    ]);
  });
});

describe('a text of numbers', () => {
  const csv = (text: string) => parseMaps(new TextEncoder().encode(text));

  it('tells missing values from others', () => {
    expect([...csv('1,,3\nnan,5,-inf').arrays[0].re]).toEqual([1, NaN, 3, NaN, 5, -Infinity]);
  });

  it('says which of its lines was taken for a header, and by what its numbers are divided', () => {
    expect(csv('# comment\nx y\n1 2\n3 4').notes).toEqual([
      'Its numbers are divided by blanks.',
      'Line 2 was taken for a header: "x y".',
    ]);
  });

  it.each([
    ['1,2\n3', /line 2 has 1 numbers where the first one has 2/],
    ['1,2\n3,x', /line 2 holds "x", which is no number/],
    ['words\nmore words', /line 1 holds no numbers/],
    ['# only a comment', /it is empty/],
    ['', /it is empty/],
  ])('%j is refused with its line', (text, reason) => {
    expect(() => csv(text)).toThrow(reason);
  });

  it('is read as it was written, whatever stands between its numbers', () => {
    const tables = fc
      .tuple(fc.integer({min: 2, max: 5}), fc.integer({min: 2, max: 5}))
      .chain(([rows, columns]) =>
        fc.array(fc.array(fc.double({noNaN: true}), {minLength: columns, maxLength: columns}), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(tables, fc.constantFrom(',', ';', '\t', ' ', ', '), (rows, between) => {
        const {re, shape} = csv(rows.map((row) => row.join(between)).join('\n')).arrays[0];
        expect(shape).toEqual([rows.length, rows[0].length]);
        // A zero has lost its sign in the text.
        expect([...re]).toEqual(rows.flat().map((value) => value + 0));
      }),
    );
  });
});

/** A ZIP of one deflated file whose directory promises `size` bytes. */
function zipOf(name: string, content: Uint8Array, size = content.length): Uint8Array {
  const [packed, title] = [deflateRawSync(content), Buffer.from(name)];
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(size, 18);
  facts.writeUInt16LE(title.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, title, packed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, Buffer.alloc(14), title]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

describe('a file that is not what it should be', () => {
  const npy = encodeNpy({shape: [2, 2], dtype: '<f8', re: [1, 2, 3, 4]});

  it('is never unpacked beyond what is read or promised', () => {
    expect([...parseMaps(zipOf('a.npy', npy)).arrays[0].re]).toEqual([1, 2, 3, 4]);
    expect(() => parseMaps(zipOf('a.npy', npy, 2 ** 30))).toThrow(/unpack to more than 512 MB/);
    expect(() => parseMaps(zipOf('a.npy', new Uint8Array(100_000), 100))).toThrow(
      /cannot be unpacked to the 100/,
    );
    const picture = encode({width: 2, height: 2, depth: 8, channels: 1, data: new Uint8Array(4)});
    const idat = Buffer.from(picture).indexOf('IDAT');
    const large = deflateSync(new Uint8Array(1_000_000));
    const chunk = Buffer.concat([Buffer.from('IDAT'), large]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(large.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(chunk));
    const bomb = Buffer.concat([picture.subarray(0, idat - 4), length, chunk, sum, picture.subarray(-12)]);
    expect(() => parseMaps(bomb)).toThrow(/would unpack to more than its size/);
  });

  it('is refused where one bit of a packed array has changed', () => {
    const bytes = bytesOf('compressed.npz');
    bytes[bytes.length >> 1] ^= 1;
    expect(() => parseMaps(bytes)).toThrow();
  });

  it('is read or refused with a sentence, whatever was cut off or overwritten', () => {
    const files = readdirSync(folder)
      .filter((name) => !name.endsWith('.py') && !name.startsWith('long'))
      .map(bytesOf);
    const damaged = fc
      .tuple(
        fc.constantFrom(...files),
        fc.double({min: 0, max: 1, noNaN: true}),
        fc.array(fc.tuple(fc.nat(), fc.integer({min: 0, max: 255})), {maxLength: 4}),
      )
      .map(([file, part, changes]) => {
        const bytes = file.slice(0, part > 0.5 ? file.length : Math.round(2 * part * file.length));
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({maxLength: 300})), (bytes) => {
        try {
          for (const {shape, re} of parseMaps(bytes).arrays)
            expect(re).toHaveLength(shape.reduce((product, n) => product * n, 1));
        } catch (error) {
          // A RangeError or TypeError would be a reader that ran off its file.
          expect((error as Error).constructor).toBe(Error);
          expect((error as Error).message).not.toBe('');
        }
      }),
      {numRuns: 3000},
    );
  });
});
