import type {DetectorDeclaration} from '../kit/index.ts';

/** One datum of SNAP? 1,2,3,4. */
export type Sr830Reading = {
  readonly xV: number;
  readonly yV: number;
  readonly rV: number;
  readonly thetaDeg: number;
};

/**
 * X, Y, R and theta in volts (rms) and degrees. What stands in front of it on these benches is a square-law detector
 * (pyroelectric, Schottky diode, Golay cell), so that X is proportional to the power of the beam.
 */
export const sr830Declaration = {
  columns: [
    {name: 'xV', unit: 'V', label: 'X', precision: 9},
    {name: 'yV', unit: 'V', label: 'Y', precision: 9},
    {name: 'rV', unit: 'V', label: 'R', precision: 9},
    {name: 'thetaDeg', unit: 'deg', label: 'theta', precision: 2},
  ],
  signal: {
    column: 'xV',
    complex: {imaginary: 'yV', magnitude: 'rV', phase: 'thetaDeg'},
    proportionalTo: 'power',
  },
  rangeParameter: 'sensitivityV',
  canOverload: true,
  shownSettings: [
    {parameter: 'timeConstantS', label: 'tau'},
    {parameter: 'sensitivityV', label: 'range'},
  ],
} as const satisfies DetectorDeclaration;
