import {expect, test} from 'vitest';
import {suspenderSchema, type Suspender} from '../../../src/contract/suspender.ts';
import {suspenderLabels, suspenderText} from '../../../src/contract/suspender-text.ts';
import {
  checkSuspending,
  newSuspender,
  suspenderFields,
  type SuspenderDraft,
} from '../../../src/renderer/parts/suspender-draft.ts';

const whens = Object.keys(suspenderLabels) as Suspender['when'][];
const check = (...suspenders: SuspenderDraft[]) => checkSuspending({suspendersBy: 'own', suspenders});
const withValues = ({when, values}: SuspenderDraft, changes: SuspenderDraft['values']): SuspenderDraft => ({
  when,
  values: {...values, ...changes},
});

test('every condition begins with the defaults of the contract, and has a field for each of its numbers', () => {
  expect(whens).toHaveLength(7);
  for (const when of whens) {
    const input = when === 'input' ? {role: 'lockin', parameter: 'auxInput1V', maximum: 2.5} : {};
    const expected = suspenderSchema.parse({when, ...input});
    const {suspenders, isValid} = check(withValues(newSuspender(when), input));
    expect(isValid).toBe(true);
    expect(suspenders).toEqual([expected]);
    const numbers = Object.entries(expected).filter(([, value]) => typeof value === 'number');
    expect(suspenderFields[when].map(({name}) => name)).toEqual(
      expect.arrayContaining(numbers.map(([name]) => name)),
    );
  }
});

test('what cannot be taken is said at its field, in the unit of the field', () => {
  const {isValid, problems, suspenders} = check(
    newSuspender('source-status'),
    withValues(newSuspender('reference-drift'), {ratio: 11}),
    withValues(newSuspender('disk-space'), {leastBytes: Number.NaN}),
    newSuspender('input'),
    withValues(newSuspender('input'), {role: 'lockin', parameter: 'auxInput1V'}),
  );
  expect(isValid).toBe(false);
  expect(problems).toEqual([
    {},
    {ratio: 'At most 1000 %.'},
    {leastBytes: 'Enter a number.'},
    {role: 'Choose one.', parameter: 'Choose one.', minimum: 'Give minimum, maximum or both.'},
    {minimum: 'Give minimum, maximum or both.'},
  ]);
  expect(suspenders?.map(({when}) => when)).toEqual(['source-status']);
});

test('an empty list is none at all, and the choice of the bench is nothing that is sent', () => {
  expect(check().suspenders).toEqual([]);
  expect(checkSuspending({suspendersBy: 'bench', suspenders: [newSuspender('input')]})).toEqual({
    suspenders: undefined,
    isValid: true,
    problems: [],
  });
});

test('a condition in words has its threshold, its times, and what becomes of RF', () => {
  const textOf = (given: object): string => suspenderText(suspenderSchema.parse(given));
  expect(textOf({when: 'source-level', toleranceDb: 0.3})).toBe(
    'source level off by more than 0.3 dB (settles 30 s)',
  );
  expect(textOf({when: 'disk-space', leastBytes: 2e9, source: 'off', longestS: 7200})).toBe(
    'less than 2000 MB left for data (settles 30 s, at most 2 h 00 min, RF off in pause)',
  );
  expect(textOf({when: 'input', role: 'lockin', parameter: 'auxInput1V', minimum: 1, maximum: 2})).toBe(
    'auxInput1V of the lockin below 1 or above 2 (settles 30 s)',
  );
  expect(textOf({when: 'reference-drift', ratio: 0.02})).toContain('more than 2 %');
});
