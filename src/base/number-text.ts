/**
 * Reads a number as a person writes it: any common sign, decimal mark, grouping and power of ten, in every locale. A
 * text is taken as the one number that it can mean, or refused with the reason; it is never taken as another number.
 * How marks are read is stated in docs/conventions.md, "Numbers as they are typed".
 */

/** The marks that a person's locale writes numbers with. */
export interface NumberMarks {
  /** Between whole part and decimals. */
  readonly decimal: '.' | ',';
  /** Signs that set off thousands, in plain numbers or in amounts of money. */
  readonly groups: readonly string[];
}

/** Outside of any locale: the command line, where a script has to mean the same on every machine. */
export const plainMarks: NumberMarks = {decimal: '.', groups: [',']};

/** A number that was read, or why the text is none. */
export type NumberReading =
  | {readonly isRead: true; readonly value: number}
  | {readonly isRead: false; readonly problem: string};

/** The number at the beginning of a text, in decimal digits: sign, digits and power of ten, and what follows it. */
export interface NumberParts {
  readonly isRead: true;
  /** Plain decimal digits with at most one point, `-1234.5`. */
  readonly digits: string;
  readonly powerOfTen: number;
  /** What stands behind the number, without blanks around: a unit, or nothing. */
  readonly rest: string;
}

type Refusal = Extract<NumberReading, {isRead: false}>;

const refuse = (problem: string): Refusal => ({isRead: false, problem});

/** The marks of a locale (a BCP 47 tag, as `navigator.language` has it). */
export function numberMarksOf(locale: string): NumberMarks {
  const formats = [
    new Intl.NumberFormat(locale, {useGrouping: 'always'}),
    // In places that group plain numbers by blanks (de-AT), money is grouped by points, and so are many tables.
    new Intl.NumberFormat(locale, {useGrouping: 'always', style: 'currency', currency: 'EUR'}),
  ];
  const [plain, money] = formats.map((format) => format.formatToParts(1_234_567.8));
  const signOf = (parts: typeof plain, type: Intl.NumberFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? '';
  const decimal = signOf(plain, 'decimal') === ',' ? ',' : '.';
  const groups = [signOf(plain, 'group'), signOf(money, 'group')];
  return {decimal, groups: [...new Set(groups)].filter((sign) => sign !== '' && sign !== decimal)};
}

/**
 * Writes a number so that `readNumber` takes it back to the last bit in the same locale: all its digits, no grouping.
 * Not-a-number is an empty text.
 */
export function formatNumber(value: number, {decimal}: NumberMarks): string {
  return Number.isFinite(value) ? String(value).replace('.', decimal) : '';
}

/** Reads a text that is one number and nothing else. */
export function readNumber(text: string, marks: NumberMarks): NumberReading {
  const parts = splitNumber(text, marks);
  if (!parts.isRead) return parts;
  if (parts.rest !== '')
    return refuse(`"${parts.rest}" behind the number is not understood: write the number alone.`);
  return numberOf(parts);
}

/** A number, or a text that is one on every machine (`plainMarks`); not-a-number for anything else, such as ''. */
export function numberFrom(value: unknown): number {
  if (typeof value === 'number') return value;
  const reading = typeof value === 'string' ? readNumber(value, plainMarks) : undefined;
  return reading?.isRead === true ? reading.value : Number.NaN;
}

/** The number of these parts, its power of ten moved by `shift`; refused where a double cannot hold it. */
export function numberOf({digits, powerOfTen}: NumberParts, shift = 0): NumberReading {
  const value = Number(`${digits}e${powerOfTen + shift}`);
  if (!Number.isFinite(value)) return refuse('The number is too large.');
  if (value === 0) {
    if (/[1-9]/.test(digits)) return refuse('The number is too small to be told from 0.');
    // A zero has no sign.
    return {isRead: true, value: 0};
  }
  const isWhole = powerOfTen === 0 && shift === 0 && !digits.includes('.');
  if (isWhole && !Number.isSafeInteger(value) && String(value) !== digits)
    return refuse('The number has more digits than can be kept: write it with a power of ten.');
  return {isRead: true, value};
}

/** Invisible signs that locales and web pages put around numbers: marks of direction and joiners. */
const invisible = /[\u061c\u200b-\u200f\u2060\u2066-\u2069\u202a-\u202e\ufeff]/g;
/** Hyphens, figure dash, en dash, minus, and their small and wide forms. */
const minusSign = /^[-\u2010-\u2013\u2212\ufe63\uff0d]/;
const plusSign = /^[+\ufe62\uff0b]/;
const blank = '[ \\u00a0\\u2000-\\u200a\\u202f\\u205f\\u3000]';
const anyBlank = new RegExp(blank, 'g');
/** Plain, or in groups of three (1.234 567 8) by a blank that breaks no line: a plain one may begin another number. */
const decimalsPattern = /^(?:[0-9]*|(?:[0-9]{3}[\u00a0\u2000-\u200a\u202f])+[0-9]{1,3})$/;
/** Digits with single marks or blanks between them, or with a mark at one end. */
const mantissaPattern = new RegExp(`^[.,٫]?[0-9](?:(?:[.,'٫٬]|${blank})?[0-9])*[.,٫]?`);
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const powerPattern = new RegExp(
  `^${blank}*(?:[eE]${blank}*|[x×*·⋅∙]${blank}*10${blank}*(?:\\^|\\*\\*)${blank}*)([+-]?)([0-9]+)`,
);
const barePowerPattern = new RegExp(`^10${blank}*(?:\\^|\\*\\*)${blank}*([+-]?)([0-9]+)`);
/** More digits than this stand in no exponent of a number that a double can hold. */
const mostExponentDigits = 4;
/** A number with its unit is far shorter than this; whatever else was pasted is not searched through. */
const mostSigns = 200;

/** Takes a number from the beginning of a text. */
export function splitNumber(text: string, marks: NumberMarks): NumberParts | Refusal {
  if (text.length > mostSigns) return refuse('The text is too long for a number.');
  const plain = plainText(text);
  if (plain === '') return refuse('Enter a number.');
  const sign = minusSign.test(plain) ? '-' : '';
  const unsigned = sign !== '' || plusSign.test(plain) ? plain.slice(1).trimStart() : plain;
  if (minusSign.test(unsigned) || plusSign.test(unsigned)) return refuse('The number has two signs.');
  const bare = barePowerPattern.exec(unsigned);
  if (bare) return partsOf(`${sign}1`, bare[1], bare[2], unsigned.slice(bare[0].length));
  const found = mantissaPattern.exec(unsigned)?.[0];
  if (found === undefined) return refuse(notANumber(unsigned));
  const rest = unsigned.slice(found.length);
  const power = powerPattern.exec(rest);
  // Whoever writes digits of another script sets off thousands by commas, whatever the reader's locale does.
  const doubtMarks = /(?![0-9])\p{Nd}/u.test(text) ? plainMarks : marks;
  const isDoubtful = isAmbiguous(found, doubtMarks, power !== null);
  const mantissa = plainMantissa(found, isDoubtful ? marks.decimal : null);
  if (typeof mantissa !== 'string') return mantissa;
  if (power) return partsOf(sign + mantissa, power[1], power[2], rest.slice(power[0].length));
  return partsOf(sign + mantissa, '', '0', rest);
}

function partsOf(digits: string, sign: string, exponent: string, behind: string): NumberParts | Refusal {
  const size = exponent.replace(/^0+(?=.)/, '');
  if (size.length > mostExponentDigits) return refuse('The power of ten is too large.');
  const rest = behind.trim();
  if (/^[0-9.,٫٬'+-]/.test(rest) || /^[eE](?![a-zA-Z])/.test(rest))
    return refuse(`"${rest}" behind the number is not understood: write one number.`);
  return {isRead: true, digits, powerOfTen: Number(`${sign}${size}`), rest};
}

const notANumber = (text: string): string =>
  /^(nan|inf|infinity|[∞])/i.test(text)
    ? 'A finite number is needed.'
    : `"${text}" is not a number: write digits, such as 0.5 or 5e-1.`;

/** Digits of every script as 0 to 9, wide and curly signs as plain ones, superscripts behind a 10 as its power. */
function plainText(text: string): string {
  return text
    .replace(invisible, '')
    .trim()
    .replace(/\p{Nd}/gu, digitOf)
    .replace(/[’‘ʼ′＇`´]/g, "'")
    .replace(/．/g, '.')
    .replace(/，/g, ',')
    .replace(/[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power, at: number, whole: string) =>
      /(?:^|[^0-9.,'٫٬])10\s*$/.test(whole.slice(0, at))
        ? `^${[...power].map((sign) => superscriptOf(sign)).join('')}`
        : power,
    )
    .replace(/(\^|\*\*|[eE])\s*[\u2010-\u2013\u2212\ufe63\uff0d]/g, '$1-');
}

const superscriptOf = (sign: string): string =>
  sign === '⁻' ? '-' : sign === '⁺' ? '+' : String(superscripts.indexOf(sign));

/** Zeros of the scripts whose digits some locale of today writes numbers with; nine digits follow each. */
const zeros = [
  0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
  0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0x1c50, 0xabf0, 0xff10, 0x11136, 0x1e950,
];

/** 0 to 9 for a digit of these scripts; any other sign stays, and is then refused. */
function digitOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const zero = zeros.find((first) => code >= first && code <= first + 9);
  return zero === undefined ? sign : String(code - zero);
}

/**
 * Digits and marks as plain digits with at most one point; or why they are no number, or more than one. `doubt`: where
 * the one mark may also set off thousands, the mark to write it without doubt; else null.
 */
function plainMantissa(text: string, doubt: NumberMarks['decimal'] | null): string | Refusal {
  const notOne = refuse(`"${text}" is not one number: check its marks.`);
  const point = decimalMarkOf(text);
  if (point === null) return notOne;
  const [whole, decimals] = point === '' ? [text, ''] : splitAtLast(text, point);
  const groupedWhole = whole.replace(anyBlank, ' ').replace(/٬/g, "'");
  if (!areGroups(groupedWhole) || !decimalsPattern.test(decimals)) return notOne;
  // A mark that stands at the end, behind grouped digits, is punctuation as likely as it is decimal.
  if (point !== '' && decimals === '' && /[^0-9]/.test(whole)) return notOne;
  if (doubt !== null) {
    const readings = `${whole}${doubt}${decimals} or ${whole}${decimals}`;
    return refuse(`"${text}" can mean ${readings}: write ${readings}.`);
  }
  const digits = whole.replace(/[^0-9]/g, '') || '0';
  return decimals === '' ? digits : `${digits}.${decimals.replace(anyBlank, '')}`;
}

/** Which sign is the decimal mark: '' for none, null where two are. */
function decimalMarkOf(text: string): '.' | ',' | '٫' | '' | null {
  if (text.includes('٫')) return '٫';
  const [points, commas] = ['.', ','].map((mark) => text.split(mark).length - 1);
  if (points > 0 && commas > 0) {
    const last = text.lastIndexOf('.') > text.lastIndexOf(',') ? '.' : ',';
    return (last === '.' ? points : commas) === 1 ? last : null;
  }
  // One kind of mark, more than once: each can only set off thousands.
  if (points + commas > 1) return '';
  return points === 1 ? '.' : commas === 1 ? ',' : '';
}

function splitAtLast(text: string, mark: string): readonly [before: string, behind: string] {
  const at = text.lastIndexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Digits alone; or in groups of three by one kind of sign, or as India writes them: 12,34,567. */
const areGroups = (text: string): boolean =>
  /^[0-9]*$/.test(text) ||
  /^[1-9][0-9]{0,2}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*$/.test(text) ||
  /^[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}$/.test(text);

/**
 * Whether a single point or comma may as well set off thousands: one to three digits before it, not all 0, and three
 * behind. It may not where it is the locale's own decimal mark, nor where it is a point and the locale does not group
 * by points: programs, files and instruments of every country write the point. With a power of ten a point is always
 * decimal, for no program groups there.
 */
function isAmbiguous(text: string, marks: NumberMarks, hasPower: boolean): boolean {
  const point = /^(?!0+[.,])[0-9]{1,3}([.,])[0-9]{3}$/.exec(text)?.[1];
  if (point === undefined) return false;
  if (point === marks.decimal) return false;
  return point === ',' || (marks.groups.includes('.') && !hasPower);
}
