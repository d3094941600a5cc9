import {digitsText, fixedText, typographic} from '../../../../base/number-format.ts';
import type {
  GuideAgreement,
  GuideCriterion,
  GuideNumber,
  GuideStep,
  Light,
} from '../../../../contract/api/index.ts';
import {formatReading} from '../../../viewer/index.ts';
import {valueText} from '../value-text.ts';

/** State of a step by shape and word. */
export const stepLight: Readonly<
  Record<GuideStep['state'], {readonly light: Light; readonly label: string}>
> = {
  waiting: {light: 'off', label: 'to be measured'},
  running: {light: 'busy', label: 'under way'},
  passed: {light: 'attention', label: 'passed, to be accepted'},
  failed: {light: 'fault', label: 'failed'},
  interrupted: {light: 'attention', label: 'interrupted'},
  accepted: {light: 'ready', label: 'accepted'},
  overridden: {light: 'attention', label: 'overridden'},
  skipped: {light: 'off', label: 'skipped'},
};

/** Whether a step is behind one. */
export const isDecided = (state: GuideStep['state']): boolean =>
  state === 'accepted' || state === 'overridden' || state === 'skipped';

const alignedUnits = ['mm', 'deg', '1/mm', '1/mm^2'] as const;
type AlignedUnit = (typeof alignedUnits)[number];
const isAlignedUnit = (unit: string): unit is AlignedUnit =>
  (alignedUnits as readonly string[]).includes(unit);

/** A number with its error bar and unit; a dash where there is none. */
export function seenText(value: number | null, sigma: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === '') return valueText(value, sigma, '1');
  if (isAlignedUnit(unit)) return valueText(value, sigma, unit);
  return formatReading(value, unit).text;
}

export const expectedText = ({expected, expectedSigma, unit}: GuideNumber): string =>
  seenText(expected, expectedSigma, unit);

/** `at most 0.22`. */
export const limitText = ({
  relation,
  limit,
  unit,
}: Pick<GuideCriterion, 'relation' | 'limit' | 'unit'>): string =>
  `${relation === 'at-most' ? 'at most' : 'at least'} ${plain(limit)}${unit === '' ? '' : ` ${unit}`}`;

export const criterionText = ({value, unit}: Pick<GuideCriterion, 'value' | 'unit'>): string =>
  value === null ? 'not measured' : `${plain(value)}${unit === '' ? '' : ` ${unit}`}`;

const plain = (value: number): string => typographic(digitsText(value, 3));

/** `0.381 (0.325 to 0.438)`. */
export const intervalText = (interval: GuideAgreement['designed']): string =>
  interval === null
    ? '–'
    : `${fixedText(interval.value, 3)} (${fixedText(interval.low, 3)} to ${fixedText(interval.high, 3)})`;

/** Why a step cannot be measured now; undefined when it can. */
export function runRefusal(
  step: GuideStep,
  currentStepId: string | null,
  isBusy: boolean,
): string | undefined {
  if (isBusy) return 'Something is running; wait for its end or stop it.';
  if (step.id === currentStepId || isDecided(step.state)) return undefined;
  return 'The steps before it are not decided yet.';
}

/** Why a step cannot be decided so now; undefined when it can. */
export function decideRefusal(
  step: GuideStep,
  currentStepId: string | null,
  decision: 'accept' | 'override' | 'skip',
): string | undefined {
  if (step.state === 'running') return 'It is being measured.';
  if (step.id !== currentStepId)
    return isDecided(step.state)
      ? 'It is decided; repeat it to decide anew.'
      : 'The steps before it are not decided yet.';
  switch (decision) {
    case 'accept':
      return step.state === 'passed' ? undefined : 'Only a step whose criteria are all met can be accepted.';
    case 'override':
      return step.state === 'failed' ? undefined : 'Only a step that failed has to be overridden.';
    case 'skip':
      return step.isOptional ? undefined : 'This step cannot be left out.';
  }
}
