import {choice, flag, number} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';

/**
 * Settings that decide what frequency, level and chop mean. The bench file names all three, so that most may be put
 * right unasked; what can be meant otherwise (a level control that is off, a second modulation) is asked. Facts: SCPI-99
 * and the command references of Keysight N51x1/E8257D and R&S SGS/SMB; see docs/instruments/scpi-synth.md.
 */

const display = {group: 'what is displayed'} as const;

/** They shift what FREQ and POW say; the connector delivers something else. */
export const displayFactors: readonly Parameter[] = [
  number({
    ...display,
    name: 'displayedFrequencyMultiplier',
    label: 'Factor of the displayed frequency',
    unit: '',
    range: [1e-3, 1e4],
    significant: 9,
    read: 'FREQ:MULT?',
    write: 'FREQ:MULT {value}',
    meaning: {
      safe: [1],
      isNamedByBench: true,
      effect: 'another frequency than the one set leaves the connector',
    },
  }),
  number({
    ...display,
    name: 'displayedFrequencyOffsetHz',
    label: 'Offset of the displayed frequency',
    unit: 'Hz',
    range: [-1e12, 1e12],
    resolution: 1e-3,
    read: 'FREQ:OFFS?',
    write: 'FREQ:OFFS {value}',
    meaning: {
      safe: [0],
      isNamedByBench: true,
      effect: 'another frequency than the one set leaves the connector',
    },
  }),
  // A level offset would let POW exceed the limit at the connector while the display keeps it.
  number({
    ...display,
    name: 'displayedLevelOffsetDb',
    label: 'Offset of the displayed level',
    unit: 'dB',
    range: [-200, 200],
    decimals: 2,
    resolution: 1e-3,
    read: 'POW:OFFS?',
    write: 'POW:OFFS {value}',
    meaning: {safe: [0], isNamedByBench: true, effect: 'another level than the one set goes into the chain'},
  }),
  // POW? answers in it: ten dBm would read as 0.7.
  choice({
    ...display,
    name: 'levelUnit',
    label: 'Unit of the level',
    choices: ['DBM', 'DBUV', 'V'],
    texts: ['DBM', 'DBUV', 'V'],
    read: 'UNIT:POW?',
    write: 'UNIT:POW {value}',
    meaning: {
      safe: ['DBM'],
      isNamedByBench: true,
      effect: 'levels are told in another unit than the limit is given in',
    },
  }),
];

/** Keysight: frequency and level as differences from a reference. */
export const relativeDisplays: readonly Parameter[] = [
  flag({
    ...display,
    name: 'isFrequencyRelative',
    label: 'Frequency relative to a reference',
    read: 'FREQ:REF:STAT?',
    write: 'FREQ:REF:STAT {value}',
    texts: ['OFF', 'ON'],
    meaning: {
      safe: [false],
      isNamedByBench: true,
      effect: 'another frequency than the one set leaves the connector',
    },
  }),
  flag({
    ...display,
    name: 'isLevelRelative',
    label: 'Level relative to a reference',
    read: 'POW:REF:STAT?',
    write: 'POW:REF:STAT {value}',
    texts: ['OFF', 'ON'],
    meaning: {
      safe: [false],
      isNamedByBench: true,
      effect: 'another level than the one set goes into the chain',
    },
  }),
];

export const frequencyMode: Parameter = choice({
  group: 'carrier',
  name: 'frequencyMode',
  label: 'Frequency mode',
  choices: ['CW', 'FIX', 'SWE', 'LIST'],
  texts: ['CW', 'FIX', 'SWE', 'LIST'],
  read: 'FREQ:MODE?',
  write: 'FREQ:MODE {value}',
  meaning: {
    safe: ['CW', 'FIX'],
    isNamedByBench: true,
    effect: 'the frequency follows a sweep or a list and not FREQ',
  },
});

export const levelMode: Parameter = choice({
  group: 'carrier',
  name: 'levelMode',
  label: 'Level mode',
  choices: ['FIX', 'CW', 'SWE', 'LIST'],
  texts: ['FIX', 'CW', 'SWE', 'LIST'],
  read: 'POW:MODE?',
  write: 'POW:MODE {value}',
  meaning: {
    safe: ['FIX', 'CW'],
    isNamedByBench: true,
    effect: 'the level follows a sweep or a list and not POW',
  },
});

export const levelControl: Parameter = flag({
  group: 'carrier',
  name: 'isAlcOn',
  label: 'Automatic level control',
  read: 'POW:ALC?',
  write: 'POW:ALC {value}',
  texts: ['OFF', 'ON'],
  meaning: {safe: [true], effect: 'the level drifts and is not the one that is set'},
});

const second = (name: string, label: string, node: string): Parameter =>
  flag({
    group: 'other modulation',
    name,
    label,
    read: `${node}:STAT?`,
    write: `${node}:STAT {value}`,
    texts: ['OFF', 'ON'],
    meaning: {
      safe: [false],
      effect:
        'the beam is modulated by something beside the chop, and that part of it is missing in the readings',
    },
  });

export const amplitudeModulation = second('isAmplitudeModulationOn', 'Amplitude modulation', 'AM');
export const frequencyModulation = second('isFrequencyModulationOn', 'Frequency modulation', 'FM');
export const phaseModulation = second('isPhaseModulationOn', 'Phase modulation', 'PM');

export const pulsePolarity: Parameter = choice({
  group: 'pulse modulation',
  name: 'pulsePolarity',
  label: 'Pulse polarity',
  choices: ['normal', 'inverted'],
  texts: ['NORM', 'INV'],
  read: 'PULM:POL?',
  write: 'PULM:POL {value}',
  meaning: {safe: ['normal'], effect: 'the phase is turned by half a turn: X and Y change their signs'},
});
