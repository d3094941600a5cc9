import {roundedText} from '../../base/number-format.ts';
import {defaultCalibrationHours, type CalibrationHours} from '../../contract/api/index.ts';

type Kind = keyof CalibrationHours;

/** Kinds of calibrations in words, in the order of the form, with why they grow old. */
export const calibrationKinds: readonly {
  readonly kind: Kind;
  readonly label: string;
  readonly description: string;
}[] = [
  {kind: 'darkLevel', label: 'Dark level', description: 'electronics drift within a day'},
  {kind: 'lockInPhase', label: 'Phase of the lock-in', description: 'until cables or chopping are touched'},
  {kind: 'sourcePower', label: 'Power of the source', description: 'multiplier chains drift with the room'},
  {kind: 'outputFrame', label: 'Output frame', description: 'until something on the table is moved'},
  {kind: 'axisScale', label: 'Scale of the axes', description: 'screws hardly ever change'},
  {kind: 'placement', label: 'Placement of the plates', description: 'until a plate is touched'},
  {kind: 'readOut', label: 'Calibrated read-out', description: 'until plates, light or probe are touched'},
];

/** What the host takes at most: ten years. */
const mostHours = 24 * 3660;

/** What a person has typed; not-a-number where a field is empty. */
export type HoursDraft = Readonly<Record<Kind, number>>;

/** Why a number of hours cannot be taken; undefined when it can. */
export const hoursProblem = (hours: number): string | undefined =>
  hours > 0 && hours <= mostHours ? undefined : `Give hours above 0, at most ${mostHours}.`;

/** Why a draft cannot be kept; undefined when it can. */
export const draftProblem = (draft: HoursDraft): string | undefined => {
  const wrong = calibrationKinds.find(({kind}) => hoursProblem(draft[kind]) !== undefined);
  return wrong && `${wrong.label}: ${hoursProblem(draft[wrong.kind]) ?? ''}`;
};

export const isDefault = (draft: HoursDraft): boolean =>
  calibrationKinds.every(({kind}) => draft[kind] === defaultCalibrationHours[kind]);

/** `12 h`, `7 days`: whole days are easier to think of. */
export const hoursText = (hours: number): string =>
  hours >= 48 && hours % 24 === 0 ? `${hours / 24} days` : `${roundedText(hours, 1)} h`;
