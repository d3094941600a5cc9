import type {Plan} from '../../contract/messages.ts';
import {type RegionSpec, regionsGeometry} from './geometry.ts';
import {type PointScanResult, type ScanOptions, scanPoints} from './scan.ts';

export interface RegionScanOptions extends ScanOptions {
  readonly regions: readonly RegionSpec[];
  readonly pointsPerSide: number;
}

export interface RegionScanResult extends PointScanResult {
  /** Sum of X times the cell's area for each region, V mm2: proportional to the region's energy (midpoint rule). */
  readonly energiesVMm2: readonly number[];
}

/** Measures only the detector regions of a design: much quicker than the plane when the verdict is what counts. */
export function* regionScan(options: RegionScanOptions): Plan<RegionScanResult> {
  const {regions, pointsPerSide, dwell} = options;
  const energiesVMm2 = regions.map(() => 0);
  const result = yield* scanPoints({
    options,
    run: {
      planName: 'regions',
      planArgs: {plan: 'regions', pointsPerSide, regions, ...dwell},
      hints: {
        dimensions: [
          [['y_mm'], 'primary'],
          [['x_mm'], 'primary'],
        ],
        fields: ['x_v'],
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
      const before = energiesVMm2[point.regionIndex] ?? 0;
      energiesVMm2[point.regionIndex] = before + reading.xV * point.areaMm2;
    },
  });
  return {...result, energiesVMm2};
}
