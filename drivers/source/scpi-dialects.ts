import {choice, flag, number} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';
import type {StatusQuery} from './scpi-condition.ts';
import {
  amplitudeModulation,
  displayFactors,
  frequencyMode,
  frequencyModulation,
  levelControl,
  levelMode,
  phaseModulation,
  pulsePolarity,
  relativeDisplays,
} from './scpi-meaning.ts';

/**
 * What differs between makers. Facts: SCPI-99 and the sheets of Keysight N51x1/E8257D, R&S SGS/SMB and Hittite HMC-T2200
 * as public client code uses them; see docs/instruments/scpi-synth.md.
 */
export interface Dialect {
  readonly name: 'keysight' | 'rohde-schwarz' | 'hittite';
  readonly title: string;
  /** Against the whole identity. */
  readonly match: RegExp;
  readonly modulation: Modulation | undefined;
  readonly parameters: readonly Parameter[];
  /** Registers in which it tells that level or frequency are not what is set. A model may lack some. */
  readonly statusQueries: readonly StatusQuery[];
}

export interface Modulation {
  /** Lines that set a square wave of the frequency, given what the period is now; none of them switches it on. */
  setUp(modulationHz: number, presentPeriodS: number): readonly string[];
  readonly on: readonly string[];
  /** All of them must answer 1 for the carrier to be chopped. */
  readonly stateQueries: readonly string[];
  readonly rateQuery: string;
  /** Frequency from the number that `rateQuery` answers. */
  frequencyFrom(value: number): number;
}

const rate = {unit: 'Hz', significant: 12} as const;

const commonParameters: readonly Parameter[] = [
  number({
    ...rate,
    group: 'carrier',
    name: 'frequencyHz',
    label: 'Synthesiser frequency',
    range: [1e5, 70e9],
    resolution: 1,
    relativeResolution: 1e-9,
    read: 'FREQ?',
    write: 'FREQ {value} HZ',
    hint: 'before the multiplier chain',
  }),
  number({
    group: 'carrier',
    name: 'powerDbm',
    label: 'Level into the chain',
    unit: 'dBm',
    range: [-140, 30],
    decimals: 2,
    resolution: 0.06,
    read: 'POW?',
    write: 'POW {value} DBM',
    hint: 'never above maxPowerDbm of the bench file',
  }),
  flag({
    group: 'carrier',
    name: 'isOutputOn',
    label: 'RF output',
    read: 'OUTP?',
    write: 'OUTP {value}',
    texts: ['OFF', 'ON'],
  }),
];

const pulseState = flag({
  group: 'pulse modulation',
  name: 'isPulseModulationOn',
  label: 'Pulse modulation',
  read: 'PULM:STAT?',
  write: 'PULM:STAT {value}',
  texts: ['OFF', 'ON'],
});

const pulseSource = (choices: readonly string[], texts: readonly string[]): Parameter =>
  choice({
    group: 'pulse modulation',
    name: 'pulseSource',
    label: 'Pulse source',
    choices,
    texts,
    read: 'PULM:SOUR?',
    write: 'PULM:SOUR {value}',
  });

/** SCPI-99 volume 2, chapter 20 (STATus:QUEStionable); bits of the power register as Keysight has them. */
const statusQueries: readonly StatusQuery[] = [
  {
    query: 'STAT:QUES:POW:COND?',
    name: 'powerStatus',
    label: 'its word on the level',
    isLive: true,
    bits: [
      [0, 'tripped by reverse power'],
      [1, 'unlevelled'],
    ],
  },
  {
    query: 'STAT:QUES:COND?',
    name: 'questionableStatus',
    label: 'its word on what it delivers',
    isLive: false,
    bits: [
      [3, 'level questionable'],
      [5, 'frequency questionable (unlocked)'],
      [6, 'phase questionable'],
      [7, 'modulation questionable'],
    ],
  },
];

const keysight: Dialect = {
  name: 'keysight',
  title: 'Keysight / Agilent / HP signal generator',
  match: /(keysight|agilent|hewlett).*,\s*(N51|E82|E44|E86|N93|M93|V3|83[67])/i,
  modulation: {
    setUp: (modulationHz) => ['PULM:SOUR INT', 'PULM:SOUR:INT SQU', `PULM:INT:FREQ ${modulationHz}`],
    // The master switch: without it PULM does nothing.
    on: ['PULM:STAT ON', 'OUTP:MOD ON'],
    stateQueries: ['PULM:STAT?', 'OUTP:MOD?'],
    rateQuery: 'PULM:INT:FREQ?',
    frequencyFrom: (frequencyHz) => frequencyHz,
  },
  statusQueries,
  parameters: [
    ...displayFactors,
    ...relativeDisplays,
    ...commonParameters,
    frequencyMode,
    levelMode,
    levelControl,
    amplitudeModulation,
    frequencyModulation,
    phaseModulation,
    pulseState,
    pulseSource(['internal', 'external', 'scalar'], ['INT', 'EXT', 'SCAL']),
    choice({
      group: 'pulse modulation',
      name: 'pulseShape',
      label: 'Internal pulse source',
      choices: ['SQU', 'FRUN', 'TRIG', 'DOUB', 'GATE'],
      texts: ['SQU', 'FRUN', 'TRIG', 'DOUB', 'GATE'],
      read: 'PULM:SOUR:INT?',
      write: 'PULM:SOUR:INT {value}',
    }),
    number({
      ...rate,
      group: 'pulse modulation',
      name: 'pulseRateHz',
      label: 'Pulse rate',
      range: [0.1, 10e6],
      relativeResolution: 1e-4,
      read: 'PULM:INT:FREQ?',
      write: 'PULM:INT:FREQ {value}',
    }),
    flag({
      group: 'pulse modulation',
      name: 'isModulationEnabled',
      label: 'Master modulation switch',
      read: 'OUTP:MOD?',
      write: 'OUTP:MOD {value}',
      texts: ['OFF', 'ON'],
    }),
  ],
};

const rohdeSchwarz: Dialect = {
  name: 'rohde-schwarz',
  title: 'Rohde & Schwarz signal generator',
  match: /rohde.*,\s*S(G|M)/i,
  modulation: {
    setUp(modulationHz, presentPeriodS) {
      const period = `PULM:PER ${Number((1 / modulationHz).toPrecision(9))}`;
      const width = `PULM:WIDT ${Number((0.5 / modulationHz).toPrecision(9))}`;
      // The width may at no time be longer than the period.
      const order = 1 / modulationHz >= presentPeriodS ? [period, width] : [width, period];
      return ['PULM:SOUR INT', 'PULM:MODE SING', ...order];
    },
    on: ['PULM:STAT ON'],
    stateQueries: ['PULM:STAT?'],
    rateQuery: 'PULM:PER?',
    frequencyFrom: (periodS) => 1 / periodS,
  },
  statusQueries,
  parameters: [
    ...displayFactors,
    ...commonParameters,
    frequencyMode,
    levelMode,
    amplitudeModulation,
    frequencyModulation,
    phaseModulation,
    pulseState,
    pulsePolarity,
    pulseSource(['internal', 'external'], ['INT', 'EXT']),
    number({
      group: 'pulse modulation',
      name: 'pulsePeriodS',
      label: 'Pulse period',
      unit: 's',
      range: [20e-9, 100],
      significant: 9,
      relativeResolution: 1e-4,
      read: 'PULM:PER?',
      write: 'PULM:PER {value}',
    }),
    number({
      group: 'pulse modulation',
      name: 'pulseWidthS',
      label: 'Pulse width',
      unit: 's',
      range: [10e-9, 100],
      significant: 9,
      relativeResolution: 1e-4,
      read: 'PULM:WIDT?',
      write: 'PULM:WIDT {value}',
    }),
  ],
};

const hittite: Dialect = {
  name: 'hittite',
  title: 'Hittite / Analog Devices HMC-T2200',
  match: /(hittite|analog devices).*HMC-?T/i,
  // No modulation in its command set: chop at the chain's TTL input or with a wheel.
  modulation: undefined,
  parameters: commonParameters,
  statusQueries: [],
};

export const dialects: readonly Dialect[] = [keysight, rohdeSchwarz, hittite];

/** Every parameter of every dialect, each name once, for the list of drivers. */
export const allParameters: readonly Parameter[] = [
  ...new Map(
    dialects.flatMap((dialect) => dialect.parameters).map((parameter) => [parameter.name, parameter]),
  ).values(),
];
