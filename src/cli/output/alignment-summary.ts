import {decimalsForSigma, digitsText, fixedText} from '../../base/number-format.ts';
import {countOf} from '../../base/count-text.ts';
import type {AlignedParameter, AlignmentResult} from '../../contract/alignment.ts';
import type {Output} from './output.ts';

/** What an alignment found, for a person at a terminal. */
export function writeAlignment(output: Output, result: AlignmentResult): void {
  const {before, after} = result;
  output.heading('Where everything stands (the object is the origin)');
  output.table(
    [
      {title: 'what', align: 'left'},
      {title: 'value'},
      {title: '1 sigma'},
      {title: 'unit', align: 'left'},
      {title: '', align: 'left'},
    ],
    result.parameters.map((parameter) => [
      parameter.name,
      valueText(parameter),
      parameter.sigma === null ? 'unknown' : digitsText(parameter.sigma, 2),
      parameter.unit === '1' ? '' : parameter.unit,
      parameter.identifiable ? '' : 'not determined by these planes',
    ]),
  );
  output.line();
  output.line(
    `Correlation of ${countOf(after.planeCount, 'plane')} with the simulation: ${fixedText(before.correlation, 3)} as designed, ${fixedText(after.correlation, 4)} as aligned.`,
  );
  if (before.matchCount !== null && after.matchCount !== null)
    output.line(
      `Brightest region as simulated: ${before.matchCount} of ${before.planeCount} as designed, ${after.matchCount} as aligned.`,
    );
  for (const {text, isChosen} of result.orientation.slice(0, 3))
    if (isChosen && text !== 'as designed') output.line(`Assembly: ${text}.`);
  for (const {text} of result.degeneracies) output.line(text);
  output.line(
    result.verdict === 'trusted'
      ? 'The fit explains the planes; its error bars can be used.'
      : result.verdict === 'doubtful'
        ? 'Look at this before you use it:'
        : 'Nothing was found; the values above mean nothing:',
  );
  for (const reason of result.reasons) output.line(`- ${reason}`);
  for (const note of result.notes ?? []) output.line(note);
  output.line(`computed in ${fixedText(result.seconds, 1)} s`);
}

/** As many digits as the error bar allows, and one more. */
function valueText({value, sigma}: AlignedParameter): string {
  if (sigma === null || !(sigma > 0)) return digitsText(value, 4);
  return fixedText(value, decimalsForSigma(sigma, 8));
}
