import {countOf} from '../../base/count-text.ts';
import {fixedText, percentText} from '../../base/number-format.ts';
import type {ChangedFigure, Figure, PlateMove} from '../../contract/correction.ts';
import {plateAxisNames, plateAxisUnit} from '../../contract/plate-labels.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import type {ApiOutputs, CorrectionPlanView} from '../../contract/api/index.ts';
import {BenchError, isErrorCode} from '../../contract/errors.ts';
import {writeAlignment} from './alignment-summary.ts';
import type {Output} from './output.ts';

type CorrectionOutcome = ApiOutputs['correction']['outcome'];

/** What an alignment has found and what a correction by mounts has made of it. */
export interface CorrectOutcome {
  readonly sessionUid: string;
  /** Of the stored alignment; null where nothing was stored. */
  readonly uid: string | null;
  /** Of the planes before the correction. */
  readonly result: AlignmentResult;
  /** What would have been done, where nothing was: there is nothing to move, or it is refused. */
  readonly plan: CorrectionPlanView | null;
  readonly corrected: CorrectionOutcome | null;
}

/**
 * Prints an alignment and what a correction by mounts has made of it. Throws what refused the correction, after the
 * alignment was printed: nothing moved then.
 */
export function finishCorrection(
  output: Output,
  {sessionUid, uid, result, plan, corrected}: CorrectOutcome,
): void {
  writeAlignment(output, result);
  const kept = {session: sessionUid, calibration: uid};
  output.line(`session ${sessionUid}`);
  output.line(uid === null ? 'nothing was stored' : `calibration ${uid}`);
  if (!plan || !corrected) {
    if (plan) writeUnmoved(output, plan);
    output.result({...result, ...kept, correction: plan && planJson(plan)});
    if (plan?.problem) throw refusalOf(plan.problem);
    if (plan) return;
    throw new BenchError(
      'twin/invalid',
      `The alignment failed: ${result.reasons.join(' ')} Nothing moved; the measured planes are kept in session ${sessionUid}.`,
    );
  }
  const {report} = corrected;
  writeCorrection(output, report);
  output.result({...result, ...kept, correction: {refusal: null, ...report, result: corrected.result}});
}

const refusalOf = ({code, message, details}: NonNullable<CorrectionPlanView['problem']>): BenchError =>
  new BenchError(isErrorCode(code) ? code : 'internal', message, {details});

const planJson = ({problem: refusal, moves, leftOut, manualSteps}: CorrectionPlanView) => ({
  refusal,
  moves,
  leftOut,
  manualSteps,
});

function writeUnmoved(output: Output, {moves, leftOut, manualSteps, refusal}: CorrectionPlanView): void {
  output.heading('Correction by mounts: nothing moved');
  if (refusal === '' && moves.length === 0)
    output.line('Every mounted plate stands where it belongs, as far as that matters or these planes tell.');
  writeRest(output, leftOut, manualSteps);
}

function writeCorrection(output: Output, report: CorrectionOutcome['report']): void {
  output.heading('Correction by mounts');
  writeMoves(output, report.moves);
  writeRest(output, report.leftOut, report.manualSteps);
  const {before, after, comparison} = report;
  output.heading(`Before and after, ${countOf(comparison.planeCount, 'plane')} measured both times`);
  output.table(
    [{title: '', align: 'left'}, {title: 'before'}, {title: 'after'}, {title: 'change'}],
    [
      figureRow('correlation with the design', comparison.correlation, (value) => fixedText(value, 4)),
      figureRow('share error', comparison.shareError, (value) => fixedText(value, 4)),
      figureRow('verdicts as designed', comparison.match, (value) => percentText(value)),
      ...(
        [
          ['plates off sideways, RMS', 'lateralMm', 'mm'],
          ['along the beam, RMS', 'axialMm', 'mm'],
          ['turned, RMS', 'rotationDeg', 'deg'],
        ] as const
      ).map(([title, key, unit]) => {
        const [one, other] = [before.displacement[key], after.displacement[key]];
        const text = (value: number | null): string =>
          value === null ? '-' : `${fixedText(value, 4)} ${unit}`;
        return [title, text(one), text(other), one === null || other === null ? '-' : text(other - one)];
      }),
    ],
  );
  output.line(comparison.text);
  output.line(report.text);
  output.line(`measured again in session ${after.session}`);
  output.line(after.calibration === null ? 'its alignment failed' : `calibration ${after.calibration}`);
}

function writeMoves(output: Output, moves: readonly PlateMove[]): void {
  output.table(
    [
      {title: 'plate'},
      {title: 'axis', align: 'left'},
      {title: 'from'},
      {title: 'to'},
      {title: 'at most'},
      {title: 'unit', align: 'left'},
    ],
    moves.flatMap(({plate, axes}) =>
      axes.map(({axis, from, to, maxCorrection}) => [
        String(plate),
        plateAxisNames[axis],
        fixedText(from, 4),
        fixedText(to, 4),
        String(maxCorrection),
        plateAxisUnit(axis),
      ]),
    ),
  );
}

function writeRest(output: Output, leftOut: readonly string[], manualSteps: readonly string[]): void {
  for (const text of leftOut) output.line(`left as it is: ${text}`);
  for (const text of manualSteps) output.line(`by hand, seen from the source: ${text}`);
}

function figureRow(
  title: string,
  {before, after, change}: ChangedFigure,
  text: (value: number) => string,
): string[] {
  return [title, ...[before, after, change].map((figure) => figureText(figure, text))];
}

/** `0.9312 (0.9210..0.9390)`. */
function figureText({value, low, high}: Figure, text: (value: number) => string): string {
  if (value === null) return '-';
  return low === null || high === null ? text(value) : `${text(value)} (${text(low)}..${text(high)})`;
}
