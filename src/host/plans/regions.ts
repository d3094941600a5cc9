import type {Plan} from '../../contract/messages.ts';
import {type RegionSpec, regionsGeometry} from './geometry.ts';
import {type PointScanResult, type ScanOptions, scanPoints, startOf} from './scan.ts';

export interface RegionScanOptions extends ScanOptions {
  readonly regions: readonly RegionSpec[];
  readonly pointsPerSide: number;
  /** Reading without light, which is taken off every reading; 0 unless given. */
  readonly dark?: {readonly real: number; readonly imaginary: number} | undefined;
}

export interface RegionScanResult extends PointScanResult {
  /**
   * Sum of the signal (of its squared magnitude where it is proportional to the field) times the cell's area for each region:
   * proportional to the region's energy (midpoint rule).
   */
  readonly energies: readonly number[];
}

/** Measures only the detector regions of a design: much quicker than the plane when the verdict is what counts. */
export function* regionScan(options: RegionScanOptions): Plan<RegionScanResult> {
  const {regions, pointsPerSide, dwell, roles, dark = {real: 0, imaginary: 0}} = options;
  const {signal} = roles.detector;
  // The phase of a field changes over the plane: its magnitude is what squares to the power.
  const powerOf = (read: {readonly real: number; readonly imaginary: number}): number => {
    const [real, imaginary] = [read.real - dark.real, read.imaginary - dark.imaginary];
    return signal.proportionalTo === 'field' ? real ** 2 + imaginary ** 2 : real;
  };
  const energies = regions.map(() => 0);
  const result = yield* scanPoints({
    options,
    run: {
      planName: 'regions',
      planArgs: {plan: 'regions', pointsPerSide, regions, ...dwell, ...startOf(options)},
      hints: {
        dimensions: [
          [['y_mm'], 'primary'],
          [['x_mm'], 'primary'],
        ],
        fields: [signal.column],
      },
    },
    geometry: regionsGeometry(regions, pointsPerSide),
    label: options.metadata?.sample ?? 'regions',
    extraColumns: [
      {name: 'region_index', unit: '', label: 'region', precision: 0},
      {name: 'area_mm2', unit: 'mm2', label: 'area of the point', precision: 4},
    ],
    extraData: (point) => ({region_index: point.regionIndex, area_mm2: point.areaMm2}),
    onPoint: (point, {reading}) => {
      const before = energies[point.regionIndex] ?? 0;
      energies[point.regionIndex] = before + powerOf(reading) * point.areaMm2;
    },
  });
  return {...result, energies};
}
