/** Ticks of an axis: places and their labels. */
export interface Ticks {
  readonly values: readonly number[];
  readonly labels: readonly string[];
}

/** A step of 1, 2 or 5 times a power of ten that gives about `wanted` ticks over `span`. */
export function niceStep(span: number, wanted: number): number {
  const rough = span / Math.max(wanted, 1);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / decade;
  return decade * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

/** Ticks at nice numbers inside [low, high]; labels share one number of decimals. Empty for an empty span. */
export function linearTicks(low: number, high: number, wanted: number): Ticks {
  if (!(high > low)) return {values: [], labels: []};
  const step = niceStep(high - low, wanted);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  for (let i = first; i <= last; i++) values.push(i === 0 ? 0 : Number((i * step).toPrecision(12)));
  const isWide = Math.max(Math.abs(low), Math.abs(high)) >= 1e6 || decimals > 5;
  return {
    values,
    labels: values.map((value) => (isWide ? shortNumber(value) : minus(value.toFixed(decimals)))),
  };
}

/** Ticks at 1, 2, 5 or only at powers of ten, as many as fit; for ranges under half a decade linear ones. */
export function logTicks(low: number, high: number, wanted: number): Ticks {
  if (!(low > 0) || !(high > low)) return {values: [], labels: []};
  const decades = Math.log10(high / low);
  if (decades < 0.7) return linearTicks(low, high, wanted);
  const leads = decades * 3 <= wanted ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil(decades / Math.max(wanted, 1)));
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % stride !== 0) continue;
    for (const lead of leads) {
      const value = Number(`${lead}e${power}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  }
  return {values, labels: values.map(shortNumber)};
}

/** Places a typographic minus, which is as wide as a digit. */
export const minus = (text: string): string => text.replace('-', '\u2212');

function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return minus(String(Number(value.toPrecision(6))));
  const [mantissa, exponent] = value.toExponential().split('e');
  const power = [...String(Number(exponent))].map((sign) => superscripts[sign] ?? sign).join('');
  return minus(mantissa === '1' ? `10${power}` : `${mantissa}·10${power}`);
}

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
};
