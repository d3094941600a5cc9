import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {countAlong} from '../../contract/plan-span.ts';

/**
 * Where a scan measures, as pure numbers: no messages, no devices. Every list is addressed by index, so that a
 * scan can start again at point n.
 */

/** A scan of more points than this is a typing error, and its lists would exhaust the memory. */
const maximumPointCount = 10_000_000;

function checkCount(count: number, what: string): void {
  if (!Number.isFinite(count) || count < 1 || count > maximumPointCount)
    throw new BenchError(
      'plan/invalid',
      `The ${what} would have ${countOf(count, 'point')}; between 1 and ${maximumPointCount} are possible. Check its size and step.`,
    );
}

export interface LineGeometry {
  readonly count: number;
  /** Position of point `index`, mm. */
  positionMm(index: number): number;
}

/** Positions from `startMm` towards `stopMm` in steps of `stepMm`; the last one never lies beyond `stopMm`. */
export function lineGeometry(startMm: number, stopMm: number, stepMm: number): LineGeometry {
  const count = countAlong(Math.abs(stopMm - startMm), stepMm);
  checkCount(count, 'line');
  const direction = stopMm < startMm ? -1 : 1;
  return {count, positionMm: (index) => startMm + direction * index * stepMm};
}

export interface GridPoint {
  /** Place in the order of measuring, from 0. */
  readonly index: number;
  /** Row 0 is the smallest y, column 0 the smallest x. */
  readonly row: number;
  readonly column: number;
  readonly xMm: number;
  readonly yMm: number;
}

export interface GridSpec {
  readonly centerMm: {readonly xMm: number; readonly yMm: number};
  readonly widthMm: number;
  readonly heightMm: number;
  readonly stepMm: number;
  readonly order: 'snake' | 'one-way';
}

export interface GridGeometry {
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
  readonly stepMm: number;
  readonly isSnaking: boolean;
  /** First and last position of each axis, mm. */
  readonly extentsMm: readonly [y: readonly [number, number], x: readonly [number, number]];
  /** Point number `index` in the order of measuring. */
  pointAt(index: number): GridPoint;
  /** Place of a cell in a row-major array. */
  cellOf(point: {readonly row: number; readonly column: number}): number;
}

/**
 * Grid centred on `centerMm`: sample i of n lies at centre + (i - (n - 1) / 2) x step, so that nothing lies outside
 * width and height. Rows go from the smallest y up; every second row runs backwards when snaking.
 */
export function gridGeometry(spec: GridSpec): GridGeometry {
  const columns = countAlong(spec.widthMm, spec.stepMm);
  const rows = countAlong(spec.heightMm, spec.stepMm);
  checkCount(rows * columns, 'grid');
  const isSnaking = spec.order === 'snake';
  const {xMm: centerXMm, yMm: centerYMm} = spec.centerMm;
  const xAt = (column: number): number => centerXMm + (column - (columns - 1) / 2) * spec.stepMm;
  const yAt = (row: number): number => centerYMm + (row - (rows - 1) / 2) * spec.stepMm;
  return {
    rows,
    columns,
    count: rows * columns,
    stepMm: spec.stepMm,
    isSnaking,
    extentsMm: [
      [yAt(0), yAt(rows - 1)],
      [xAt(0), xAt(columns - 1)],
    ],
    pointAt(index) {
      const row = Math.floor(index / columns);
      const place = index - row * columns;
      const column = isSnaking && row % 2 === 1 ? columns - 1 - place : place;
      return {index, row, column, xMm: xAt(column), yMm: yAt(row)};
    },
    cellOf: ({row, column}) => row * columns + column,
  };
}

export interface RegionSpec {
  readonly label: string;
  readonly centerXMm: number;
  readonly centerYMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface RegionPoint extends GridPoint {
  readonly regionIndex: number;
  /** Area that the point stands for, mm2. */
  readonly areaMm2: number;
}

export interface RegionsGeometry {
  readonly count: number;
  pointAt(index: number): RegionPoint;
}

/**
 * Midpoints of pointsPerSide x pointsPerSide equal cells of each region (the midpoint rule, so that a sum over the
 * points times the cell's area is the region's energy), snaking within a region, regions in the order given.
 */
export function regionsGeometry(regions: readonly RegionSpec[], pointsPerSide: number): RegionsGeometry {
  const perRegion = pointsPerSide * pointsPerSide;
  checkCount(regions.length * perRegion, 'region sampling');
  return {
    count: regions.length * perRegion,
    pointAt(index) {
      const regionIndex = Math.floor(index / perRegion);
      const region = regions[regionIndex];
      if (!region) throw new RangeError(`Point ${index} lies behind the last region.`);
      const inside = index - regionIndex * perRegion;
      const row = Math.floor(inside / pointsPerSide);
      const place = inside - row * pointsPerSide;
      const column = row % 2 === 1 ? pointsPerSide - 1 - place : place;
      return {
        index,
        regionIndex,
        row,
        column,
        xMm: region.centerXMm + ((column + 0.5) / pointsPerSide - 0.5) * region.widthMm,
        yMm: region.centerYMm + ((row + 0.5) / pointsPerSide - 0.5) * region.heightMm,
        areaMm2: (region.widthMm * region.heightMm) / perRegion,
      };
    },
  };
}
