import {niceStep} from '../../base/nice-step.ts';
import {digitsText, fixedText, typographic} from '../../base/number-format.ts';

/** Ticks of an axis: places and their labels. */
export interface Ticks {
  readonly values: readonly number[];
  readonly labels: readonly string[];
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
    labels: values.map((value) => (isWide ? shortNumber(value) : typographic(fixedText(value, decimals)))),
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

const shortNumber = (value: number): string => typographic(digitsText(value, 6));
