import type {DetectorRegion} from './design-file.ts';

/**
 * Ten square regions in rows of 3, 4 and 3 as in Lin et al. 2018: row centres at a quarter, a half and three quarters
 * of the side, columns at quarters (rows of three) and fifths (row of four). Label 0 is at the top left as seen from
 * the detector, so at the largest y.
 */
export function createDigitRegions(sideMm: number, regionMm: number): DetectorRegion[] {
  const thirds = [0.25, 0.5, 0.75];
  const places = [
    ...thirds.map((x) => [x, 0.75] as const),
    ...[0.2, 0.4, 0.6, 0.8].map((x) => [x, 0.5] as const),
    ...thirds.map((x) => [x, 0.25] as const),
  ];
  return places.map(([x, y], i) => ({
    label: String(i),
    // Rounded to a nanometre, so that sums like 0.4 - 0.5 read as what is meant.
    centerXMm: Number(((x - 0.5) * sideMm).toFixed(6)),
    centerYMm: Number(((y - 0.5) * sideMm).toFixed(6)),
    widthMm: regionMm,
    heightMm: regionMm,
  }));
}
