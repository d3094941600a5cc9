import {InvalidArgumentError, Option} from 'commander';

/** Parsers of option values: a slip of the keyboard is a usage error, never NaN on its way to an instrument. */

const numberFrom = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

export function finiteNumber(text: string): number {
  const value = numberFrom(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Give a number.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = numberFrom(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

export function wholeNumber(text: string): number {
  const value = numberFrom(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

export function countNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** `10,-2.5` as x and y, mm. */
export function positionXy(text: string): {xMm: number; yMm: number} {
  const [x, y, ...rest] = text.split(',').map(numberFrom);
  if (!Number.isFinite(x) || !Number.isFinite(y) || rest.length > 0)
    throw new InvalidArgumentError('Give two numbers: 10,-2.5');
  return {xMm: x, yMm: y};
}

/** `x=-50:50,y=0:20` as limits by axis, mm. */
export function axisLimits(text: string): Partial<Record<'x' | 'y' | 'z', [number, number]>> {
  const limits: Partial<Record<'x' | 'y' | 'z', [number, number]>> = {};
  for (const part of text.split(',')) {
    const match = /^\s*([xyz])\s*=\s*([^:]+):([^:]+)$/i.exec(part);
    const [low, high] = [numberFrom(match?.[2] ?? ''), numberFrom(match?.[3] ?? '')];
    if (!match || !Number.isFinite(low) || !Number.isFinite(high) || low >= high)
      throw new InvalidArgumentError('Give axes with their smallest and largest position: x=-50:50,y=-50:50');
    limits[match[1].toLowerCase() as 'x' | 'y' | 'z'] = [low, high];
  }
  return limits;
}

/** `0..255` as the value that stands for full transmission or white. */
export function fullScale(text: string): number {
  const match = /^\s*0\s*\.\.\s*(\S+)\s*$/.exec(text);
  const value = numberFrom(match?.[1] ?? '');
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('Give the range of the values: 0..255 or 0..1');
  return value;
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

/** An option whose value is checked. */
export const checkedOption = (flags: string, text: string, parser: (text: string) => unknown): Option =>
  new Option(flags, text).argParser(parser);
