import {digitsText, fixedText} from '../../base/number-format.ts';
import type {GuideAgreement, GuideReport, GuideStep} from '../../contract/api/align-guide.ts';
import type {Output} from './output.ts';

/** What a step of a guided alignment was measured to, for a person at a terminal. */
export function writeGuideStep(output: Output, step: GuideStep): void {
  output.line();
  output.line(`${step.title}: ${step.stateText}`);
  if (step.criteria.length > 0)
    output.table(
      [
        {title: 'criterion', align: 'left'},
        {title: 'measured'},
        {title: ''},
        {title: 'limit'},
        {title: 'unit', align: 'left'},
        {title: '', align: 'left'},
      ],
      step.criteria.map(({name, value, relation, limit, unit, isMet}) => [
        name,
        numberText(value),
        relation === 'at-most' ? '<=' : '>=',
        numberText(limit),
        unit,
        isMet ? 'met' : 'NOT MET',
      ]),
    );
  for (const {isMet, name, source} of step.criteria) if (!isMet) output.line(`- ${name}: ${source}`);
  if (step.numbers.length > 0)
    output.table(
      [
        {title: 'what', align: 'left'},
        {title: 'expected'},
        {title: '+-'},
        {title: 'seen'},
        {title: '+-'},
        {title: 'unit', align: 'left'},
      ],
      step.numbers.map(({name, expected, expectedSigma, seen, seenSigma, unit}) => [
        name,
        numberText(expected),
        numberText(expectedSigma, 2),
        numberText(seen),
        numberText(seenSigma, 2),
        unit,
      ]),
    );
  writeAgreement(output, step.agreement);
  for (const text of step.advice) output.line(text);
  for (const text of step.corrections) output.line(`- ${text}`);
}

function writeAgreement(output: Output, rows: readonly GuideAgreement[]): void {
  if (rows.length === 0) return;
  output.table(
    [
      {title: 'agreement (95 %)', align: 'left'},
      {title: 'plates as designed, try before'},
      {title: 'plates as designed'},
      {title: 'as found'},
    ],
    rows.map(({name, designedBefore, designed, aligned}) => [
      name,
      intervalText(designedBefore),
      intervalText(designed),
      intervalText(aligned),
    ]),
  );
}

/** How the whole came out. */
export function writeGuideReport(output: Output, {steps, session, placement, seconds}: GuideReport): void {
  output.heading('Guided alignment');
  output.table(
    [
      {title: 'step', align: 'left'},
      {title: 'tries'},
      {title: 'decision', align: 'left'},
      {title: 'note', align: 'left'},
    ],
    steps.map(({id, attemptCount, state, note}) => [id, attemptCount, state, note]),
  );
  output.line();
  output.line(`session ${session}`);
  output.line(placement === null ? 'no placement is active' : `placement ${placement} is active`);
  output.line(`took ${fixedText(seconds, 0)} s`);
}

const numberText = (value: number | null, digits = 4): string =>
  value === null ? '' : digitsText(value, digits);

const intervalText = (interval: GuideAgreement['designed']): string =>
  interval === null
    ? ''
    : `${fixedText(interval.value, 3)} (${fixedText(interval.low, 3)} to ${fixedText(interval.high, 3)})`;
