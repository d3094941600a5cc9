import type {SettingsSnapshot, SettingValue} from '../../src/contract/devices.ts';

/** Declared by a parameter that decides what a reading means. */
export interface Meaning {
  /** Values with which readings are what the program takes them for; the first is the one that is set. */
  readonly safe: readonly [SettingValue, ...SettingValue[]];
  /** What another value does to the data, in a sentence. */
  readonly effect: string;
  /** Follows from what the bench file names (frequency, level, modulation), so that it may be put right unasked. */
  readonly isNamedByBench?: boolean;
  /** False where the other settings make it harmless; always judged without it. */
  readonly matters?: (settings: SettingsSnapshot) => boolean;
}
