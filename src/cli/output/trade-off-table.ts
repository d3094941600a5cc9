import {fixedText} from '../../base/number-format.ts';
import {
  marginInSigmas,
  tradeOffLosses,
  type TradeOffPoint,
  type TradeOffStudy,
} from '../../contract/trade-off.ts';
import type {Output} from './output.ts';

/** A trade-off study as a table: the plates as they are, then a row a value. */
export function writeTradeOff(output: Output, study: TradeOffStudy): void {
  const {settings, designName, imageCount, batchSize, marginImageCount} = study;
  const {label} = tradeOffLosses[settings.weight];
  output.heading(
    `${designName}: ${label}, ${settings.steps} steps of ${batchSize} images each; ${imageCount} kept images`,
  );
  output.table(
    [
      {title: label, align: 'left'},
      {title: 'right', unit: '%'},
      {title: 'mean margin'},
      {title: 'margin', unit: 'sigma'},
      {title: 'light', unit: '%'},
      {title: 'change by the scan', unit: '%'},
    ],
    [study.before, ...study.points].map(rowOf),
  );
  output.line(
    `The design was trained with a ${label} of ${study.ownValue}.` +
      (marginImageCount > 0
        ? ` Sigma is the RMS change of a margin on drawn benches, of ${marginImageCount} images.`
        : ''),
  );
}

function rowOf(point: TradeOffPoint): readonly (string | null)[] {
  const {value, accuracy, meanMargin, efficiency, scanChange} = point;
  const sigmas = marginInSigmas(point);
  return [
    value === null ? 'before' : String(value),
    fixedText(100 * accuracy, 1),
    fixedText(meanMargin, 4),
    sigmas === null ? null : fixedText(sigmas, 2),
    fixedText(100 * efficiency, 2),
    scanChange === null ? null : fixedText(100 * scanChange, 2),
  ];
}
