import {colourAt, isCyclic, type ColourMapName} from '../colour/colour-maps.ts';
import {fromFraction, toFraction, type ValueRange, type ValueScale} from '../colour/value-scale.ts';
import {scaledUnit} from '../../../base/number-format.ts';
import {linearTicks, logTicks} from '../ticks.ts';

/** What a colour bar spans: the data and the range in use, whichever reaches further. */
export function barDomain(shown: ValueRange, data: ValueRange, scale: ValueScale): ValueRange {
  const low =
    scale === 'log' ? Math.max(Math.min(shown[0], data[0]), Number.MIN_VALUE) : Math.min(shown[0], data[0]);
  return [low, Math.max(shown[1], data[1])];
}

/** Ticks of a colour bar: places 0..1 from its low end, labels in one unit with a prefix that suits. */
export interface BarTicks {
  readonly unit: string;
  readonly ticks: readonly {readonly fraction: number; readonly label: string}[];
}

export function barTicks(domain: ValueRange, scale: ValueScale, unit: string, wanted: number): BarTicks {
  const {factor, unit: shownUnit} = scaledUnit(Math.max(Math.abs(domain[0]), Math.abs(domain[1])), unit);
  const [low, high] = [domain[0] * factor, domain[1] * factor];
  const {values, labels} = scale === 'log' ? logTicks(low, high, wanted) : linearTicks(low, high, wanted);
  const ticks = values.map((value, i) => ({
    fraction: toFraction(value, scale, [low, high]),
    label: labels[i],
  }));
  return {unit: shownUnit, ticks: withoutCrowding(ticks, 0.6 / wanted)};
}

/** Square-root scales crowd their low end: ticks nearer than a least distance are left out. */
function withoutCrowding<T extends {readonly fraction: number}>(ticks: readonly T[], least: number): T[] {
  const kept: T[] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if (!last || tick.fraction - last.fraction >= least) kept.push(tick);
  }
  return kept;
}

export interface BarColours {
  readonly colourMap: ColourMapName;
  readonly scale: ValueScale;
  /** Ends of the colour map in use. */
  readonly shown: ValueRange;
}

/** CSS gradient of a bar over `domain`, coloured by the range in use; outside it the end colours go on. */
export function barGradient(
  {colourMap, scale, shown}: BarColours,
  domain: ValueRange,
  direction: 'to top' | 'to right',
): string {
  const steps = 64;
  const stops = Array.from({length: steps + 1}, (_, i) => {
    let fraction = toFraction(fromFraction(i / steps, scale, domain), scale, shown);
    if (isCyclic(colourMap) && (fraction < 0 || fraction > 1)) fraction -= Math.floor(fraction);
    return `rgb(${colourAt(colourMap, fraction).join(' ')})`;
  });
  return `linear-gradient(${direction}, ${stops.join(', ')})`;
}

/** Range after one end was dragged to `value`; ends never meet, and a centred range stays centred. */
export function rangeAfterDrag(range: ValueRange, end: 0 | 1, value: number, scale: ValueScale): ValueRange {
  if (scale === 'symmetric') {
    const reach = Math.abs(value) || Math.abs(range[1]);
    return [-reach, reach];
  }
  if (end === 0) return value < range[1] ? [value, range[1]] : range;
  return value > range[0] ? [range[0], value] : range;
}
