import {InvalidArgumentError, Option} from 'commander';
import {numberFrom, plainMarks} from '../base/number-text.ts';
import {readQuantity} from '../contract/quantity-text.ts';
import {
  listParts,
  readFrequencies,
  readHiddenCounts,
  readMaterial,
  type ListReading,
} from '../contract/spectrum-text.ts';
import type {MaterialPoint} from '../contract/spectrum.ts';

/**
 * Parsers of option values: a typing error is a usage error, never NaN on its way to an instrument. Numbers are
 * read as in the window, but alike on every machine: `0,5` and `0.5 mm` are 0.5, and `1,234` is refused.
 */

/** A number as it is typed; `unit` is the one that the option is in. */
export function finiteNumber(text: string, unit = ''): number {
  const reading = readQuantity(text, unit, plainMarks);
  if (!reading.isRead) throw new InvalidArgumentError(reading.problem);
  return reading.value;
}

export function positiveNumber(text: string, unit = ''): number {
  const value = finiteNumber(text, unit);
  if (!(value > 0)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

export function wholeNumber(text: string): number {
  const value = finiteNumber(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('Give a whole number from 0.');
  return value;
}

export function countNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** `350,375` as frequencies, Hz. */
export const frequencyList = (text: string): readonly number[] => valuesOf(readFrequencies(text));

/** `350:1.73:0.028,450:1.71:0.034` as points of a material's n(f) and k(f): GHz, index, extinction. */
export const materialPoints = (text: string): readonly MaterialPoint[] => valuesOf(readMaterial(text));

/** `64,32` as units of hidden layers; `0` for none. */
export const hiddenCounts = (text: string): readonly number[] => valuesOf(readHiddenCounts(text));

function valuesOf<Value>(reading: ListReading<Value>): readonly Value[] {
  if (!reading.isRead) throw new InvalidArgumentError(reading.problem);
  return reading.values;
}

/** `0,0.05,0.1` or `0;0,05;0,1`. */
export const numberList = (text: string): number[] => listParts(text).map((part) => finiteNumber(part));

/** `10,-2.5` or `10;-2,5` as x and y, mm. */
export function positionXy(text: string): {xMm: number; yMm: number} {
  const parts = listParts(text);
  if (parts.length !== 2)
    throw new InvalidArgumentError('Give two numbers, x and y: 10,-2.5 (or 10;-2,5 with decimal commas).');
  const [xMm, yMm] = parts.map((part) => finiteNumber(part, 'mm'));
  return {xMm, yMm};
}

/** `x=-50:50,y=0:20` as limits by axis, mm. */
export function axisLimits(text: string): Partial<Record<'x' | 'y' | 'z', [number, number]>> {
  const usage = 'Give axes with their smallest and largest position: x=-50:50,y=-50:50';
  const limits: Partial<Record<'x' | 'y' | 'z', [number, number]>> = {};
  for (const part of listParts(text)) {
    const match = /^\s*([xyz])\s*=\s*([^:]+):([^:]+)$/i.exec(part);
    if (!match) throw new InvalidArgumentError(usage);
    const axis = match[1].toLowerCase() as 'x' | 'y' | 'z';
    const [low, high] = [finiteNumber(match[2], 'mm'), finiteNumber(match[3], 'mm')];
    if (low >= high || limits[axis] !== undefined) throw new InvalidArgumentError(usage);
    limits[axis] = [low, high];
  }
  return limits;
}

/** `0..255` as the value that stands for full transmission or white. */
export function fullScale(text: string): number {
  const match = /^\s*0\s*\.\.\s*(\S+)\s*$/.exec(text);
  const value = numberFrom(match?.[1]);
  if (!(value > 0)) throw new InvalidArgumentError('Give the range of the values: 0..255 or 0..1');
  return value;
}

/** A date or a time (`2026-11-29`, `2026-11-29T22:30Z`), in UTC unless it says otherwise, as s since 1970. */
export function instant(text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(
    text.trim(),
  );
  const timeMs = found ? Date.parse(`${found[1]}T${found[2] ?? '00:00'}${found[3] ?? 'Z'}`) : Number.NaN;
  if (!Number.isFinite(timeMs))
    throw new InvalidArgumentError('Give a date or a time: 2026-11-29 or 2026-11-29T22:30Z');
  return timeMs / 1000;
}

/** Names between commas; none without a text. */
export const namesFrom = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** `name=value`. */
export function nameAndValue(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`"${text}" is no NAME=VALUE.`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const unitLabels: Readonly<Record<string, string>> = {
  mm: 'mm',
  um: 'µm',
  ms: 'ms',
  s: 's',
  hz: 'Hz',
  ghz: 'GHz',
  dbm: 'dBm',
  deg: 'deg',
};

/** The unit that an option names, as its value (`--single-step <mm>`) or at its end (`--pitch-mm <number>`). */
function unitOf(flags: string): string {
  const [, name = '', value = ''] = /--([\w-]+)(?:\s+[<[]([^>\]]+))?/.exec(flags) ?? [];
  return unitLabels[value] ?? unitLabels[name.split('-').at(-1) ?? ''] ?? '';
}

/** An option whose value is checked. */
export function checkedOption(
  flags: string,
  text: string,
  parser: (text: string, unit: string) => unknown,
): Option {
  const unit = unitOf(flags);
  return new Option(flags, text).argParser((value) => parser(value, unit));
}

/** Options of a command that takes labelled images. */
export const imagesOptions = (): readonly Option[] => [
  new Option('--images <file>', 'IDX3 images, .gz or not; the digits that no training saw unless given'),
  new Option('--labels <file>', 'IDX1 labels, .gz or not'),
  checkedOption('--values <0..max>', 'which value of the images is white', fullScale).default(255, '0..255'),
];
