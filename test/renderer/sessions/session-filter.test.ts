import {expect, it} from 'vitest';
import {
  dayStartS,
  everySession,
  filterText,
  isFiltering,
  searchInputFrom,
} from '../../../src/renderer/features/sessions/session-filter.ts';

it('asks for nothing but what was narrowed', () => {
  expect(searchInputFrom(everySession)).toEqual({});
  expect(searchInputFrom({...everySession, text: '  dawn ', tag: 'good', withArchived: true})).toEqual({
    text: 'dawn',
    tag: 'good',
    withArchived: true,
  });
});

it('includes both days, whatever the clock of the place does on them', () => {
  const {sinceS = NaN, untilS = NaN} = searchInputFrom({
    ...everySession,
    sinceDay: '2026-03-29',
    untilDay: '2026-03-29',
  });
  expect(new Date(sinceS * 1000)).toEqual(new Date(2026, 2, 29));
  expect(new Date(untilS * 1000)).toEqual(new Date(2026, 2, 30));
});

it('leaves out a day that is not there yet or that no calendar has', () => {
  for (const day of ['', '2026', '2026-13-01', '2026-02-30', 'today'])
    expect(dayStartS(day), day).toBeUndefined();
});

it('counts archived sessions as a wider, not a narrower list', () => {
  expect(isFiltering({...everySession, withArchived: true})).toBe(false);
  expect(isFiltering({...everySession, text: '   '})).toBe(false);
  expect(isFiltering({...everySession, label: '7'})).toBe(true);
});

it('says in words what the list is narrowed to', () => {
  const facets = {operators: ['Mia'], designs: [{hash: 'sha256:ab', name: 'digits'}], tags: [], labels: []};
  const filter = {
    ...everySession,
    text: 'dawn',
    operator: 'Mia',
    designHash: 'sha256:ab',
    sinceDay: '2026-11-01',
  };
  expect(filterText(filter, facets)).toBe('text "dawn", operator Mia, design digits, from 2026-11-01');
});
