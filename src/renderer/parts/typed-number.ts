import {formatNumber, type NumberMarks} from '../../base/number-text.ts';
import {readQuantity} from '../../contract/quantity-text.ts';

/** What a number field takes. */
export interface NumberRule {
  readonly unit: string;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly isWhole?: boolean | undefined;
  /** Nothing may stand there. */
  readonly isOptional?: boolean | undefined;
}

/** What a text in a field means. */
export interface TypedNumber {
  readonly text: string;
  /** Null: nothing stands there, and that is allowed. Not-a-number: it cannot be taken. */
  readonly value: number | null;
  /** Why it cannot be taken; '' when it can. */
  readonly problem: string;
}

/** Reads what was typed or pasted by the rule of its field; what cannot be taken is not-a-number, with the reason. */
export function typedNumber(text: string, rule: NumberRule, marks: NumberMarks): TypedNumber {
  if (rule.isOptional === true && text.trim() === '') return {text, value: null, problem: ''};
  const reading = readQuantity(text, rule.unit, marks);
  const problem = reading.isRead ? problemOf(reading.value, rule, marks) : reading.problem;
  return {text, value: reading.isRead && problem === '' ? reading.value : Number.NaN, problem};
}

function problemOf(value: number, rule: NumberRule, marks: NumberMarks): string {
  const {minimum = -Infinity, maximum = Infinity, unit, isWhole} = rule;
  if (isWhole === true && !Number.isInteger(value)) return 'A whole number.';
  if (value >= minimum && value <= maximum) return '';
  const [low, high] = [minimum, maximum].map((end) => formatNumber(end, marks));
  if (high === '') return `At least ${low} ${unit}`.trim() + '.';
  if (low === '') return `At most ${high} ${unit}`.trim() + '.';
  return `From ${low} to ${high} ${unit}`.trim() + '.';
}

/** The number a step further, with no more digits than both have: 0.1 and 0.2 make 0.3. Null beyond the range. */
export function steppedNumber(value: number, step: number, {minimum, maximum}: NumberRule): number | null {
  // The noise of a sum is below the fifteenth digit of the larger of both.
  const decimals = 14 - Math.floor(Math.log10(Math.max(Math.abs(value), Math.abs(step))));
  const next = Number((value + step).toFixed(Math.min(Math.max(decimals, 0), 20)));
  return next < (minimum ?? -Infinity) || next > (maximum ?? Infinity) ? null : next;
}

/**
 * A pasted text for a field of one line: browsers drop line breaks, or put blanks for them, and two numbers of a
 * column would become one. They are set apart by semicolons instead, which no number holds.
 */
export const onOneLine = (pasted: string): string =>
  pasted.trim().replace(/\s*[\r\n\t\v\f\u2028\u2029]+\s*/g, '; ');
