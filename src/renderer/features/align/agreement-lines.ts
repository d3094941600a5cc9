import type {Agreement, AlignmentResult} from '../../../contract/alignment.ts';
import {wilsonInterval} from '../../viewer/wilson.ts';
import {percentText} from './value-text.ts';

/** A line of the table of before and after. */
export interface AgreementLine {
  readonly name: string;
  readonly meaning: string;
  readonly before: string;
  readonly after: string;
}

/** `0.839 (0.822 to 0.867)`: mean, and from the worst to the best plane. */
function correlationText(mean: number, planes: readonly number[], digits: number): string {
  const text = (value: number): string => value.toFixed(digits).replace('-', '\u2212');
  if (planes.length < 2) return text(mean);
  return `${text(mean)} (${text(Math.min(...planes))} to ${text(Math.max(...planes))})`;
}

const uncovered = 'the scan does not cover the regions';

/** `5 of 5 (57 to 100 %)`: how many, with the 95 % interval of the rate. */
function matchText({matchCount, planeCount}: Agreement): string {
  if (matchCount === null) return uncovered;
  const {low, high} = wilsonInterval(matchCount, planeCount);
  return `${matchCount} of ${planeCount} (${(low * 100).toFixed(0)} to ${(high * 100).toFixed(0)} %)`;
}

/** What became better by the alignment, line by line. */
export function agreementLines({
  before,
  after,
  planes,
}: Pick<AlignmentResult, 'before' | 'after' | 'planes'>): readonly AgreementLine[] {
  const share = ({shareError}: Agreement): string =>
    shareError === null ? uncovered : percentText(shareError);
  return [
    {
      name: 'Correlation',
      meaning: 'mean of the planes, in brackets the worst and the best; 1: the same pattern',
      before: correlationText(
        before.correlation,
        planes.map(({correlationBefore}) => correlationBefore),
        3,
      ),
      after: correlationText(
        after.correlation,
        planes.map(({correlationAfter}) => correlationAfter),
        4,
      ),
    },
    {
      name: 'Error of shares',
      meaning: 'root mean square over the detector regions; 0: equal',
      before: share(before),
      after: share(after),
    },
    {
      name: 'Brightest region as predicted',
      meaning: 'planes of all planes, in brackets the 95 % interval of the rate',
      before: matchText(before),
      after: matchText(after),
    },
    {
      name: 'Light not explained',
      meaning: 'part of the field that the prediction lacks',
      before: percentText(before.lackRatio),
      after: percentText(after.lackRatio),
    },
  ];
}
