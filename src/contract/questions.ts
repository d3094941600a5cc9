import type {SettingDifference} from './devices.ts';

/** What a run asks of a person besides manual steps: a decision, from a list of what may be decided. */
export interface OperatorQuestion {
  readonly kind: 'settings' | 'overload';
  readonly text: string;
  /** Of `settings`: what was found and what is wanted. */
  readonly differences: readonly SettingDifference[];
  /** The first is the one that is advised. */
  readonly choices: readonly QuestionChoice[];
}

/** An answer that a question offers. */
export interface QuestionChoice {
  readonly id: string;
  /** What is on the button, from the first word on. */
  readonly label: string;
  /** It ends the run. */
  readonly isEnding: boolean;
}

/** Resolves with the id of one of the choices; rejects when the signal ends the asking. */
export type QuestionHandler = (
  question: OperatorQuestion,
  options: {readonly signal: AbortSignal},
) => Promise<string>;

/**
 * What becomes of settings that nobody named and that change what readings mean: ask a person (and refuse where nobody
 * can answer), put them right, keep them for this run, or refuse.
 */
export const settingsPolicies = ['ask', 'set-right', 'keep', 'refuse'] as const;
/** See `settingsPolicies`. */
export type SettingsPolicy = (typeof settingsPolicies)[number];

/** What became of a difference; stands in the run's records. */
export interface SettingOutcome extends SettingDifference {
  readonly outcome: 'put-right' | 'kept-by-operator' | 'kept-by-instrument';
}

/** `harmonic 2` with its unit. */
const valueText = (value: SettingDifference['found'], unit: string): string =>
  `${String(value)}${unit === '' ? '' : ` ${unit}`}`;

/** `lockin: Detection harmonic (harmonic) is 2 instead of 1`. */
export const differenceText = ({role, label, name, unit, found, wanted}: SettingDifference): string =>
  `${role}: ${label} (${name}) is ${valueText(found, unit)} instead of ${valueText(wanted, unit)}`;
