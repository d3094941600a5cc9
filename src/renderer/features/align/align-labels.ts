import {fixedText} from '../../../base/number-format.ts';
import {countOf} from '../../../base/count-text.ts';
import type {AlignedParameter, AlignmentResult, Degeneracy} from '../../../contract/alignment.ts';
import type {AlignJob, AlignStatus, AlignSummary, Light} from '../../../contract/api/index.ts';
import {sizeText} from './value-text.ts';

export type Verdict = AlignmentResult['verdict'];

/** Verdict as a shape, a word, and what it means for the placement. */
export const verdictLabels: Readonly<
  Record<Verdict, {readonly light: Light; readonly label: string; readonly meaning: string}>
> = {
  trusted: {
    light: 'ready',
    label: 'Trusted',
    meaning: 'The fit explains the planes, and its error bars can be used.',
  },
  doubtful: {
    light: 'attention',
    label: 'Doubtful',
    meaning: 'Something was found, but look at this before you use it:',
  },
  failed: {
    light: 'fault',
    label: 'Failed',
    meaning: 'Nothing was found: the values below mean nothing, and no placement can be accepted.',
  },
};

/** Status of a result in the ledger as a shape and a label. */
export const statusLabels: Readonly<Record<AlignStatus, {readonly light: Light; readonly label: string}>> = {
  proposed: {light: 'off', label: 'not accepted'},
  active: {light: 'ready', label: 'active'},
  replaced: {light: 'off', label: 'replaced'},
  revoked: {light: 'off', label: 'revoked'},
  expired: {light: 'attention', label: 'expired'},
  'bench-changed': {light: 'attention', label: 'bench has changed'},
};

/** Steps of an alignment in their order, as people call them. */
export const stages: readonly {readonly id: AlignJob['stage']; readonly label: string}[] = [
  {id: 'reading', label: 'Reading planes'},
  {id: 'search', label: 'Search'},
  {id: 'orientation', label: 'Assembly errors, if need be'},
  {id: 'fit', label: 'Fit'},
  {id: 'error-bars', label: 'Error bars'},
  {id: 'prints', label: 'Prints'},
  {id: 'storing', label: 'Storing'},
];

export const jobLight: Readonly<Record<AlignJob['state'], {readonly light: Light; readonly label: string}>> =
  {
    running: {light: 'busy', label: 'aligning'},
    stopping: {light: 'attention', label: 'stopping'},
    done: {light: 'ready', label: 'done'},
    stopped: {light: 'attention', label: 'stopped'},
    failed: {light: 'fault', label: 'failed'},
  };

export const isJobLive = (job: Pick<AlignJob, 'state'> | null): boolean =>
  job?.state === 'running' || job?.state === 'stopping';

const quantityLabels: Readonly<Record<string, string>> = {
  dx: 'shift x',
  dy: 'shift y',
  dz: 'shift z',
  rotation: 'turn',
  n: 'index n',
  k: 'extinction k',
  centerX: 'centre x',
  centerY: 'centre y',
  narrowness: 'narrowness',
  curvature: 'curvature',
  tiltX: 'tilt x',
  tiltY: 'tilt y',
  scale: 'scale',
};

const partLabelsByName: Readonly<Record<string, string>> = {
  plates: 'all plates',
  object: 'object',
  beam: 'light',
  frame: 'scan frame',
};

/** `plate3` as `plate 3`, `frame` as `scan frame`. */
export function partText(part: string): string {
  const plate = /^plate(\d+)$/.exec(part);
  return plate ? `plate ${plate[1]}` : (partLabelsByName[part] ?? part);
}

/** The part of a parameter's name: `plate3` of `plate3.dx`. */
export const partOf = (name: string): string => name.split('.')[0] ?? name;

/** `shift x` of `plate3.dx`. */
export const quantityOf = (name: string): string => {
  const quantity = name.split('.')[1] ?? name;
  return quantityLabels[quantity] ?? quantity;
};

/** `plate3.dx` as `plate 3 shift x`. */
export const parameterText = (name: string): string => `${partText(partOf(name))} ${quantityOf(name)}`;

const parameterNames = /\b(?:plate\d+|plates|object|beam|frame)\.[a-zA-Z]+\b/g;

/**
 * A sentence of the estimator with readable names of its parameters, a true minus sign, and a capital at its beginning.
 */
export function plainSentence(text: string): string {
  const words = text
    .replace(parameterNames, parameterText)
    .replaceAll('+-', '±')
    .replaceAll(/(^|\s)-(?=[\dxyz])/g, '$1\u2212');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why the planes do not tell a parameter, in a sentence; '' for one that they tell. `priorSigma`: what was assumed. */
export function whyNotIdentified(
  parameter: AlignedParameter,
  degeneracies: readonly Degeneracy[],
  priorSigma: number | null,
): string {
  const {name, sigma, identifiable, unit} = parameter;
  if (identifiable) return '';
  const others = [
    ...new Set(degeneracies.flatMap((one) => (one.parameters.includes(name) ? one.parameters : []))),
  ].filter((other) => other !== name);
  if (others.length > 0)
    return `Cannot be distinguished from ${others.map(parameterText).join(', ')} with these planes.`;
  if (sigma === null) return 'These planes hold no information on it.';
  if (priorSigma !== null)
    return `Rests on what was assumed beforehand (±${sizeText(priorSigma, unit)}), not on these planes.`;
  return 'The error bar is so wide that the value is of no use.';
}

/** `5 planes of “session”, trusted`. */
export const summaryLine = ({planeCount, sessionTitle, otherSessionTitles}: AlignSummary): string =>
  `${countOf(planeCount, 'plane')} of ` +
  [sessionTitle, ...otherSessionTitles].map((title) => `“${title}”`).join(' and ');

/** Correlation as designed and as aligned: `0.839 → 0.997`. */
export const correlationText = ({correlationBefore, correlationAfter}: AlignSummary): string =>
  `correlation ${fixedText(correlationBefore, 3)} → ${fixedText(correlationAfter, 3)}`;
