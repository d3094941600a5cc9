import {isCyclic, lutSize, type ColourMapName} from './colour-maps.ts';
import {toFraction, type ValueRange, type ValueScale} from './value-scale.ts';

/** How one cell of a plane is to be shown. Numbers, because a map asks this 40,000 times a frame. */
export const cellClass = {
  /** Nothing was measured here: hatched. */
  unmeasured: 0,
  /** Measured, but zero or negative where the scale is logarithmic: flat neutral. */
  notInLog: 1,
  /** The instrument was at its end (overload): its number is no measurement. */
  saturated: 2,
  below: 3,
  inRange: 4,
  above: 5,
} as const;

export type CellClass = (typeof cellClass)[keyof typeof cellClass];

/** In words, for read-outs and screen readers. */
export const cellClassLabels: Readonly<Record<CellClass, string>> = {
  [cellClass.unmeasured]: 'not measured',
  [cellClass.notInLog]: 'not positive, not shown on a log scale',
  [cellClass.saturated]: 'overloaded',
  [cellClass.below]: 'below the range',
  [cellClass.inRange]: '',
  [cellClass.above]: 'above the range',
};

/** What decides how a cell is shown. */
export interface CellRules {
  readonly scale: ValueScale;
  readonly range: ValueRange;
  readonly colourMap: ColourMapName;
  /** Size of a value (its unit is that of the plane) from which the instrument counts as overloaded. */
  readonly saturationLevel?: number | undefined;
}

/** The one place that decides how a value is shown; infinite values count as overloaded. */
export function classifyCell(value: number, rules: CellRules): CellClass {
  if (Number.isNaN(value)) return cellClass.unmeasured;
  const size = Math.abs(value);
  if (size === Infinity || (rules.saturationLevel !== undefined && size >= rules.saturationLevel))
    return cellClass.saturated;
  if (rules.scale === 'log' && value <= 0) return cellClass.notInLog;
  if (isCyclic(rules.colourMap)) return cellClass.inRange;
  if (value < rules.range[0]) return cellClass.below;
  return value > rules.range[1] ? cellClass.above : cellClass.inRange;
}

/** Packed pixels of the classes that the colour map does not colour. */
export interface NeutralPixels {
  /** 0 is transparent: the hatch lies beneath. */
  readonly unmeasured: number;
  readonly notInLog: number;
  readonly saturated: number;
}

/** Index 0..255 into a colour table; outside the range its ends, and for a cyclic map the turn goes on. */
export function lutIndex(value: number, rules: CellRules): number {
  let fraction = toFraction(value, rules.scale, rules.range);
  if (isCyclic(rules.colourMap)) fraction -= Math.floor(fraction);
  return Math.round(Math.min(Math.max(fraction, 0), 1) * (lutSize - 1));
}

/** Packed pixel of one value. */
export function cellPixel(value: number, rules: CellRules, lut: Uint32Array, neutral: NeutralPixels): number {
  switch (classifyCell(value, rules)) {
    case cellClass.unmeasured:
      return neutral.unmeasured;
    case cellClass.notInLog:
      return neutral.notInLog;
    case cellClass.saturated:
      return neutral.saturated;
    case cellClass.below:
    case cellClass.inRange:
    case cellClass.above:
      return lut[lutIndex(value, rules)];
  }
}
