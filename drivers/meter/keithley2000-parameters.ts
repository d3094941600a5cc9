import {choice, flag, integer, number} from '../kit/index.ts';
import type {ActionMeta, DetectorDeclaration} from '../kit/index.ts';

/** DC volts of a power detector: a square-law diode, a pyroelectric or a calorimeter with an amplifier. */
export const keithley2000Declaration = {
  columns: [{name: 'voltageV', unit: 'V', label: 'Voltage', precision: 7}],
  signal: {column: 'voltageV', proportionalTo: 'power'},
  rangeParameter: 'rangeV',
  canOverload: true,
  shownSettings: [
    {parameter: 'integrationPlc', label: 'PLC'},
    {parameter: 'rangeV', label: 'range'},
  ],
} as const satisfies DetectorDeclaration;

/** Upper ends of the ranges of DC volts. */
export const rangesV = [0.1, 1, 10, 100, 1000] as const;
const functions = {
  'dc-voltage': 'VOLT:DC',
  'ac-voltage': 'VOLT:AC',
  'dc-current': 'CURR:DC',
  'ac-current': 'CURR:AC',
  resistance: 'RES',
  'four-wire-resistance': 'FRES',
  frequency: 'FREQ',
  period: 'PER',
  temperature: 'TEMP',
  diode: 'DIOD',
  continuity: 'CONT',
} as const;

const at = (leaf: string) => ({read: `VOLT:DC:${leaf}?`, write: `VOLT:DC:${leaf} {value}`});
export const keithley2000Parameters = [
  choice({
    group: 'measurement',
    name: 'function',
    label: 'Function',
    choices: Object.keys(functions),
    texts: Object.values(functions),
    read: 'FUNC?',
    write: 'FUNC "{value}"',
    meaning: {safe: ['dc-voltage'], effect: 'readings would not be the volts of the detector'},
  }),
  choice({
    group: 'measurement',
    name: 'rangeV',
    label: 'Range',
    unit: 'V',
    choices: rangesV,
    isNumeric: true,
    ...at('RANG'),
    hint: 'setting it turns the automatic range off; 120 % of it can be read',
  }),
  flag({group: 'measurement', name: 'isAutoRangeOn', label: 'Automatic range', ...at('RANG:AUTO')}),
  number({
    group: 'measurement',
    name: 'integrationPlc',
    label: 'Integration time',
    unit: 'PLC',
    range: [0.01, 10],
    significant: 3,
    relativeResolution: 0.005,
    ...at('NPLC'),
    hint: 'periods of the power line; whole ones reject its hum, and hold whole periods of the chop',
  }),
  integer({group: 'measurement', name: 'digitCount', label: 'Digits', unit: '', range: [4, 7], ...at('DIG')}),
  flag({group: 'filter', name: 'isFilterOn', label: 'Averaging filter', ...at('AVER:STAT')}),
  choice({
    group: 'filter',
    name: 'filterKind',
    label: 'Filter',
    choices: ['repeat', 'moving'],
    texts: ['REP', 'MOV'],
    ...at('AVER:TCON'),
    meaning: {
      safe: ['repeat'],
      effect: 'a reading would hold conversions of points before it',
      matters: ({isFilterOn}) => isFilterOn === true,
    },
  }),
  integer({
    group: 'filter',
    name: 'filterCount',
    label: 'Conversions',
    unit: '',
    range: [1, 100],
    ...at('AVER:COUN'),
  }),
  flag({
    group: 'offset',
    name: 'isReferenceOn',
    label: 'Relative reading',
    ...at('REF:STAT'),
    meaning: {safe: [false], effect: 'every reading is less by the reference value'},
  }),
  number({
    group: 'offset',
    name: 'referenceV',
    label: 'Reference value',
    unit: 'V',
    range: [-1010, 1010],
    significant: 8,
    resolution: 1e-7,
    ...at('REF'),
  }),
  flag({
    group: 'offset',
    name: 'isAutozeroOn',
    label: 'Autozero',
    read: 'SYST:AZER:STAT?',
    write: 'SYST:AZER:STAT {value}',
  }),
];

/** Settings that decide what a reading means, in the order in which they are asked. */
export const watchedNames = [
  'function',
  'rangeV',
  'isAutoRangeOn',
  'integrationPlc',
  'isFilterOn',
  'filterKind',
  'filterCount',
  'isReferenceOn',
  'isAutozeroOn',
];

export const keithley2000Actions: readonly ActionMeta[] = [
  {name: 'auto-range', label: 'Choose the range for the signal present now, and keep it'},
  {name: 'read-errors', label: 'Read and empty the error queue'},
  {name: 'reset', label: 'Standard settings (*RST), and one reading a question'},
  {name: 'local', label: 'Give the front panel back (SYST:LOC)'},
];
