import {inflateSync} from 'node:zlib';
import type {NpyKind} from '../../base/npy-elements.ts';
import {
  arrayLimit,
  assertElementCount,
  unpackedLimitBytes,
  type MapArray,
  type MapContent,
} from './map-array.ts';
import {readNumbers} from './mat-numbers.ts';

/** MATLAB's header of levels 5 and 7.3: text, subsystem offset, version, endian indicator. */
export const matHeaderBytes = 128;

const typeCodes = {int32: 5, matrix: 14, compressed: 15} as const;

/** By the class of an array (mxCLASS): name for people, and what its elements are where they are numbers. */
const classes: Readonly<Record<number, readonly [name: string, kind: NpyKind | null]>> = {
  1: ['cell array', null],
  2: ['structure', null],
  3: ['object', null],
  4: ['text', null],
  5: ['sparse matrix', null],
  6: ['double', 'real'],
  7: ['single', 'real'],
  8: ['int8', 'integer'],
  9: ['uint8', 'integer'],
  10: ['int16', 'integer'],
  11: ['uint16', 'integer'],
  12: ['int32', 'integer'],
  13: ['uint32', 'integer'],
  14: ['int64', 'integer'],
  15: ['uint64', 'integer'],
  16: ['function', null],
  17: ['object', null],
};

interface Element {
  readonly type: number;
  readonly data: DataView;
  /** Where the next one begins. */
  readonly next: number;
}

/**
 * The numeric arrays of a MATLAB file of level 5 (`save -v6`, `-v7`, scipy's `savemat`), compressed or not, of either byte
 * order, turned from MATLAB's columns to rows. Structures, cells, sparse arrays and texts are named in the notes. Throws
 * Error with a sentence. Source: MathWorks, MAT-File Format (R2019b), chapter 1.
 */
export function readMatFile(bytes: Uint8Array): MapContent {
  if (bytes.length < matHeaderBytes) throw new Error('it is cut off within its header');
  const isLittle = bytes[126] === 0x49 && bytes[127] === 0x4d;
  if (!isLittle && !(bytes[126] === 0x4d && bytes[127] === 0x49))
    throw new Error('its mark of the byte order is neither IM nor MI: it is damaged');
  const arrays: MapArray[] = [];
  const notes: string[] = [];
  const whole = viewOf(bytes);
  const budget = {leftBytes: unpackedLimitBytes};
  for (let at = matHeaderBytes; at < bytes.length;) {
    const element = elementAt(whole, at, {isLittle, isOuter: true});
    at = element.next;
    const matrix = element.type === typeCodes.compressed ? unpacked(element.data, isLittle, budget) : element;
    if (matrix.type !== typeCodes.matrix) continue;
    if (arrays.length + notes.length >= arrayLimit)
      throw new Error(`it holds more than ${arrayLimit} variables, which is not read`);
    const read = readMatrix(matrix.data, isLittle);
    if (typeof read === 'string') notes.push(read);
    else arrays.push(read);
  }
  if (arrays.length === 0)
    throw new Error(`it holds no array of numbers${notes.length > 0 ? ` (${notes.join(' ')})` : ''}`);
  return {format: 'MATLAB file', arrays, notes};
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A data element: 8 bytes of tag before its data, or 4 where both fit into 8 (small format). */
function elementAt(
  view: DataView,
  at: number,
  {isLittle, isOuter = false}: {readonly isLittle: boolean; readonly isOuter?: boolean},
): Element {
  if (at + 8 > view.byteLength) throw cutOff();
  const first = view.getUint32(at, isLittle);
  const isSmall = first >>> 16 !== 0;
  const type = isSmall ? first & 0xffff : first;
  const size = isSmall ? first >>> 16 : view.getUint32(at + 4, isLittle);
  const start = at + (isSmall ? 4 : 8);
  if (start + size > view.byteLength || (isSmall && size > 4)) throw cutOff();
  // Elements begin at multiples of 8 bytes, but for those behind a compressed one.
  const padded = isOuter && type === typeCodes.compressed ? size : Math.ceil(size / 8) * 8;
  return {
    type,
    data: new DataView(view.buffer, view.byteOffset + start, size),
    next: isSmall ? at + 8 : start + padded,
  };
}

const cutOff = (): Error => new Error('it is cut off, or damaged: a variable reaches beyond its end');

function unpacked(data: DataView, isLittle: boolean, budget: {leftBytes: number}): Element {
  let bytes: Uint8Array;
  try {
    bytes = inflateSync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
      maxOutputLength: Math.max(1, budget.leftBytes),
    });
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(
      isTooLarge
        ? `it would unpack to more than ${unpackedLimitBytes / 2 ** 20} MB, which is not read`
        : 'one of its compressed variables is damaged or cut off',
      {cause: error},
    );
  }
  budget.leftBytes -= bytes.length;
  return elementAt(viewOf(bytes), 0, {isLittle});
}

/** An array, or the sentence that says why it is left out. */
function readMatrix(view: DataView, isLittle: boolean): MapArray | string {
  const flags = elementAt(view, 0, {isLittle});
  if (flags.data.byteLength < 8) throw cutOff();
  const word = flags.data.getUint32(0, isLittle);
  const [className, kind] = classes[word & 0xff] ?? [`class ${word & 0xff}`, null];
  const dimensions = elementAt(view, flags.next, {isLittle});
  const nameElement = elementAt(view, dimensions.next, {isLittle});
  const name = new TextDecoder('latin1').decode(nameElement.data);
  if (kind === null)
    return `${name === '' ? 'A variable without a name' : name} is left out: it is a ${className}.`;
  if (dimensions.type !== typeCodes.int32) throw new Error(`the size of its variable ${name} cannot be read`);
  const shape = Array.from({length: Math.floor(dimensions.data.byteLength / 4)}, (_, i) =>
    dimensions.data.getInt32(4 * i, isLittle),
  );
  if (shape.length > 64 || shape.some((side) => side < 0))
    throw new Error(`the size of its variable ${name} cannot be read`);
  const total = assertElementCount(shape, `the size of its variable ${name},`);
  const real = elementAt(view, nameElement.next, {isLittle});
  const isComplex = (word & 0x800) !== 0;
  const re = turned(readNumbers(real, {total, isLittle, name}), shape);
  const isLogical = (word & 0x200) !== 0;
  const array = {name, shape, dtype: isLogical ? 'logical' : className, re};
  if (!isComplex) return {...array, kind: isLogical ? 'boolean' : kind};
  const imaginary = elementAt(view, real.next, {isLittle});
  return {...array, kind: 'complex', im: turned(readNumbers(imaginary, {total, isLittle, name}), shape)};
}

/** From columns (first index fastest) to rows. */
function turned(values: Float64Array, shape: readonly number[]): Float64Array {
  const out = new Float64Array(values.length);
  const subscripts = shape.map(() => 0);
  // By how much the place in the rows grows with each subscript.
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  let to = 0;
  for (const value of values) {
    out[to] = value;
    for (let axis = 0; axis < shape.length; axis++) {
      to += strides[axis];
      if (++subscripts[axis] < shape[axis]) break;
      to -= strides[axis] * shape[axis];
      subscripts[axis] = 0;
    }
  }
  return out;
}
