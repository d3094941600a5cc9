/** The end of a campaign on a terminal: digits, matrices, rates. */
import {countOf} from '../../base/count-text.ts';
import {fixedText} from '../../base/number-format.ts';
import {
  limitingCause,
  readOutText,
  regionLabelsOf,
  verdictCauseLabels,
  verdictCauses,
  type CampaignAlignment,
  type CampaignReadOut,
  type CampaignResult,
  type MatrixPair,
  type RateResult,
} from '../../contract/campaign-result.ts';
import {ownAlignmentText} from '../../contract/own-alignment-text.ts';
import type {Output} from './output.ts';
import type {TableColumn} from './text-table.ts';

/** Prints what `CampaignResult` holds as tables; the same figures as in the report. */
export function writeCampaignSummary(output: Output, result: CampaignResult): void {
  writeDigits(output, result);
  output.heading('Energy share of each detector region, measured / simulated as registered (%)');
  output.table(
    [{title: 'digit'}, ...regionLabelsOf(result).map((title): TableColumn => ({title}))],
    result.digits.map(({label, measured, registered}) => [
      label,
      ...regionLabelsOf(result).map(
        (_label, k) => `${percent(measured.shares?.[k])}/${percent(registered.shares?.[k])}`,
      ),
    ]),
  );
  writeConfusion(output, 'Measured winners by true digit', result.labels, result.matrices.measured);
  writeConfusion(output, 'Simulated winners by true digit', result.labels, result.matrices.nominal);
  output.heading('Rates, with 95 % Wilson intervals');
  output.table(
    [
      {title: 'rate', align: 'left'},
      {title: 'of'},
      {title: 'value', unit: '%'},
      {title: 'from', unit: '%'},
      {title: 'to', unit: '%'},
    ],
    [
      rateRow('match with the nominal simulation', result.matchNominal),
      rateRow('match with the simulation as registered', result.matchRegistered),
      ...(result.alignment
        ? [
            rateRow('match with the simulation as aligned', result.alignment.matchAligned),
            ...splitRows(result.alignment),
          ]
        : []),
      rateRow('accuracy measured', result.accuracyMeasured),
      ...(result.readOutCalibration ? readOutRows(result.readOutCalibration) : []),
      rateRow('accuracy simulated', result.accuracyNominal),
      ...winnerRows(result),
    ],
  );
  if (result.undecidedCount > 0)
    output.line(
      `${result.undecidedCount} undecided at ${result.decisionLevelSigma} sigma, counted as no match above.`,
    );
  if (result.readOutCalibration) output.line(readOutText(result.readOutCalibration));
  if (result.ownAlignment) output.line(ownAlignmentText(result.ownAlignment));
}

/** Beside the rates of certain verdicts, where the two differ. */
const winnerRows = ({winners, undecidedCount}: CampaignResult) =>
  winners === undefined || undecidedCount === 0
    ? []
    : [
        rateRow('winner alone matches nominal', winners.matchNominal),
        rateRow('winner alone matches as registered', winners.matchRegistered),
        ...(winners.matchAligned ? [rateRow('winner alone matches as aligned', winners.matchAligned)] : []),
        rateRow('winner alone is the digit shown', winners.accuracyMeasured),
      ];

/** Over the digits that it was not learnt from. */
const readOutRows = ({winnersRaw, winnersCalibrated, accuracyCalibrated}: CampaignReadOut) => [
  rateRow('winner right, raw read-out', winnersRaw),
  rateRow('winner right, calibrated read-out', winnersCalibrated),
  rateRow('accuracy with the calibrated read-out', accuracyCalibrated),
];

function writeDigits(output: Output, {digits, alignment, readOutCalibration}: CampaignResult): void {
  output.heading('Digits');
  output.table(
    [
      {title: 'digit'},
      {title: 'measured'},
      {title: 'verdict', align: 'left'},
      {title: 'nominal'},
      {title: 'registered'},
      ...(alignment ? [{title: 'aligned'}] : []),
      ...(readOutCalibration ? [{title: 'calibrated'}] : []),
      {title: 'margin', unit: '%'},
      {title: 'margin', unit: 'sigma'},
      {title: 'r nominal'},
      {title: 'r registered'},
      ...(alignment ? [{title: 'r aligned'}] : []),
      {title: 'NRMSE'},
      {title: 'stray', unit: '%'},
    ],
    digits.map(({label, measured, nominal, registered, aligned, calibrated}) => [
      label,
      measured.winner,
      measured.verdict,
      nominal.winner,
      registered.winner,
      ...(alignment ? [aligned?.winner ?? null] : []),
      ...(readOutCalibration ? [calibrated?.winner ?? null] : []),
      fixed(measured.margin === null ? null : 100 * measured.margin, 1),
      fixed(measured.marginSigma, 1),
      fixed(nominal.pearson, 3),
      fixed(registered.pearson, 3),
      ...(alignment ? [fixed(aligned?.pearson ?? null, 3)] : []),
      fixed(registered.nrmse, 2),
      fixed(measured.strayRatio === null ? null : 100 * measured.strayRatio, 1),
    ]),
  );
  output.line('r: Pearson correlation of the planes. NRMSE: as registered.');
  output.line('sigma: of the measured winner on this bench, whatever the simulation says.');
  const limits = limitsText(digits);
  if (limits !== '') output.line(`Largest part of sigma: ${limits}.`);
  for (const {label, measured} of digits)
    if (measured.problem !== '') output.line(`digit ${label}: ${measured.problem}`);
}

/** What limits how many verdicts, `undersampling by the scan (9 digits), drift (1 digit)`; '' where it is not known. */
function limitsText(digits: CampaignResult['digits']): string {
  const limits = digits.flatMap(({measured}) =>
    measured.marginError ? [limitingCause(measured.marginError)] : [],
  );
  return verdictCauses
    .map((cause) => ({cause, count: limits.filter((limit) => limit === cause).length}))
    .filter(({count}) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({cause, count}) => `${verdictCauseLabels[cause]} (${countOf(count, 'digit', 'digits')})`)
    .join(', ');
}

function writeConfusion(output: Output, title: string, labels: readonly string[], matrix: MatrixPair): void {
  const hasUndecided = matrix.undecided.some((count) => count > 0);
  output.heading(title);
  output.table(
    [
      {title: 'true'},
      ...labels.map((label) => ({title: label})),
      ...(hasUndecided ? [{title: 'undecided'}] : []),
    ],
    labels.map((label, truth) => [
      label,
      ...matrix.counts[truth].map((count) => (count === 0 ? '.' : count)),
      ...(hasUndecided ? [matrix.undecided[truth]] : []),
    ]),
  );
}

/** Digits that the alignment was fitted on may agree for that; the others say what it foretells. */
const splitRows = ({matchFitted, matchOthers}: CampaignAlignment): (string | number | null)[][] =>
  matchFitted && matchOthers && matchFitted.count > 0
    ? [
        rateRow('  of the digits it was fitted on', matchFitted),
        rateRow('  of the other digits', matchOthers),
      ]
    : [];

const rateRow = (title: string, rate: RateResult): (string | number | null)[] => [
  title,
  `${rate.successes}/${rate.count}`,
  fixed(rate.ratio === null ? null : 100 * rate.ratio, 0),
  fixed(100 * rate.low, 0),
  fixed(100 * rate.high, 0),
];

const fixed = (value: number | null, digits: number): string | null =>
  value === null ? null : fixedText(value, digits);

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : fixedText(100 * share, 0);
