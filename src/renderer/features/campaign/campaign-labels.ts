import {fixedText, percentText, typographic} from '../../../base/number-format.ts';
import {countOf, countText} from '../../../base/count-text.ts';
import type {CampaignItem} from '../../../contract/api/index.ts';
import {
  verdictCauseLabels,
  verdictCauses,
  type CalibratedScore,
  type CampaignDigitResult,
  type CampaignResult,
  type FrameRegistrationRecord,
  type MeasuredScore,
  type RateResult,
  type SimulatedScore,
} from '../../../contract/campaign-result.ts';
import type {Light} from '../../../contract/api/index.ts';

/** Which simulation the measured plane is held against. */
export type Against = 'nominal' | 'registered' | 'aligned';

export const againstLabels: Readonly<Record<Against, string>> = {
  nominal: 'as designed',
  registered: 'as registered',
  aligned: 'as aligned',
};

/**
 * What can be shown of what was chosen: a campaign to which no accepted placement applies has no simulation as aligned.
 */
export const shownAgainst = (chosen: Against, result: CampaignResult | null): Against =>
  chosen === 'aligned' && result !== null && result.alignment === undefined ? 'registered' : chosen;

/** Scores of a digit that has no simulation of this kind. */
const noScore: SimulatedScore = {
  winner: null,
  shares: null,
  pearson: null,
  nrmse: null,
  shareError: null,
  strayRatio: null,
};

export const scoreOf = (digit: CampaignDigitResult, against: Against): SimulatedScore =>
  digit[against] ?? noScore;

/** State of a digit as a shape and a word. */
export function itemLight(item: Pick<CampaignItem, 'state' | 'isExcluded'>): {light: Light; label: string} {
  if (item.isExcluded) return {light: 'attention', label: 'excluded'};
  return {
    waiting: {light: 'off', label: 'waiting'} as const,
    running: {light: 'busy', label: 'measuring'} as const,
    done: {light: 'ready', label: 'done'} as const,
    failed: {light: 'fault', label: 'failed'} as const,
    skipped: {light: 'off', label: 'skipped'} as const,
  }[item.state];
}

const stepLabelsByPlan: Readonly<Record<string, string>> = {
  'dark-level': 'Dark level, source off',
  'beam-find': 'Finding the beam',
  registration: 'Registration: where the frame stands',
  reference: 'Reference point',
  'campaign-scan': 'Measuring',
};

/** What the campaign is at, in words: `Measuring digit 7 (image 9042)`. */
export function stepText(step: string, label: string): string {
  const words = stepLabelsByPlan[step] ?? step;
  if (words === '') return label || 'Starting';
  return label === '' || label === step ? words : `${words}: ${label}`;
}

/** Short pair for a card: `7 / 7`; a question mark for an undecided verdict, a dash for none. */
export function verdictPair(digit: CampaignDigitResult, against: Against): string {
  return `${measuredLabel(digit)} / ${scoreOf(digit, against).winner ?? '–'}`;
}

const measuredLabel = ({measured}: CampaignDigitResult): string => {
  if (measured.winner === null) return '–';
  return measured.verdict === 'undecided' ? `${measured.winner}?` : measured.winner;
};

/** Whether the verdicts agree: an undecided one agrees with nothing; null when one of them is missing. */
export function isMatch(digit: CampaignDigitResult, against: Against): boolean | null {
  const {winner, verdict} = digit.measured;
  const simulated = scoreOf(digit, against).winner;
  if (winner === null || simulated === null) return null;
  return verdict === 'decided' && winner === simulated;
}

/** How the verdicts compare, in a word or two: an undecided one neither matches nor differs. '' when one is missing. */
export function matchText(
  digit: CampaignDigitResult,
  against: Against,
): '' | 'match' | 'differ' | 'undecided' {
  const match = isMatch(digit, against);
  if (match === null) return '';
  if (match) return 'match';
  return digit.measured.verdict === 'undecided' ? 'undecided' : 'differ';
}

/** `6.2 σ`, or why there is none. */
export const sigmaText = (sigma: number | null): string =>
  sigma === null ? 'no noise known' : `${sigmaDigits(sigma)} σ`;

/** Beyond a hundred the tenths say nothing. */
const sigmaDigits = (sigma: number): string =>
  sigma < 100 ? fixedText(sigma, 1) : countText(Math.round(sigma));

/** `calibrated read-out: 3, 4.1 σ, decided`; a digit that it was learnt from says so. */
export const calibratedText = ({winner, marginSigma, verdict, isLearned}: CalibratedScore): string =>
  `calibrated read-out: ${winner ?? 'no winner'}, ${sigmaText(marginSigma)}, ${verdict}${isLearned ? '; it was learnt from this digit' : ''}`;

/** `measured 7, simulated 7, match; margin 0.041 = 6.2 σ, decided`. */
export function verdictSentence(digit: CampaignDigitResult, against: Against): string {
  const {measured} = digit;
  if (measured.winner === null) return `No verdict: ${measured.problem || 'the plane could not be scored'}`;
  const simulated = scoreOf(digit, against).winner ?? 'not known';
  const match = isMatch(digit, against);
  const agreement =
    match === null
      ? 'no comparison'
      : match
        ? 'match'
        : measured.verdict === 'undecided'
          ? 'no match yet'
          : 'no match';
  return `measured ${measured.winner}, simulated ${simulated}, ${agreement}; ${marginText(measured)}, ${measured.verdict}`;
}

/** `margin 0.041 ± 0.007 = 6.2 σ`; a result of an earlier version says that its sigma knows noise and drift alone. */
function marginText({margin, marginSigma, marginError}: MeasuredScore): string {
  if (margin === null) return 'margin not known';
  const value = `margin ${fixedText(margin, 3)}`;
  if (marginSigma === null) return value;
  return marginError
    ? `${value} ±${fixedText(marginError.sigma, 3)} = ${sigmaText(marginSigma)}`
    : `${value} = ${sigmaText(marginSigma)} of noise and drift alone`;
}

/** `Uncertain by undersampling by the scan 0.006, noise of the readings 0.002`, the largest first; '' where it is not known. */
export function marginPartsText({marginError}: MeasuredScore): string {
  if (!marginError) return '';
  const parts = verdictCauses
    .flatMap((cause) => {
      const part = marginError.parts[cause];
      return part === null ? [] : [{cause, part}];
    })
    .filter(({part}) => part >= 0.1 * marginError.sigma)
    .sort((a, b) => b.part - a.part)
    .map(({cause, part}) => `${verdictCauseLabels[cause]} ${part.toPrecision(2)}`);
  const unknown = verdictCauses
    .filter((cause) => marginError.parts[cause] === null)
    .map((cause) => verdictCauseLabels[cause]);
  const known = parts.length === 0 ? '' : `Margin uncertain by ${parts.join(', ')}`;
  return unknown.length === 0
    ? known
    : `${known === '' ? 'Not' : `${known}; not`} known: ${unknown.join(', ')}`;
}

/** `correlation 0.987, deviation 8.1 %` of a simulated score. */
export function likenessText({pearson, nrmse}: SimulatedScore): string {
  const correlation =
    pearson === null ? 'no correlation (no structure)' : `correlation ${fixedText(pearson, 3)}`;
  return nrmse === null ? correlation : `${correlation}, deviation ${percentText(nrmse, 1)}`;
}

const plusMinus = (value: number, sigma: number | undefined, decimals: number, unit: string): string =>
  `${typographic(fixedText(value, decimals))}${sigma === undefined ? '' : ` ±${fixedText(sigma, decimals)}`} ${unit}`;

/** Where the scan's frame stands against the design, in words. */
export function registrationSentence({dxMm, dyMm, rotationDeg, fit}: FrameRegistrationRecord): string {
  const sigma = fit?.sigma;
  const where = [
    `x ${plusMinus(dxMm, sigma?.dxMm, 3, 'mm')}`,
    `y ${plusMinus(dyMm, sigma?.dyMm, 3, 'mm')}`,
    `turned ${plusMinus(rotationDeg, sigma?.rotationDeg, 2, 'deg')}`,
  ].join(', ');
  const begin = `The frame of the scan stands at ${where} against the design`;
  if (!fit) return `${begin}; this was given, not fitted.`;
  const gain = `correlation ${fixedText(fit.pearsonBefore, 3)} before, ${fixedText(fit.pearsonAfter, 3)} after`;
  const doubts = [
    ...(fit.isAmbiguous
      ? ['another place fits nearly as well: check it before trusting the registered numbers']
      : []),
    ...(fit.isAtBound ? ['it lies at the edge of what was searched: the true place may be beyond'] : []),
  ];
  return [`${begin}; ${gain}`, ...doubts].join('; ') + '.';
}

/** `9 of 10 (90 %, 95 % interval 60 % to 98 %)`. */
export function rateText({successes, count, ratio, low, high}: RateResult): string {
  if (ratio === null) return 'nothing counted yet';
  return `${successes} of ${count} (${percentText(ratio)}, 95 % interval ${percentText(low)} to ${percentText(high)})`;
}

/**
 * Match rates of all simulations side by side. Digits that the alignment was fitted on may agree because they were
 * fitted, so they stand apart from the others.
 */
export function matchRows({
  matchNominal,
  matchRegistered,
  alignment,
}: CampaignResult): {readonly name: string; readonly rate: RateResult}[] {
  const rows = [
    {name: againstLabels.nominal, rate: matchNominal},
    {name: againstLabels.registered, rate: matchRegistered},
  ];
  if (!alignment) return rows;
  const {matchAligned, matchFitted, matchOthers} = alignment;
  rows.push({name: againstLabels.aligned, rate: matchAligned});
  if (matchFitted && matchOthers && matchFitted.count > 0)
    rows.push(
      {name: 'as aligned, digits that it was fitted on', rate: matchFitted},
      {name: 'as aligned, the other digits', rate: matchOthers},
    );
  return rows;
}

/** What the winners say where some are not certain: `The winner alone is the true class for 10 of 10 (...)`; '' where all are. */
export const winnersText = ({
  undecidedCount,
  winners,
}: Pick<CampaignResult, 'undecidedCount' | 'winners'>): string =>
  undecidedCount === 0 || !winners
    ? ''
    : `The winner alone is the true class for ${rateText(winners.accuracyMeasured)}, and matches the simulation for ` +
      `${rateText(winners.matchAligned ?? winners.matchRegistered)} ${winners.matchAligned ? 'as aligned' : 'as registered'}.`;

/** What the campaign found, in one or two sentences. */
export function summarySentence(result: CampaignResult, excludedCount: number): string {
  const undecided =
    result.undecidedCount === 0
      ? 'None is undecided'
      : `${countOf(result.undecidedCount, 'is', 'are')} undecided`;
  const excluded = excludedCount === 0 ? '' : `, ${excludedCount} excluded`;
  return (
    `Measured and simulated verdicts agree for ${rateText(result.matchNominal)} as designed, ` +
    `${rateText(result.matchRegistered)} as registered` +
    `${result.alignment ? `, ${rateText(result.alignment.matchAligned)} as aligned` : ''}. ${undecided}${excluded}.`
  );
}
