import {plainMarks} from '../base/number-text.ts';
import {readQuantity} from './quantity-text.ts';
import type {MaterialPoint} from './spectrum.ts';
import {hzFromGhz} from './units.ts';

/** Lists that are typed at the command line and in the window: numbers as everywhere, parts between commas or semicolons. */
export type ListReading<Value> =
  | {readonly isRead: true; readonly values: readonly Value[]}
  | {readonly isRead: false; readonly problem: string};

/** Parts of a list: between semicolons where there are any, else between commas, so that decimals are points then. */
export const listParts = (text: string): string[] => text.split(text.includes(';') ? ';' : ',');

/** `350,375` as frequencies, Hz. */
export const readFrequencies = (text: string): ListReading<number> =>
  readList(text, (part) => {
    const read = readPositive(part, 'GHz');
    return typeof read === 'number' ? hzFromGhz(read) : read;
  });

/** `350:1.73:0.028,450:1.71:0.034` as points of a material's n(f) and k(f): GHz, index, extinction. */
export const readMaterial = (text: string): ListReading<MaterialPoint> =>
  readList(text, (part) => {
    const values = part.split(':');
    if (values.length !== 3) return {problem: 'Give frequency in GHz, index and extinction: 350:1.73:0.028'};
    const frequencyGhz = readPositive(values[0] ?? '', 'GHz');
    if (typeof frequencyGhz !== 'number') return frequencyGhz;
    const refractiveIndex = readPositive(values[1] ?? '', '');
    if (typeof refractiveIndex !== 'number') return refractiveIndex;
    const extinction = readQuantity(values[2] ?? '', '', plainMarks);
    if (!extinction.isRead) return {problem: extinction.problem};
    return {frequencyHz: hzFromGhz(frequencyGhz), refractiveIndex, extinction: extinction.value};
  });

/** `64,32` as units of hidden layers; `0` for none. */
export function readHiddenCounts(text: string): ListReading<number> {
  const read = readList<number>(text, (part) => {
    const reading = readQuantity(part, '', plainMarks);
    if (!reading.isRead) return {problem: reading.problem};
    const isCount = Number.isSafeInteger(reading.value) && reading.value >= 0;
    return isCount ? reading.value : {problem: 'Give whole numbers, as 64,32, or 0 for no hidden layer.'};
  });
  return read.isRead ? {isRead: true, values: read.values.filter((count) => count > 0)} : read;
}

interface Problem {
  readonly problem: string;
}

function readPositive(text: string, unit: string): number | Problem {
  const reading = readQuantity(text, unit, plainMarks);
  if (!reading.isRead) return {problem: reading.problem};
  return reading.value > 0 ? reading.value : {problem: 'Give a number above 0.'};
}

function readList<Value extends number | object>(
  text: string,
  readPart: (part: string) => Value | Problem,
): ListReading<Value> {
  const values: Value[] = [];
  for (const part of listParts(text)) {
    const value = readPart(part);
    if (typeof value === 'object' && 'problem' in value) return {isRead: false, problem: value.problem};
    values.push(value);
  }
  return {isRead: true, values};
}
