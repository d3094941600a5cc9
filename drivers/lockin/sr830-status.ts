/** Status bytes of the SR830 (manual chapter 5, status byte definitions). Reading LIAS, ESR and ERRS clears them. */

/** Bits of LIAS that make a reading no datum. */
export const liaBits = {
  inputOverload: 0x01,
  filterOverload: 0x02,
  outputOverload: 0x04,
  referenceUnlock: 0x08,
  rangeCrossed: 0x10,
  timeConstantChanged: 0x20,
} as const;

export const overloadMask = 0x07;
/** All that spoils the reading it came with; bit 6 (storage triggered) does not. */
export const notValidMask = 0x3f;
/** The time constant has been changed by the instrument itself. */
export const filterChangedMask = 0x30;

const liaLabels: readonly (readonly [bit: number, words: string])[] = [
  [liaBits.inputOverload, 'input or amplifier overload'],
  [liaBits.filterOverload, 'low-pass filter overload'],
  [liaBits.outputOverload, 'output overload'],
  [liaBits.referenceUnlock, 'reference unlock'],
  [liaBits.rangeCrossed, 'detection frequency crossed 200 Hz'],
  [liaBits.timeConstantChanged, 'time constant changed by the instrument'],
];

const esrLabels: readonly (readonly [bit: number, words: string])[] = [
  [0x01, 'input queue overflow'],
  [0x04, 'output queue overflow'],
  [0x10, 'EXE: the instrument could not execute it or an argument is out of range'],
  [0x20, 'CMD: the instrument does not know the command'],
];

const errsLabels: readonly (readonly [bit: number, words: string])[] = [
  [0x02, 'backup battery failed'],
  [0x04, 'RAM error'],
  [0x10, 'ROM error'],
  [0x20, 'GPIB fast transfer aborted'],
  [0x40, 'DSP error'],
  [0x80, 'math error'],
];

const wordsOf = (byte: number, table: readonly (readonly [number, string])[]): string =>
  table
    .filter(([bit]) => (byte & bit) !== 0)
    .map(([, words]) => words)
    .join(', ');

export const describeLias = (byte: number): string => wordsOf(byte, liaLabels);
export const describeEsr = (byte: number): string => wordsOf(byte, esrLabels);
export const describeErrs = (byte: number): string => wordsOf(byte, errsLabels);

/** What an operator can do about a reading that was not valid. */
export function adviseOn(byte: number): string {
  if ((byte & liaBits.referenceUnlock) !== 0)
    return 'check the reference cable, that the source chops, and the reference trigger (sine or TTL)';
  if ((byte & overloadMask) !== 0) return 'raise sensitivityV or the reserve, or lower the signal';
  return 'wait until the filter has settled and read again';
}
