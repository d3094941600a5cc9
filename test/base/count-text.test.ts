import {expect, it} from 'vitest';
import {countOf, countText, pluralOf} from '../../src/base/count-text.ts';

it('writes large counts in groups of three digits', () => {
  expect(countText(6561)).toBe('6,561');
  expect(countOf(25_921, 'point')).toBe('25,921 points');
});

it('says one thing, and no or several things', () => {
  expect([0, 1, 2].map((count) => countOf(count, 'run'))).toEqual(['0 runs', '1 run', '2 runs']);
  expect(countOf(2, 'piece of glass', 'pieces of glass')).toBe('2 pieces of glass');
  expect([1, 3].map((count) => pluralOf(count, 'was', 'were'))).toEqual(['was', 'were']);
});
