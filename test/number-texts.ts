/** What a person writes, and the number it is in every locale. */
export const numbers: readonly (readonly [text: string, value: number])[] = [
  ['0,5', 0.5],
  ['0.5', 0.5],
  ['1,25', 1.25],
  ['5e-1', 0.5],
  ['1,5·10⁻³', 0.0015],
  ['1.000,5', 1000.5],
  ['1,000.5', 1000.5],
  ['1\u202f234,5', 1234.5],
  ['1’234.5', 1234.5],
  [' +2,5 ', 2.5],
  ['500 µm', 0.5],
  ['0.5mm', 0.5],
  ['０．５', 0.5],
  ['0.123456789012', 0.123_456_789_012],
];

/** What is no number, or more than one, in every locale. */
export const refusedTexts: readonly string[] = [
  '1,2,3',
  '1.2.3',
  '0x10',
  '--5',
  'NaN',
  '1e999',
  '0.5 s',
  '12 34',
  'half',
  '-',
];

/** Locales, and a text that can mean two numbers there. */
export const locales: readonly (readonly [locale: string, ambiguous: string])[] = [
  ['en-US', '1,234'],
  ['de-DE', '1.234'],
  ['de-CH', '1,234'],
];

/** By key, or from the clipboard. */
export type Entry = 'typed' | 'pasted';
