import {decodeUtf8Text} from '../../base/text-encoding.ts';
import {elementLimit, type MapArray} from './map-array.ts';

/** Longest text that is read: a plate of 2048 x 2048 with fifteen digits each. */
const textLimitBytes = 2 ** 26;

type Split = (line: string) => string[];

/** In the order in which they are tried: a comma may also be decimal, a blank may also stand behind a comma. */
const delimiters: readonly {readonly name: string; readonly has: RegExp; readonly split: Split}[] = [
  {name: 'tab', has: /\t/, split: (line) => line.split('\t')},
  {name: 'semicolon', has: /;/, split: (line) => line.split(';')},
  {name: 'comma', has: /,/, split: (line) => line.split(',')},
  {name: 'blanks', has: /\s/, split: (line) => line.trim().split(/\s+/)},
];

const single: Split = (line) => [line];

/** A number as programs write it, with a decimal point or comma, or a word for a missing one; else undefined. */
function numberOf(field: string): number | undefined {
  const text = field.trim();
  if (text === '' || /^[+-]?(nan|n\/?a)$/i.test(text)) return NaN;
  const infinite = /^([+-])?inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+|\d+,\d+)(e[+-]?\d+)?$/i.test(text)
    ? Number(text.replace(',', '.'))
    : undefined;
}

const isNumeric = (fields: readonly string[]): boolean =>
  fields.every((field) => numberOf(field) !== undefined) &&
  fields.some((field) => !Number.isNaN(numberOf(field)));

interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * The table of numbers of a text: comma, semicolon, tab or blanks between them (by look, the same in all lines), lines
 * that begin with `#`, `%` or `//` and empty ones skipped, one line of words before the numbers taken for a header.
 * Empty fields and NaN are missing values. Throws Error with a sentence and the line.
 */
export function readCsvMap(bytes: Uint8Array): {readonly array: MapArray; readonly notes: string[]} {
  if (bytes.length > textLimitBytes)
    throw new Error(
      `it has more than ${textLimitBytes / 2 ** 20} MB of text, which is not read; save it as .npy`,
    );
  const lines = textOf(bytes)
    .split(/\r\n|\r|\n/)
    .map((text, i): Line => ({number: i + 1, text}))
    .filter(({text}) => text.trim() !== '' && !/^\s*(#|%|\/\/)/.test(text));
  const {name, split, isHeaded} = layoutOf(lines);
  const rows = lines.slice(isHeaded ? 1 : 0).map((line) => ({line, fields: split(line.text)}));
  const isClosed =
    rows.length > 0 && rows.every(({fields}) => fields.length > 1 && fields.at(-1)?.trim() === '');
  const columns = rows[0].fields.length - (isClosed ? 1 : 0);
  if (rows.length * columns > elementLimit)
    throw new Error(`it has ${rows.length} x ${columns} numbers; at most 4096 x 4096 are read`);
  const re = new Float64Array(rows.length * columns);
  rows.forEach(({line, fields}, row) => {
    const count = fields.length - (isClosed ? 1 : 0);
    if (count !== columns)
      throw new Error(
        `line ${line.number} has ${count} numbers where the first one has ${columns} (divided by ${name})`,
      );
    for (let column = 0; column < columns; column++) {
      const value = numberOf(fields[column]);
      if (value === undefined)
        throw new Error(
          `line ${line.number} holds "${fields[column].trim().slice(0, 40)}", which is no number`,
        );
      re[row * columns + column] = value;
    }
  });
  const notes = [`Its numbers are divided by ${name}.`, ...(isHeaded ? [headerNote(lines[0])] : [])];
  return {array: {name: '', shape: [rows.length, columns], dtype: 'text', kind: 'real', re}, notes};
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8Text(bytes);
  } catch (error) {
    const isBinary = error instanceof Error && error.message.startsWith('it is saved as binary data');
    throw isBinary ? new Error(noneOfThem, {cause: error}) : error;
  }
}

const noneOfThem = 'it is none of .npy, .npz, .mat (level 5 or later), CSV, PNG and TIFF';

const headerNote = ({number, text}: Line): string =>
  `Line ${number} was taken for a header: "${text.trim().slice(0, 60)}".`;

/** Delimiter and header by the first lines: the first of the delimiters by which they are numbers. */
function layoutOf(lines: readonly Line[]): {
  readonly name: string;
  readonly split: Split;
  readonly isHeaded: boolean;
} {
  for (const first of [0, 1]) {
    const line = lines.at(first);
    if (!line) break;
    for (const {name, has, split} of delimiters)
      if (has.test(line.text.trim()) && isNumeric(split(line.text)))
        return {name, split, isHeaded: first === 1};
    if (isNumeric([line.text])) return {name: 'lines', split: single, isHeaded: first === 1};
  }
  throw new Error(
    lines.length === 0
      ? 'it is empty'
      : `line ${lines[0].number} holds no numbers ("${lines[0].text.trim().slice(0, 40)}"): ${noneOfThem}`,
  );
}
