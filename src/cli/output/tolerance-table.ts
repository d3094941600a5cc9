import {
  toleranceErrorLabels,
  type BenchesTogether,
  type Distribution,
  type ToleranceError,
  type ToleranceStudy,
} from '../../contract/tolerance.ts';
import type {Output} from './output.ts';

/** A tolerance study in tables: all errors together, each alone with what it costs, suggested sizes and their check. */
export function writeToleranceStudy(output: Output, study: ToleranceStudy): void {
  const {settings, designName, imageCount, quickError} = study;
  output.heading(
    `${designName}: ${settings.benchCount} drawn benches with all errors, ${settings.digitsPerBench} of ${imageCount} images on each`,
  );
  writeTogether(output, study.together);
  output.heading('What each error costs alone');
  writeRows(output, study);
  writeVerdict(output, study);
  if (quickError)
    output.line(
      `One sample a pixel: against all samples ${percent(quickError.matchRatio)} % of ${quickError.imageCount} predicted ` +
        `planes keep their winner, shares differ by ${quickError.shareError.toFixed(4)} RMS.`,
    );
}

function writeTogether(output: Output, {accuracy, match, meanMargin}: BenchesTogether): void {
  const row = (
    name: string,
    {mean, p5, p50, p95}: Distribution,
    text: (value: number) => string,
  ): readonly string[] => [name, text(mean), text(p5), text(p50), text(p95)];
  output.table(
    [
      {title: 'over the benches', align: 'left'},
      {title: 'mean'},
      {title: '5 %'},
      {title: 'median'},
      {title: '95 %'},
    ],
    [
      row('right, %', accuracy, percent),
      row('as predicted, %', match, percent),
      row('mean margin', meanMargin, (value) => value.toFixed(3)),
    ],
  );
}

function writeRows(output: Output, {rows}: ToleranceStudy): void {
  const scales = [...new Set(rows.flatMap(({points}) => points.map(({scale}) => scale)))].sort(
    (a, b) => a - b,
  );
  output.table(
    [
      {title: 'error', align: 'left'},
      {title: 'now'},
      {title: 'costs', unit: '% match'},
      ...scales.map((scale) => ({title: `match at ${scale}x`, unit: '%'})),
      {title: 'suggested'},
    ],
    rows.map(({error, size, loss, points, suggestedSize, isLowerBound}) => [
      toleranceErrorLabels[error].label,
      sizeText(error, size),
      percent(loss),
      ...scales.map((scale) => {
        const point = points.find((one) => one.scale === scale);
        return point ? percent(point.fittedMatch) : null;
      }),
      `${isLowerBound ? 'at least ' : ''}${sizeText(error, suggestedSize)}`,
    ]),
  );
}

function writeVerdict(output: Output, {settings, verified, isReached, together}: ToleranceStudy): void {
  const last = verified[verified.length - 1];
  const rateText = ({matchRate: {rate, low, high, count}}: BenchesTogether): string =>
    `${percent(rate)} % of ${count} images match (95 %: ${percent(low)} to ${percent(high)} %)`;
  output.line(`With the errors as they are ${rateText(together)}.`);
  output.line(
    `With the suggested tolerances ${rateText(last)}: ` +
      (isReached
        ? `the wanted ${percent(settings.wantedMatch)} % are kept.`
        : `fewer than the wanted ${percent(settings.wantedMatch)} %, after ${verified.length} tries; tighter ones are needed.`),
  );
}

const percent = (ratio: number): string => (100 * ratio).toFixed(1);

function sizeText(error: ToleranceError, size: number): string {
  const {unit} = toleranceErrorLabels[error];
  return `${Number(size.toPrecision(3))}${unit === '' ? '' : ` ${unit}`}`;
}
