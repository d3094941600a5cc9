import type {VirtualDetector} from './detector.ts';
import {keithley2000} from './instruments/keithley2000.ts';
import {sr830} from './instruments/sr830.ts';

/** Detectors that can stand on the virtual bench, by the name of their driver: one line each. */
export const virtualDetectors = {
  sr830, //
  'keithley-2000': keithley2000,
} as const satisfies Readonly<Record<string, VirtualDetector>>;

export type DetectorName = keyof typeof virtualDetectors;
export type InstrumentName = DetectorName | 'grbl' | 'scpi-source' | 'zaber';

export const defaultDetector: DetectorName = 'sr830';
// The keys of the list are its names.
export const detectorNames = Object.keys(virtualDetectors) as readonly DetectorName[];
export const instrumentNames: readonly InstrumentName[] = [...detectorNames, 'grbl', 'scpi-source', 'zaber'];

/** One value for each name. */
export const byName = <Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
  // Every name has got its value.
): Readonly<Record<Name, Value>> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
