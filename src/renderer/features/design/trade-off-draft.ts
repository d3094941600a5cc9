import {useMemo, useState} from 'react';
import {useLocale} from 'react-aria-components';
import {formatNumber, numberMarksOf, type NumberMarks} from '../../../base/number-text.ts';
import {readQuantity} from '../../../contract/quantity-text.ts';
import {tradeOffDefaults, type TradeOffWeight} from '../../../contract/trade-off-defaults.ts';

/** A trade-off study that is being prepared. */
export interface TradeOffDraft {
  readonly folder: string;
  readonly weight: TradeOffWeight;
  /** As typed: numbers between semicolons. */
  readonly valuesText: string;
  readonly steps: number;
  readonly marginImages: number;
  /** Files of images and labels; the digits of the program where both are empty. */
  readonly imagesPath: string;
  readonly labelsPath: string;
}

/** What each weight is tried with unless something else is typed. */
const defaultValues: Readonly<Record<TradeOffWeight, readonly number[]>> = {
  efficiency: [0, 0.05, 0.12, 0.3],
  margin: [0, 0.02, 0.05, 0.1],
  smoothness: [0, 0.05, 0.2, 1],
  scale: [20, 40, 60, 100],
};

/** The draft, its values as numbers, and why they cannot be read ('' where they can). */
export function useTradeOffDraft(firstFolder: string) {
  const {locale} = useLocale();
  const marks = useMemo(() => numberMarksOf(locale), [locale]);
  const textOf = (weight: TradeOffWeight): string =>
    defaultValues[weight].map((value) => formatNumber(value, marks)).join('; ');
  const [draft, setDraft] = useState<TradeOffDraft>({
    folder: firstFolder,
    weight: 'efficiency',
    valuesText: textOf('efficiency'),
    steps: tradeOffDefaults.steps,
    marginImages: tradeOffDefaults.marginImages,
    imagesPath: '',
    labelsPath: '',
  });
  const change = (part: Partial<TradeOffDraft>): void =>
    setDraft((before) => ({
      ...before,
      // Values of one weight mean nothing for another.
      ...(part.weight !== undefined && {valuesText: textOf(part.weight)}),
      ...part,
    }));
  return {draft, change, ...valuesFrom(draft.valuesText, marks)};
}

function valuesFrom(
  text: string,
  marks: NumberMarks,
): {readonly values: number[]; readonly valuesProblem: string} {
  const values: number[] = [];
  for (const part of text.split(';')) {
    const reading = readQuantity(part, '', marks);
    if (!reading.isRead)
      return {values, valuesProblem: `Values, between semicolons: “${part.trim()}”: ${reading.problem}`};
    values.push(reading.value);
  }
  return {values, valuesProblem: ''};
}
