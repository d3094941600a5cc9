import {fixedText, typographic} from '../../../base/number-format.ts';
import type {Agreement, AlignmentResult} from '../../../contract/alignment.ts';
import {wilsonInterval} from '../../../base/wilson.ts';
import {percentText} from './value-text.ts';

/** A line of the table of before and after. */
export interface AgreementLine {
  readonly name: string;
  readonly meaning: string;
  readonly before: AgreementValue;
  readonly after: AgreementValue;
}

/** A value, and below it how far it spreads or how sure it is; '' for nothing to say. */
export interface AgreementValue {
  readonly text: string;
  readonly spread: string;
}

const plain = (text: string): AgreementValue => ({text, spread: ''});

/** Mean, and from the worst to the best plane. */
function correlationText(mean: number, planes: readonly number[], digits: number): AgreementValue {
  const text = (value: number): string => typographic(fixedText(value, digits));
  if (planes.length < 2) return plain(text(mean));
  return {text: text(mean), spread: `${text(Math.min(...planes))} to ${text(Math.max(...planes))}`};
}

const uncovered = plain('the scan does not cover the regions');

/** How many, with the 95 % interval of the rate. */
function matchText({matchCount, planeCount}: Agreement): AgreementValue {
  if (matchCount === null) return uncovered;
  const {low, high} = wilsonInterval(matchCount, planeCount);
  return {
    text: `${matchCount} of ${planeCount}`,
    spread: `${fixedText(low * 100, 0)} to ${fixedText(high * 100, 0)} %`,
  };
}

/** Errors of phase can add up to more than all the light that there is. */
function unexplainedText({unexplainedRatio}: Agreement): AgreementValue {
  if (unexplainedRatio >= 1) return {text: 'all of it', spread: percentText(unexplainedRatio)};
  return plain(unexplainedRatio > 0 ? percentText(unexplainedRatio) : 'none beyond the noise');
}

/** What became better by the alignment, line by line. */
export function agreementLines({
  before,
  after,
  planes,
}: Pick<AlignmentResult, 'before' | 'after' | 'planes'>): readonly AgreementLine[] {
  const share = ({shareError}: Agreement): AgreementValue =>
    shareError === null ? uncovered : plain(percentText(shareError));
  return [
    {
      name: 'Correlation',
      meaning: 'mean of the planes, below it from the worst to the best; 1: the same pattern',
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
      meaning: 'of all planes, below it the 95 % interval of the rate',
      before: matchText(before),
      after: matchText(after),
    },
    {
      name: 'Light not explained',
      meaning: 'part of the field that the prediction lacks',
      before: unexplainedText(before),
      after: unexplainedText(after),
    },
  ];
}
