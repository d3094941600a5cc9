import type {ActionMeta} from '../kit/index.ts';

/** What a reading of a synthesiser has. */
export const scpiColumns = [
  {name: 'outputFrequencyHz', unit: 'Hz', label: 'Frequency behind the chain'},
  {name: 'powerDbm', unit: 'dBm', label: 'Level into the chain', precision: 2},
  {name: 'modulationHz', unit: 'Hz', label: 'Modulation'},
] as const;

/** What a synthesiser can be told beside its parameters. */
export const scpiActions: readonly ActionMeta[] = [
  {name: 'turn-on', label: 'RF on in the safe order, up to the working level'},
  {name: 'turn-off', label: 'RF off, proven by reading back'},
  {name: 'read-state', label: 'Output, frequency, level, modulation'},
  {name: 'read-errors', label: 'Read and empty the error queue'},
];
