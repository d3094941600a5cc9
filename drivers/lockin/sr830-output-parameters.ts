import {choice, flag, integer, number} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';

/** Parameters of the SR830 behind its filter: displays, outputs, auxiliary connectors, buffer, interface. */

/** SRAT 0..13; index 14 is the trigger. */
const sampleRatesHz = Array.from({length: 14}, (_, index) => 2 ** (index - 4));

const group = (name: string) => ({group: name});
const display = group('display and output');
const aux = group('auxiliary');
const storage = group('buffer');
const system = group('interface');

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

/** In the order of the manual's chapter 5. */
export const outputParameters: readonly Parameter[] = [
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
