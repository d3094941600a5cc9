import type {SettingsSnapshot} from '../../src/contract/devices.ts';
import {choice, flag, integer, number} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';
import {outputParameters} from './sr830-output-parameters.ts';

/** Parameters of the SR830, in the order of its manual's chapter 5 (remote programming). Indices are wire texts. */

const oneTwoFive = (firstExponent: number, count: number): number[] =>
  Array.from({length: count}, (_, index) => {
    const digit = [2, 5, 10][index % 3] ?? 0;
    return Number(`${digit}e${firstExponent + Math.floor(index / 3)}`);
  });

/** SENS 0..26: 2 nV to 1 V full scale. */
export const sensitivitiesV = oneTwoFive(-9, 27);

/** OFLT 0..19: 10 us to 30 ks. */
export const timeConstantsS = Array.from({length: 20}, (_, index) =>
  Number(`${index % 2 === 0 ? 1 : 3}e${-5 + Math.floor(index / 2)}`),
);

/** True when it detects a frequency below `limitHz`. Without a reference (nothing chops yet) it reads none: judged later. */
const detectsBelow = ({referenceFrequencyHz, harmonic}: SettingsSnapshot, limitHz: number): boolean => {
  const detectionHz = Number(referenceFrequencyHz) * Number(harmonic);
  return detectionHz >= lowestReferenceHz && detectionHz < limitHz;
};
/** Lowest of an external reference (sheet, FREQ). */
const lowestReferenceHz = 0.001;
/** The line notches reach from the line frequency and its double to about these. */
const notchesEndHz = 200;
/** AC coupling has its corner at 0.16 Hz: below this it takes more than a ten-thousandth. */
const couplingEndHz = 12;

const group = (name: string) => ({group: name});
const reference = group('reference');
const input = group('input');
const gain = group('gain and filter');

const referenceParameters: readonly Parameter[] = [
  number({
    ...reference,
    name: 'referencePhaseDeg',
    label: 'Reference phase',
    unit: 'deg',
    range: [-360, 729.99],
    decimals: 2,
    resolution: 0.011,
    isAngle: true,
    read: 'PHAS?',
    write: 'PHAS {value}',
    hint: 'reads back wrapped to -180..180',
  }),
  choice({
    ...reference,
    name: 'referenceSource',
    label: 'Reference source',
    choices: ['external', 'internal'],
    read: 'FMOD?',
    write: 'FMOD {value}',
    meaning: {
      safe: ['external'],
      effect: 'it follows its own oscillator and not the chopped beam: readings beat or fall to nothing',
    },
  }),
  number({
    ...reference,
    name: 'referenceFrequencyHz',
    label: 'Reference frequency',
    unit: 'Hz',
    range: [0.001, 102_000],
    significant: 8,
    resolution: 1e-4,
    relativeResolution: 1e-4,
    read: 'FREQ?',
    write: 'FREQ {value}',
    hint: 'set only with the internal reference; reads the measured one with an external reference',
  }),
  choice({
    ...reference,
    name: 'referenceSlope',
    label: 'Reference trigger',
    choices: ['sine', 'ttl-rising', 'ttl-falling'],
    read: 'RSLP?',
    write: 'RSLP {value}',
    meaning: {
      safe: ['ttl-rising'],
      effect: 'the phase is turned, by half a turn at the other edge: X and Y change their signs',
      matters: ({referenceSource}) => referenceSource !== 'internal',
    },
    hint: 'below 1 Hz a TTL edge must be used',
  }),
  integer({
    ...reference,
    name: 'harmonic',
    label: 'Detection harmonic',
    unit: '',
    range: [1, 19_999],
    read: 'HARM?',
    write: 'HARM {value}',
    meaning: {
      safe: [1],
      effect:
        'it detects another harmonic than the chop: of a square chop the even ones are nothing, the third is a third',
    },
    hint: 'harmonic times frequency may not pass 102 kHz',
  }),
  number({
    ...reference,
    name: 'sineOutputV',
    label: 'Sine output amplitude (rms)',
    unit: 'V',
    range: [0.004, 5],
    decimals: 3,
    resolution: 0.0021,
    read: 'SLVL?',
    write: 'SLVL {value}',
  }),
];

const inputParameters: readonly Parameter[] = [
  choice({
    ...input,
    name: 'inputSource',
    label: 'Signal input',
    choices: ['A', 'A-B', 'I-1MOhm', 'I-100MOhm'],
    read: 'ISRC?',
    write: 'ISRC {value}',
    meaning: {
      safe: ['A'],
      effect: 'another input is read, or a current in ampere where a voltage is stored',
    },
    hint: 'with a current input full scale and readings are in 1e-6 of the printed volts, in ampere',
  }),
  choice({
    ...input,
    name: 'inputShield',
    label: 'Input shield',
    choices: ['float', 'ground'],
    read: 'IGND?',
    write: 'IGND {value}',
  }),
  choice({
    ...input,
    name: 'inputCoupling',
    label: 'Input coupling',
    choices: ['AC', 'DC'],
    read: 'ICPL?',
    write: 'ICPL {value}',
    meaning: {
      safe: ['DC'],
      effect: 'AC coupling weakens and turns a signal as slow as this',
      matters: (settings) => detectsBelow(settings, couplingEndHz),
    },
  }),
  choice({
    ...input,
    name: 'lineFilter',
    label: 'Line notch filters',
    choices: ['none', 'line', '2x-line', 'both'],
    read: 'ILIN?',
    write: 'ILIN {value}',
    meaning: {
      safe: ['none'],
      effect: 'the line notches weaken and turn a signal as near to the line frequency as this',
      matters: (settings) => detectsBelow(settings, notchesEndHz),
    },
  }),
];

const gainParameters: readonly Parameter[] = [
  choice({
    ...gain,
    name: 'sensitivityV',
    label: 'Full scale',
    unit: 'V',
    choices: sensitivitiesV,
    read: 'SENS?',
    write: 'SENS {value}',
  }),
  choice({
    ...gain,
    name: 'reserve',
    label: 'Dynamic reserve',
    choices: ['high', 'normal', 'low-noise'],
    read: 'RMOD?',
    write: 'RMOD {value}',
  }),
  // After the reserve and before the time constant: each of them may raise the time constant.
  choice({
    ...gain,
    name: 'slopeDbPerOctave',
    label: 'Filter slope',
    unit: 'dB/oct',
    choices: [6, 12, 18, 24],
    read: 'OFSL?',
    write: 'OFSL {value}',
  }),
  choice({
    ...gain,
    name: 'timeConstantS',
    label: 'Time constant',
    unit: 's',
    choices: timeConstantsS,
    read: 'OFLT?',
    write: 'OFLT {value}',
    hint: 'above 30 s only below 200 Hz; high gain asks for a longer one',
  }),
  flag({
    ...gain,
    name: 'isSynchronousFilterOn',
    label: 'Synchronous filter (active below 200 Hz)',
    read: 'SYNC?',
    write: 'SYNC {value}',
  }),
];

export const sr830Parameters: readonly Parameter[] = [
  ...referenceParameters,
  ...inputParameters,
  ...gainParameters,
  ...outputParameters,
];

/** Setting one of these may change the time constant behind our back (sheet: minimum time constant at high gain). */
export const changesTimeConstant: ReadonlySet<string> = new Set([
  'sensitivityV',
  'reserve',
  'slopeDbPerOctave',
  'xExpand',
  'yExpand',
  'rExpand',
  'harmonic',
  'referenceFrequencyHz',
  'referenceSource',
]);
