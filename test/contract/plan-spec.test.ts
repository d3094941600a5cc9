import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {planSpecSchema} from '../../src/contract/plan-spec.ts';
import {firstIssueText} from '../../src/contract/schema-issue.ts';

const grid = {plan: 'grid', widthMm: 3, heightMm: 3, stepMm: 1};

test.each([
  ['widthMm: 1,5', /field widthMm.*expected number, received string/],
  ['widthMm: "1.5"', /field widthMm.*expected number, received string/],
  ['widthMm: 3 mm', /field widthMm.*expected number, received string/],
  ['widthMm: 1_000', /field widthMm.*expected number, received string/],
  ['widthMm: .inf', /field widthMm.*expected number/],
  ['{widthMm: 1,5}', /Unrecognized key: "5"/],
  ['centerMm: {xMm: 0,5, yMm: 1}', /field centerMm: Unrecognized key: "5"/],
  ['referenceMm: {xMm: 1, yMm: 0,5}', /field referenceMm: Unrecognized key: "5"/],
])('a plan file with %s is refused at that field: numbers there are those of YAML', (text, says) => {
  const checked = planSpecSchema.safeParse({...grid, ...(parse(text) as object)});
  expect(checked.success ? 'taken' : firstIssueText(checked.error)).toMatch(says);
});
