/**
 * SCPI program messages (rf-synth-scpi.md section 2): units between `;`, long or short mnemonics in any case,
 * optional nodes, node path that `;` keeps and `;:` leaves, parameters between `,`.
 */

/** An entry of the error queue. The number decides which bit of the event status byte is set. */
export class ScpiError extends Error {
  readonly number: number;
  constructor(number: number, text: string = errorTexts[number] ?? 'Error') {
    super(text);
    this.number = number;
  }
}

/** Standard texts of SCPI-99. */
export const errorTexts: Readonly<Record<number, string>> = {
  0: 'No error',
  [-100]: 'Command error',
  [-101]: 'Invalid character',
  [-102]: 'Syntax error',
  [-104]: 'Data type error',
  [-108]: 'Parameter not allowed',
  [-109]: 'Missing parameter',
  [-113]: 'Undefined header',
  [-114]: 'Header suffix out of range',
  [-120]: 'Numeric data error',
  [-121]: 'Invalid character in number',
  [-131]: 'Invalid suffix',
  [-138]: 'Suffix not allowed',
  [-151]: 'Invalid string data',
  [-211]: 'Trigger ignored',
  [-213]: 'Init ignored',
  [-221]: 'Settings conflict',
  [-222]: 'Data out of range',
  [-224]: 'Illegal parameter value',
  [-230]: 'Data corrupt or stale',
  [-350]: 'Queue overflow',
  [-363]: 'Input buffer overrun',
  [-410]: 'Query INTERRUPTED',
};

export interface HeaderNode {
  readonly short: string;
  readonly long: string;
}

/** A header pattern such as `[:SOURce]:FREQuency[:CW]`: every node list that it accepts. */
export function expandPattern(pattern: string): HeaderNode[][] {
  let variants: HeaderNode[][] = [[]];
  for (const match of pattern.matchAll(/(\[)?:?([A-Za-z*]+)\]?/g)) {
    const long = match[2];
    const node = {long: long.toUpperCase(), short: long.replace(/[a-z]/g, '')};
    const extended = variants.map((nodes) => [...nodes, node]);
    variants = match[1] === undefined ? extended : [...extended, ...variants];
  }
  return variants;
}

/** One unit of a message: header words (upper case, without suffix), query mark, raw parameters. */
export interface MessageUnit {
  readonly isCommon: boolean;
  readonly isRooted: boolean;
  readonly nodes: readonly string[];
  readonly isQuery: boolean;
  readonly parameters: readonly string[];
}

/** Splits at a separator that stands outside of quotes. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let part = '';
  for (const character of text) {
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === separator) {
      parts.push(part);
      part = '';
      continue;
    }
    part += character;
  }
  parts.push(part);
  return parts;
}

/** Instruments of Keithley take `:*CLS`, and client programs send it. */
const headerPattern = /^(:?\*[A-Za-z]+|:?[A-Za-z]\w*(?:\s*:\s*[A-Za-z]\w*)*)\s*(\?)?/;

export function parseUnit(text: string): MessageUnit {
  const trimmed = text.trim();
  if (/[^\x20-\x7e\t]/.test(trimmed)) throw new ScpiError(-101);
  const match = headerPattern.exec(trimmed);
  if (!match) throw new ScpiError(-102);
  const header = match[1].replace(/\s+/g, '').replace(/^:\*/, '*');
  const rest = trimmed.slice(match[0].length);
  // `FREQ1GHZ` cannot happen (a suffix belongs to the node), but `FREQ,1` can.
  if (rest !== '' && match[2] === undefined && !/\s$/.test(match[0])) throw new ScpiError(-102);
  const data = rest.trim();
  const parameters = data === '' ? [] : splitOutsideQuotes(data, ',').map((part) => part.trim());
  if (parameters.some((part) => part === '')) throw new ScpiError(-109);
  return {
    isCommon: header.startsWith('*'),
    isRooted: header.startsWith(':'),
    nodes: header.replace(/^:/, '').toUpperCase().split(':'),
    isQuery: match[2] !== undefined,
    parameters,
  };
}

export type HeaderMatch = 'yes' | 'no' | 'suffix';

/** Compares a written node with a pattern node; a numeric suffix other than 1 matches no channel of this instrument. */
function matchNode(written: string, node: HeaderNode): HeaderMatch {
  if (written === node.short || written === node.long) return 'yes';
  const word = written.replace(/\d+$/, '');
  if (word === written || (word !== node.short && word !== node.long)) return 'no';
  return Number(written.slice(word.length)) === 1 ? 'yes' : 'suffix';
}

export function matchNodes(written: readonly string[], pattern: readonly HeaderNode[]): HeaderMatch {
  if (written.length !== pattern.length) return 'no';
  let isSuffixWrong = false;
  for (const [i, node] of pattern.entries()) {
    const match = matchNode(written[i], node);
    if (match === 'no') return 'no';
    if (match === 'suffix') isSuffixWrong = true;
  }
  return isSuffixWrong ? 'suffix' : 'yes';
}

const numberWithSuffix = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:\s*E\s*[+-]?\d+)?)\s*([A-Z/%]*)$/;

/** Factor of each suffix to the unit of the parameter. */
export const unitSuffixes = {
  Hz: {HZ: 1, KHZ: 1e3, MHZ: 1e6, MAHZ: 1e6, GHZ: 1e9},
  s: {S: 1, MS: 1e-3, US: 1e-6, NS: 1e-9},
  V: {V: 1, MV: 1e-3, UV: 1e-6, VP: 1, VPP: 0.5, VRMS: Math.SQRT2},
  rad: {RAD: 1, DEG: Math.PI / 180},
  dBm: {DBM: 1},
  dB: {DB: 1},
  percent: {PCT: 1, '%': 1},
  '': {},
} as const satisfies Record<string, Readonly<Record<string, number>>>;
export type UnitName = keyof typeof unitSuffixes;

/** A number with its optional suffix, in the unit. Level units other than dBm are turned into dBm at 50 ohm. */
export function parseNumber(text: string, unit: UnitName): number {
  const match = numberWithSuffix.exec(text.toUpperCase());
  if (!match) throw new ScpiError(/^[+-]?[\d.]/.test(text) ? -121 : -104);
  const value = Number(match[1].replace(/\s+/g, ''));
  const suffix = match[2];
  if (suffix === '') return value;
  if (unit === '') throw new ScpiError(-138);
  if (unit === 'dBm') {
    const levelDbm = levelFrom(value, suffix);
    if (levelDbm === undefined) throw new ScpiError(-131);
    return levelDbm;
  }
  const factors: Readonly<Record<string, number>> = unitSuffixes[unit];
  if (!Object.hasOwn(factors, suffix)) throw new ScpiError(-131);
  return value * factors[suffix];
}

function levelFrom(value: number, suffix: string): number | undefined {
  switch (suffix) {
    case 'DBM':
      return value;
    case 'DBUV':
      return value - 106.9897;
    case 'V':
      return 10 * Math.log10((value * value) / 50) + 30;
    case 'MV':
      return 10 * Math.log10((value * value * 1e-6) / 50) + 30;
    case 'UV':
      return 10 * Math.log10((value * value * 1e-12) / 50) + 30;
    default:
      return undefined;
  }
}

export function parseBoolean(text: string): boolean {
  const word = text.toUpperCase();
  if (word === 'ON') return true;
  if (word === 'OFF') return false;
  if (!numberWithSuffix.test(word)) throw new ScpiError(-224);
  return Math.round(parseNumber(text, '')) !== 0;
}

/** One of the given words (`SQUare`: short or long form), as its short form. */
export function parseChoice(text: string, choices: readonly string[]): string {
  const word = text.toUpperCase();
  for (const choice of choices) {
    const short = choice.replace(/[a-z]/g, '');
    if (word === choice.toUpperCase() || word === short) return short;
  }
  throw new ScpiError(/^[A-Za-z]\w*$/.test(text) ? -224 : -104);
}

/** NR3 as Keysight prints it: `+1.1111111111100E+10`; other instruments have other digits. */
export function formatNr3(value: number, digits = 13): string {
  const [mantissa, exponentText] = Math.abs(value).toExponential(digits).split('e') as [string, string];
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '+';
  return `${sign}${mantissa}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
