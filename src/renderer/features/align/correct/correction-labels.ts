import {fixedText, percentText, typographic} from '../../../../base/number-format.ts';
import type {CorrectionView} from '../../../../contract/api/index.ts';
import type {
  ChangedFigure,
  CorrectionComparison,
  CorrectionState,
  Displacement,
  Figure,
} from '../../../../contract/correction.ts';

import {durationText} from '../../../parts/time-text.ts';

/** What corrections look like in words. */

/** How long the ways take, where that is known and worth a word; reading back takes its time as well. Ends with a blank. */
export const wayText = (seconds: number | null): string =>
  seconds === null || seconds < 1 ? '' : `The ways alone take about ${durationText(seconds)}. `;

export const offsetText = (value: number): string => typographic(fixedText(value, 4));

export const stateLabels: Readonly<
  Record<
    CorrectionState,
    {readonly light: 'ready' | 'busy' | 'attention' | 'fault' | 'off'; readonly label: string}
  >
> = {
  moving: {light: 'busy', label: 'moving'},
  done: {light: 'ready', label: 'moved'},
  stopped: {light: 'attention', label: 'stopped on its way'},
  failed: {light: 'fault', label: 'failed on its way'},
  kept: {light: 'ready', label: 'kept'},
  undoing: {light: 'busy', label: 'moving back'},
  undone: {light: 'off', label: 'moved back'},
  'undo-failed': {light: 'fault', label: 'moved back in part'},
};

/** The correction that one acts on: the newest, unless its plates are back where they were. */
export const presentCorrection = (corrections: readonly CorrectionView[]): CorrectionView | null => {
  const [newest] = corrections;
  return newest && newest.state !== 'undone' ? newest : null;
};

/** A value and, below it, its 95 % interval. */
export interface ShownFigure {
  readonly text: string;
  readonly spread: string;
}

const shown = ({value, low, high}: Figure, text: (value: number) => string): ShownFigure => {
  if (value === null) return {text: '–', spread: ''};
  return {text: text(value), spread: low === null || high === null ? '' : `${text(low)} to ${text(high)}`};
};

export interface ComparisonLine {
  readonly name: string;
  readonly before: ShownFigure;
  readonly after: ShownFigure;
  readonly change: ShownFigure;
}

const changedLine = (
  name: string,
  {before, after, change}: ChangedFigure,
  text: (value: number) => string,
): ComparisonLine => {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${text(value)}`;
  return {
    name,
    before: shown(before, text),
    after: shown(after, text),
    change: shown(change, signed),
  };
};

const displacementLines: readonly (readonly [name: string, key: keyof Displacement, unit: string])[] = [
  ['Plates off sideways', 'lateralMm', 'mm'],
  ['Plates off along the beam', 'axialMm', 'mm'],
  ['Plates turned', 'rotationDeg', '°'],
];

/** Before, after and change, line by line; displacements as the alignments found them. */
export function comparisonLines({
  comparison,
  before,
  after,
}: {
  readonly comparison: CorrectionComparison;
  readonly before: Displacement;
  readonly after: Displacement | null;
}): readonly ComparisonLine[] {
  const figure = (value: number | null): Figure => ({value, low: null, high: null});
  return [
    changedLine('Correlation with the design', comparison.correlation, (value) =>
      typographic(fixedText(value, 4)),
    ),
    changedLine('Error of shares', comparison.shareError, (value) => typographic(fixedText(value, 4))),
    changedLine('Verdicts as designed', comparison.match, (value) => typographic(percentText(value))),
    ...displacementLines.flatMap(([name, key, unit]) => {
      const one = before[key];
      if (one === null) return [];
      const other = after?.[key] ?? null;
      const change = other === null ? null : other - one;
      return [
        changedLine(
          `${name}, RMS`,
          {before: figure(one), after: figure(other), change: figure(change)},
          (value) => typographic(`${fixedText(value, 4)} ${unit}`),
        ),
      ];
    }),
  ];
}
