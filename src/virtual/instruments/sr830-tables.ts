/** Tables of the SR830 (sr830.md section 3, from the maker's manual unless a line says otherwise). */

const oneTwoFive = (first: number, count: number): number[] =>
  Array.from({length: count}, (_, i) =>
    Number(`${[1, 2, 5][(i + 1) % 3]}e${first + Math.floor((i + 1) / 3)}`),
  );

/** Full scale by index of `SENS`, V rms: 0 is 2 nV, 26 is 1 V. */
export const fullScalesV: readonly number[] = oneTwoFive(-9, 27);

/** Time constants by index of `OFLT`, s. */
export const timeConstantsS: readonly number[] = Array.from({length: 20}, (_, i) =>
  Number(`${i % 2 === 0 ? 1 : 3}e${-5 + Math.floor(i / 2)}`),
);

/** Index of the largest time constant that is always allowed: 30 s. */
export const longestFreeTimeConstantIndex = 13;

/** Samples a second by index of `SRAT`; 14 is the trigger. */
export const sampleRatesHz: readonly number[] = Array.from({length: 14}, (_, i) => 2 ** (i - 4));
export const triggerRateIndex = 14;

/** Points each trace buffer holds. */
export const bufferCapacity = 16_383;

/** Standard slope names are 6, 12, 18, 24 dB/oct: this many first-order sections. */
export const sectionCount = (slopeIndex: number): number => slopeIndex + 1;

/** Equivalent noise bandwidth times the time constant, by index of `OFSL` (section 5). */
export const noiseBandwidthFactor: readonly number[] = [1 / 4, 1 / 8, 3 / 32, 5 / 64];

/**
 * Dynamic reserve by index of `SENS`, dB, for high reserve, normal and low noise. The sheet gives only the trend and
 * that 1 V at low noise is 0 dB; these figures are recalled and unverified.
 */
const reserves: readonly (readonly [high: number, normal: number, low: number])[] = [
  [174, 154, 124],
  [166, 146, 116],
  [160, 140, 110],
  [154, 134, 104],
  [146, 126, 96],
  [140, 120, 90],
  [134, 114, 84],
  [126, 106, 76],
  [120, 100, 70],
  [114, 94, 64],
  [106, 86, 56],
  [100, 80, 50],
  [94, 74, 44],
  [86, 66, 36],
  [80, 60, 30],
  [74, 54, 24],
  [66, 46, 16],
  [60, 40, 10],
  [54, 34, 4],
  [46, 26, 6],
  [40, 20, 0],
  [34, 24, 4],
  [26, 16, 6],
  [20, 20, 0],
  [14, 14, 4],
  [6, 6, 6],
  [0, 0, 0],
];

/** Dynamic reserve, dB, for an index of `SENS` and of `RMOD`. */
export const reserveDb = (sensitivityIndex: number, reserveIndex: number): number =>
  reserves[sensitivityIndex][reserveIndex];

/** Upper limits of the DC gain, dB: entry i allows time constant index i (minimum time constant table). */
const gainLimitsDb: readonly (readonly number[])[] = [
  [45, 55, 65, 75, 85, 95, 105, 115, 125, 135, 145, 155, 165, 175],
  [55, 75, 95, 115, 135, 155, 175],
  [62, 92, 122, 152, 182],
  [72, 112, 152, 182],
];

/** Smallest index of `OFLT` that a slope allows at a DC gain (reserve + expand), dB. */
export function minimumTimeConstantIndex(slopeIndex: number, gainDb: number): number {
  const limits = gainLimitsDb[slopeIndex];
  const index = limits.findIndex((limitDb) => gainDb < limitDb);
  return index < 0 ? limits.length - 1 : index;
}

/** Detection frequency around which the long time constants and the synchronous filter change, Hz. */
export const lowRange = {limitHz: 200, downHz: 199.21, upHz: 203.12} as const;
export const highestDetectionHz = 102_000;
