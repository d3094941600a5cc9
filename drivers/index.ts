import type {Driver} from './kit/index.ts';
import {sr830} from './lockin/sr830.ts';
import {keithley2000} from './meter/keithley2000.ts';
import {zaber} from './mount/zaber.ts';
import {scpiSource} from './source/scpi-synth.ts';
import {grbl} from './stage/grbl.ts';

/** Every instrument this program can drive: one line each. */
export const drivers: readonly Driver[] = [
  sr830, //
  keithley2000,
  grbl,
  scpiSource,
  zaber,
];
