import {plainMarks} from '../../src/base/number-text.ts';
import type {SettingValue} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {ParameterKind, ParameterMeta} from '../../src/contract/instruments.ts';
import type {Meaning} from './meaning.ts';
import {readQuantity} from '../../src/contract/quantity-text.ts';
import {badReply, numberFromText, parseInteger, parseNumber} from './replies.ts';
import type {ReplySource} from './replies.ts';

/**
 * A parameter is declared once. From the declaration come the wire text both ways, the range check, the entry in the
 * settings snapshot, and what a window or a terminal shows.
 */
export interface Parameter extends ParameterMeta {
  /** Of one that decides what a reading means. */
  readonly meaning?: Meaning;
  /** Query that reads it; `undefined` for one that can only be written. */
  readonly read?: string;
  /** Which comma-separated field of the answer. */
  readonly field: number;
  /** Template of the line that writes it: `{value}` and, by name, wire texts of other parameters of the same line. */
  readonly write?: string | undefined;
  parse(text: string, source: ReplySource): SettingValue;
  format(value: SettingValue): string;
  /** The value in its own type. Throws `device/out-of-range` naming parameter, asked value, range and unit. */
  check(value: unknown): SettingValue;
  /** True when what was read back is what was asked, within the instrument's resolution. */
  isSame(asked: SettingValue, got: SettingValue): boolean;
}

interface Declaration {
  readonly name: string;
  readonly label: string;
  readonly group: string;
  readonly hint?: string;
  readonly meaning?: Meaning;
  readonly read?: string;
  readonly field?: number;
  readonly write?: string;
}

interface NumberDeclaration extends Declaration {
  readonly unit: string;
  readonly range: readonly [number, number];
  /** Digits after the point on the wire, or significant digits in exponential form. */
  readonly decimals?: number;
  readonly significant?: number;
  /** Value = wire number x scale. */
  readonly scale?: number;
  /** Difference between asked and read back that is rounding, in the parameter's unit. */
  readonly resolution?: number;
  /** Relative rounding of the instrument. */
  readonly relativeResolution?: number;
  /** Angles come back wrapped: 541 reads as -179. */
  readonly isAngle?: boolean;
}

/**
 * Error `device/out-of-range` for a value that a parameter does not take; its text names what is allowed. For use
 * before anything is sent.
 */
export function outOfRange(parameter: ParameterMeta, asked: unknown): BenchError {
  const unit = parameter.unit === '' ? '' : ` ${parameter.unit}`;
  const allowed =
    parameter.range !== undefined
      ? `${parameter.range[0]} to ${parameter.range[1]}${unit}`
      : parameter.choices !== undefined
        ? `one of ${parameter.choices.join(', ')}${unit}`
        : parameter.kind === 'flag'
          ? 'true or false'
          : 'a text';
  return new BenchError(
    'device/out-of-range',
    `${parameter.name} = ${String(asked)}${unit} was refused: allowed is ${allowed}. ` +
      'Nothing was sent; give a value in that range.',
    {
      details: {
        parameter: parameter.name,
        asked,
        range: parameter.range,
        choices: parameter.choices,
        unit: parameter.unit,
      },
    },
  );
}

function metaFrom(declaration: Declaration, kind: ParameterKind, unit: string) {
  return {
    name: declaration.name,
    label: declaration.label,
    group: declaration.group,
    unit,
    kind,
    isReadOnly: declaration.write === undefined,
    field: declaration.field ?? 0,
    ...(declaration.hint === undefined ? {} : {hint: declaration.hint}),
    ...(declaration.meaning === undefined ? {} : {meaning: declaration.meaning}),
    ...(declaration.read === undefined ? {} : {read: declaration.read}),
    ...(declaration.write === undefined ? {} : {write: declaration.write}),
  } satisfies Partial<Parameter>;
}

/** What a person asks for, as a number or as it is typed at a terminal; undefined for anything else. */
function askedNumber(value: unknown, unit: string): number | undefined {
  if (typeof value !== 'string') return typeof value === 'number' ? value : undefined;
  const reading = readQuantity(value, unit, plainMarks);
  return reading.isRead ? reading.value : undefined;
}

function formatNumber(value: number, declaration: NumberDeclaration): string {
  const wire = value / (declaration.scale ?? 1);
  if (declaration.decimals !== undefined) return wire.toFixed(declaration.decimals);
  return String(Number(wire.toPrecision(declaration.significant ?? 12)));
}

const wrapDeg = (deg: number): number => deg - 360 * Math.round(deg / 360);

/** A quantity on a continuous range. */
export function number(declaration: NumberDeclaration): Parameter {
  const parameter: Parameter = {
    ...metaFrom(declaration, 'number', declaration.unit),
    range: declaration.range,
    // Twelve digits: a product such as 10 x 1e-6 must not show its binary rounding.
    parse: (text, source) =>
      declaration.scale === undefined
        ? parseNumber(text, source)
        : Number((parseNumber(text, source) * declaration.scale).toPrecision(12)),
    format: (value) => formatNumber(value as number, declaration),
    check(asked) {
      const value = askedNumber(asked, declaration.unit);
      const [minimum, maximum] = declaration.range;
      if (value === undefined || !Number.isFinite(value) || value < minimum || value > maximum)
        throw outOfRange(parameter, asked);
      return value;
    },
    isSame(asked, got) {
      const difference = (got as number) - (asked as number);
      const rounding =
        (declaration.resolution ?? 0) + Math.abs(asked as number) * (declaration.relativeResolution ?? 1e-6);
      return Math.abs(declaration.isAngle === true ? wrapDeg(difference) : difference) <= rounding * 1.0001;
    },
  };
  return parameter;
}

/** A whole number on a range. */
export function integer(
  declaration: Omit<NumberDeclaration, 'scale' | 'decimals' | 'significant'>,
): Parameter {
  const parameter: Parameter = {
    ...metaFrom(declaration, 'integer', declaration.unit),
    range: declaration.range,
    parse: parseInteger,
    format: (value) => String(value),
    check(asked) {
      const value = askedNumber(asked, declaration.unit);
      const [minimum, maximum] = declaration.range;
      if (value === undefined || !Number.isInteger(value) || value < minimum || value > maximum)
        throw outOfRange(parameter, asked);
      return value;
    },
    isSame: (asked, got) => asked === got,
  };
  return parameter;
}

interface ChoiceDeclaration extends Declaration {
  readonly unit?: string;
  readonly choices: readonly (number | string)[];
  /** Wire texts in the order of the choices; their indices when not given. */
  readonly texts?: readonly string[];
  /** The numbers themselves stand on the wire, in any spelling. */
  readonly isNumeric?: boolean;
}

/** A word as declared, or in a longer spelling that begins with it (SCPI: SWE, SWEEP). */
function indexOfWord(words: readonly string[], reply: string): number {
  const word = reply.replaceAll('"', '').toUpperCase();
  const exact = words.findIndex((candidate) => candidate.toUpperCase() === word);
  return exact >= 0 ? exact : words.findIndex((candidate) => word.startsWith(candidate.toUpperCase()));
}

/** One of a list: sent and answered as its index, or as its declared text. */
export function choice(declaration: ChoiceDeclaration): Parameter {
  const isNumeric = declaration.isNumeric === true;
  const texts =
    declaration.texts ?? declaration.choices.map((one, index) => (isNumeric ? String(one) : String(index)));
  const indexOf = (asked: unknown): number => {
    const value = askedNumber(asked, declaration.unit ?? '');
    return declaration.choices.findIndex((candidate) =>
      typeof candidate === 'number'
        ? value !== undefined && Math.abs(value - candidate) <= Math.abs(candidate) * 1e-6
        : candidate === asked,
    );
  };
  const parameter: Parameter = {
    ...metaFrom(declaration, 'choice', declaration.unit ?? ''),
    choices: declaration.choices,
    parse(text, source) {
      const trimmed = text.trim().replace(/^\+/, '');
      const index = isNumeric
        ? indexOf(numberFromText(trimmed))
        : declaration.texts === undefined
          ? (numberFromText(trimmed) ?? -1)
          : indexOfWord(texts, trimmed);
      const value = declaration.choices[index];
      if (value === undefined) throw badReply(source, text, `one of ${texts.join(', ')}`);
      return value;
    },
    format: (value) => texts[indexOf(value)] ?? '',
    check(asked) {
      const value = declaration.choices[indexOf(asked)];
      if (value === undefined) throw outOfRange(parameter, asked);
      return value;
    },
    isSame: (asked, got) => asked === got,
  };
  return parameter;
}

const flagLabels: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['0', false],
]);

/** On or off; 1 and 0 on the wire unless other texts are given. */
export function flag(
  declaration: Declaration & {readonly texts?: readonly [off: string, on: string]},
): Parameter {
  const [off, on] = declaration.texts ?? ['0', '1'];
  const parameter: Parameter = {
    ...metaFrom(declaration, 'flag', ''),
    parse(text, source) {
      const value = flagLabels.get(text.trim().replace(/^\+/, '').toLowerCase());
      if (value === undefined) throw badReply(source, text, '0 or 1');
      return value;
    },
    format: (value) => (value === true ? on : off),
    check(asked) {
      const value = ['string', 'number', 'boolean'].includes(typeof asked)
        ? flagLabels.get(String(asked).toLowerCase())
        : undefined;
      if (value === undefined) throw outOfRange(parameter, asked);
      return value;
    },
    isSame: (asked, got) => asked === got,
  };
  return parameter;
}

/** Words of the instrument that are only shown. */
export function text(declaration: Omit<Declaration, 'write'>): Parameter {
  const parameter: Parameter = {
    ...metaFrom(declaration, 'text', ''),
    parse: (reply) => reply.trim(),
    format: (value) => String(value),
    check(asked) {
      throw outOfRange(parameter, asked);
    },
    isSame: (asked, got) => asked === got,
  };
  return parameter;
}

/** The part of a parameter that may cross a process boundary. */
export function metaOf(parameter: Parameter): ParameterMeta {
  const {name, label, unit, kind, range, choices, isReadOnly, group, hint} = parameter;
  return {
    name,
    label,
    unit,
    kind,
    isReadOnly,
    group,
    ...(range === undefined ? {} : {range}),
    ...(choices === undefined ? {} : {choices}),
    ...(hint === undefined ? {} : {hint}),
  };
}
