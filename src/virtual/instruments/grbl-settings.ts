/**
 * Settings of GRBL 1.1h (grbl.md section 5): numbers, limits, print formats, and what the EEPROM keeps across resets.
 */
export const axisCount = 3;
export type AxisValues = [x: number, y: number, z: number];

/** A refused line: `error:N` (grbl.md section 6). */
export class GrblError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`error:${code}`);
    this.code = code;
  }
}

/** The low eight bits of a number without its fraction: how the firmware keeps commands and many values. */
export const lowByte = (value: number): number => Math.trunc(value) & 0xff;

interface SettingSpec {
  readonly default: number;
  /** Digits after the point in `$$`. */
  readonly decimals: number;
  /** Byte settings and flags wrap to eight bits; what is left of a flag becomes 0 or 1. */
  readonly kind: 'byte' | 'flag' | 'float';
}
const byte = (value: number): SettingSpec => ({default: value, decimals: 0, kind: 'byte'});
const flag = (value: number): SettingSpec => ({default: value, decimals: 0, kind: 'flag'});
const float = (value: number, decimals = 3): SettingSpec => ({default: value, decimals, kind: 'float'});
const axes = (first: number, value: number): [number, SettingSpec][] =>
  Array.from({length: axisCount}, (_, i) => [first + i, float(value)]);

const specs: ReadonlyMap<number, SettingSpec> = new Map<number, SettingSpec>([
  [0, byte(10)],
  [1, byte(25)],
  [2, byte(0)],
  [3, byte(0)],
  [4, flag(0)],
  [5, flag(0)],
  [6, flag(0)],
  [10, byte(1)],
  [11, float(0.01)],
  [12, float(0.002)],
  [13, flag(0)],
  [20, flag(0)],
  [21, flag(0)],
  [22, flag(0)],
  [23, byte(0)],
  [24, float(25)],
  [25, float(500)],
  [26, byte(250)],
  [27, float(1)],
  [30, float(1000, 0)],
  [31, float(0, 0)],
  [32, flag(0)],
  ...axes(100, 250),
  ...axes(110, 500),
  ...axes(120, 10),
  ...axes(130, 200),
]);

/** Coordinate data kept in the EEPROM: G54..G59, then G28 and G30. */
export const coordinateSystemCount = 6;
export const homeIndex = {g28: 6, g30: 7} as const;

export class GrblMemory {
  private readonly values = new Map<number, number>();
  private readonly defaults: ReadonlyMap<number, number>;
  coordinates: AxisValues[] = [];
  startupLines: [string, string] = ['', ''];
  buildInfo = '';

  /** `defaults` are what `$RST=$` restores where they differ from the generic build. */
  constructor(defaults: ReadonlyMap<number, number> = new Map()) {
    this.defaults = defaults;
    this.restore('*');
  }

  get(number: number): number {
    return this.values.get(number)!;
  }
  isOn(number: number): boolean {
    return this.get(number) !== 0;
  }
  axis(first: 100 | 110 | 120 | 130, axis: number): number {
    return this.get(first + axis);
  }
  axisValues(first: 100 | 110 | 120 | 130): AxisValues {
    return [this.axis(first, 0), this.axis(first, 1), this.axis(first, 2)];
  }

  /**
   * `$n=value`. Throws error 3, 4, 6 or 10 and changes nothing then. Every check of a value comes after it has been
   * cut to eight bits: 257 us are 1 us.
   */
  set(number: number, value: number): void {
    if (value < 0) throw new GrblError(4);
    const spec = specs.get(number);
    if (!spec) throw new GrblError(3);
    const kept = coerce(value, spec);
    if (number === 0 && kept < 3) throw new GrblError(6);
    if (number === 20 && kept !== 0 && !this.isOn(22)) throw new GrblError(10);
    this.values.set(number, kept);
    if (number === 22 && kept === 0) this.values.set(20, 0);
  }

  /** `$RST=`: `$` settings, `#` coordinates, `*` everything. */
  restore(what: '$' | '#' | '*'): void {
    if (what !== '#')
      for (const [number, spec] of specs) this.values.set(number, this.defaults.get(number) ?? spec.default);
    if (what !== '$')
      this.coordinates = Array.from({length: coordinateSystemCount + 2}, (): AxisValues => [0, 0, 0]);
    if (what === '*') {
      this.startupLines = ['', ''];
      this.buildInfo = '';
    }
  }

  /** The 34 lines of `$$`. */
  settingLines(): string[] {
    return [...specs].map(([number, {decimals}]) => `$${number}=${this.get(number).toFixed(decimals)}`);
  }
}

function coerce(value: number, {kind}: SettingSpec): number {
  switch (kind) {
    case 'byte':
      return lowByte(value);
    case 'flag':
      return lowByte(value) === 0 ? 0 : 1;
    case 'float':
      return value;
  }
}
