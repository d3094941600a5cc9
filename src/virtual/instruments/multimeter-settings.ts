import type {ApertureResult} from '../aperture.ts';

/** A measurement that a multimeter can be set to. */
export interface FunctionKind {
  /** Node of its settings. */
  readonly pattern: string;
  readonly ranges: readonly number[];
  readonly maximum: number;
  /** What it makes of an aperture; `Infinity` for what nothing is connected to (open terminals). */
  readonly valueFrom: (result: ApertureResult) => number;
}
/** How one measurement is set. */
export interface FunctionSettings {
  range: number;
  isAutoRange: boolean;
  /** Integration time in periods of the line. */
  lineCycles: number;
  digits: number;
  reference: number;
  isReferenceOn: boolean;
  isFilterOn: boolean;
  filterKind: string;
  filterCount: number;
  bandwidthHz: number;
  apertureS: number;
  thresholdV: number;
}
/** `*RST` (manual, table 5-4); `:SYSTem:PRESet`, as at power-on, has the moving filter on. */
export const resetSettings = ({ranges}: FunctionKind): FunctionSettings => ({
  range: ranges.at(-1) ?? 1,
  isAutoRange: true,
  lineCycles: 1,
  digits: 7,
  reference: 0,
  isReferenceOn: false,
  isFilterOn: false,
  filterKind: 'REP',
  filterCount: 10,
  bandwidthHz: 30,
  apertureS: 1,
  thresholdV: 10,
});

/** What one model has of its own. */
export interface MultimeterSpec {
  readonly kinds: Readonly<Record<string, FunctionKind>>;
  /** Of the power line, which the model finds by itself at power-on. */
  readonly lineHz: number;
  readonly overhead: {
    readonly conversionS: number;
    readonly rangeChangeS: number;
    /** Of the automatic trigger delay. */
    readonly autoDelayS: number;
  };
  /** Rms, by line cycles and range, V. */
  readonly conversionNoiseV: (lineCycles: number, rangeV: number) => number;
  /** What it answers for a reading beyond its range. */
  readonly overflowText: string;
}
