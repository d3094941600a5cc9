import {fixedText, typographic} from '../../../base/number-format.ts';
import type {Comparison, CompareSide, RunSummary} from '../../../contract/api/index.ts';

type Interval = Comparison['pearson'];

/** A number with its 95 % interval in words: `0.913 (0.897 to 0.926)`. */
export function intervalText({value, low, high}: Interval, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return 'not defined';
  const text = typographic(fixedText(value, digits));
  if (low === null || high === null) return `${text} (no interval)`;
  return `${text} (${typographic(fixedText(low, digits))} to ${typographic(fixedText(high, digits))})`;
}

/** Lines of the table of metrics: name, value in words, what it means. */
export interface MetricLine {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** How well the two sides agree, in words. */
export function metricLines(comparison: Comparison): readonly MetricLine[] {
  const {pearson, nrmse, shareError, winnerA, winnerB, calibratedA, calibratedB, cellCount} = comparison;
  return [
    {
      name: 'Correlation',
      value: intervalText(pearson),
      meaning: '1: the same pattern, whatever the strength; 0: nothing in common',
    },
    {
      name: 'Difference (NRMSE)',
      value: intervalText(nrmse),
      meaning: 'root mean square of A − B, relative to that of B; 0: equal',
    },
    {
      name: 'Difference of shares',
      value: intervalText(shareError, 4),
      meaning: 'root mean square over the detector regions; 0: equal',
    },
    {name: 'Winner', value: winnersText(winnerA, winnerB), meaning: 'region with the largest energy'},
    ...(calibratedA === null && calibratedB === null
      ? []
      : [
          {
            name: 'Calibrated winner',
            value: winnersText(calibratedA ?? winnerA, calibratedB ?? winnerB),
            meaning: 'measured shares read with the calibrated read-out; a simulated side as above',
          },
        ]),
    {name: 'Cells compared', value: String(cellCount), meaning: 'those that both sides have'},
  ];
}

/** Which region wins on each side: `7 on both`, `A 7, B 1`. */
export function winnersText(winnerA: string | null, winnerB: string | null): string {
  if (winnerA === null && winnerB === null) return 'the scan does not cover the regions';
  if (winnerA === winnerB) return `${winnerA} on both: they match`;
  return `A ${winnerA ?? 'none'}, B ${winnerB ?? 'none'}: no match`;
}

/** A run as people call it: `run 0147, digit 7 (index 9042)`. */
export function runText({
  scanId,
  sample,
  planName,
}: Pick<RunSummary, 'scanId' | 'sample' | 'planName'>): string {
  return `run ${String(scanId).padStart(4, '0')}, ${sample || planName}`;
}

/** What a side is, in a word or two: `measured`, `simulated, nominal`. */
export const sideKindText = (side: CompareSide): string =>
  side.kind === 'run' ? 'measured' : `simulated, ${placementText[side.placement]}`;

export const placementText = {
  nominal: 'nominal',
  registered: 'as registered',
  aligned: 'as aligned',
} as const;

/** Where the winner stands among the regions; null for none. */
export const winnerIndex = (comparison: Comparison, winner: string | null): number | null => {
  const index = comparison.regions.findIndex(({label}) => label === winner);
  return index < 0 ? null : index;
};
