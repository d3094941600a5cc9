import {wilsonInterval} from '../../base/wilson.ts';
import {
  measurementCauseLabels,
  measurementCauses,
  type MeasuredLoss,
  type MeasurementCause,
} from '../../contract/measurement.ts';
import type {Output} from './output.ts';

/** What a design loses on a bench, a row for each set of causes; rates with the width of their 95 % interval. */
export function writeLosses(output: Output, losses: readonly MeasuredLoss[], imageCount: number): void {
  const known = measurementCauses.filter((cause) => losses.some(({causes}) => causes.includes(cause)));
  output.table(
    [
      {title: 'what acts', align: 'left'},
      {title: 'right', unit: '%'},
      {title: 'as predicted', unit: '%'},
      {title: 'mean margin'},
      {title: 'light in the regions', unit: '%'},
      {title: 'error of a share', unit: 'RMS'},
    ],
    losses.map(({causes, accuracy, matchRatio, meanMargin, efficiency, shareError}) => [
      causesText(causes, known),
      rateText(accuracy, imageCount),
      rateText(matchRatio, imageCount),
      meanMargin.toFixed(3),
      (100 * efficiency).toFixed(2),
      shareError.toFixed(4),
    ]),
  );
}

/** Causes in words, of those that a bench has: `everything but parts out of place`. */
function causesText(causes: readonly MeasurementCause[], known: readonly MeasurementCause[]): string {
  if (causes.length === 0) return 'the design by itself';
  const absent = known.filter((cause) => !causes.includes(cause));
  if (absent.length === 0) return 'everything';
  if (absent.length === 1) return `everything but ${measurementCauseLabels[absent[0]]}`;
  return causes.map((cause) => measurementCauseLabels[cause]).join(' + ');
}

function rateText(ratio: number, count: number): string {
  const {low, high} = wilsonInterval(Math.round(ratio * count), count);
  return `${(100 * ratio).toFixed(1)} (${(100 * low).toFixed(0)}-${(100 * high).toFixed(0)})`;
}
