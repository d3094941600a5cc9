import type {SettingsSnapshot} from '../../src/contract/devices.ts';
import {choice, flag, integer, number} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';

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

/** SRAT 0..13; index 14 is the trigger. */
export const sampleRatesHz = Array.from({length: 14}, (_, index) => 2 ** (index - 4));

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
const display = group('display and output');
const aux = group('auxiliary');
const storage = group('buffer');
const system = group('interface');

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

const channelDisplay = (channel: 1 | 2): readonly Parameter[] => {
  const [own, noise, first, second] =
    channel === 1
      ? (['X', 'X-noise', 'aux-1', 'aux-2'] as const)
      : (['Y', 'Y-noise', 'aux-3', 'aux-4'] as const);
  const polar = channel === 1 ? 'R' : 'theta';
  return [
    choice({
      ...display,
      name: `channel${channel}Display`,
      label: `Channel ${channel} shows`,
      choices: [own, polar, noise, first, second],
      read: `DDEF? ${channel}`,
      field: 0,
      write: `DDEF ${channel},{value},{channel${channel}Ratio}`,
    }),
    choice({
      ...display,
      name: `channel${channel}Ratio`,
      label: `Channel ${channel} divided by`,
      choices: ['none', first, second],
      read: `DDEF? ${channel}`,
      field: 1,
      write: `DDEF ${channel},{channel${channel}Display},{value}`,
    }),
    choice({
      ...display,
      name: `channel${channel}Output`,
      label: `Channel ${channel} front output`,
      choices: ['display', own],
      read: `FPOP? ${channel}`,
      write: `FPOP ${channel},{value}`,
    }),
  ];
};

const offsetAndExpand = (index: number, letter: string): readonly Parameter[] => [
  number({
    ...display,
    name: `${letter.toLowerCase()}OffsetPercent`,
    label: `${letter} offset`,
    unit: '%',
    range: [-105, 105],
    decimals: 2,
    resolution: 0.011,
    read: `OEXP? ${index}`,
    field: 0,
    write: `OEXP ${index},{value},{${letter.toLowerCase()}Expand}`,
    meaning: {
      safe: [0],
      effect:
        'a part of full scale is taken off what is read; whether R and theta follow X and Y is not documented',
    },
    hint: 'per cent of full scale; readings are given with the offset undone',
  }),
  choice({
    ...display,
    name: `${letter.toLowerCase()}Expand`,
    label: `${letter} expand`,
    choices: [1, 10, 100],
    read: `OEXP? ${index}`,
    field: 1,
    write: `OEXP ${index},{${letter.toLowerCase()}OffsetPercent},{value}`,
  }),
];

const auxOutput = (index: number): Parameter =>
  number({
    ...aux,
    name: `auxOutput${index}V`,
    label: `Auxiliary output ${index}`,
    unit: 'V',
    range: [-10.5, 10.5],
    decimals: 3,
    resolution: 0.0011,
    read: `AUXV? ${index}`,
    write: `AUXV ${index},{value}`,
  });

const auxInput = (index: number): Parameter =>
  number({
    ...aux,
    name: `auxInput${index}V`,
    label: `Auxiliary input ${index}`,
    unit: 'V',
    range: [-10.5, 10.5],
    read: `OAUX? ${index}`,
  });

const storageParameters: readonly Parameter[] = [
  choice({
    ...storage,
    name: 'sampleRate',
    label: 'Buffer sample rate (Hz, or trigger)',
    choices: [...sampleRatesHz.map(String), 'trigger'],
    read: 'SRAT?',
    write: 'SRAT {value}',
  }),
  choice({
    ...storage,
    name: 'bufferEnd',
    label: 'At the end of the buffer',
    choices: ['one-shot', 'loop'],
    read: 'SEND?',
    write: 'SEND {value}',
  }),
  flag({
    ...storage,
    name: 'isTriggerStart',
    label: 'A trigger starts the scan',
    read: 'TSTR?',
    write: 'TSTR {value}',
  }),
  integer({
    ...storage,
    name: 'bufferPointCount',
    label: 'Points stored',
    unit: '',
    range: [0, 16_383],
    read: 'SPTS?',
  }),
];

const systemParameters: readonly Parameter[] = [
  choice({
    ...system,
    name: 'frontPanel',
    label: 'Front panel',
    choices: ['local', 'remote', 'locked-out'],
    read: 'LOCL?',
    write: 'LOCL {value}',
  }),
  flag({...system, name: 'isKeyClickOn', label: 'Key click', read: 'KCLK?', write: 'KCLK {value}'}),
  flag({...system, name: 'isAlarmOn', label: 'Alarm sound', read: 'ALRM?', write: 'ALRM {value}'}),
];

export const sr830Parameters: readonly Parameter[] = [
  ...referenceParameters,
  ...inputParameters,
  ...gainParameters,
  ...channelDisplay(1),
  ...channelDisplay(2),
  ...offsetAndExpand(1, 'X'),
  ...offsetAndExpand(2, 'Y'),
  ...offsetAndExpand(3, 'R'),
  ...[1, 2, 3, 4].map(auxOutput),
  ...[1, 2, 3, 4].map(auxInput),
  ...storageParameters,
  ...systemParameters,
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
