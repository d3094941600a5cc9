import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import type {ApiInputs, ApiOutputs} from '../../../contract/api/index.ts';

/** Which sessions are listed. Null and '' let everything through. */
export interface SessionFilter {
  readonly text: string;
  readonly operator: string | null;
  readonly designHash: string | null;
  /** Class of a digit that was measured. */
  readonly label: string | null;
  readonly tag: string | null;
  /** First and last local day, `2026-11-24`. */
  readonly sinceDay: string;
  readonly untilDay: string;
  readonly withArchived: boolean;
}

export type SessionFacets = ApiOutputs['sessions']['search']['facets'];

export const everySession: SessionFilter = {
  text: '',
  operator: null,
  designHash: null,
  label: null,
  tag: null,
  sinceDay: '',
  untilDay: '',
  withArchived: false,
};

/** The filter outlives a visit to another page, as a search does that one comes back to. */
const filterStore = createStore<SessionFilter>(() => everySession);

export const useSessionFilter = (): SessionFilter => useStore(filterStore);

export const changeSessionFilter = (changes: Partial<SessionFilter>): void => filterStore.setState(changes);

/** Midnight at which a local day begins, s since the epoch; `dayOffset` days later. Undefined for no or half a day. */
export function dayStartS(day: string, dayOffset = 0): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return undefined;
  const [year, month, date] = match.slice(1).map(Number);
  // The day of a change of clocks has 23 or 25 hours, so days are counted by the calendar.
  const start = new Date(year, month - 1, date + dayOffset);
  if (dayOffset === 0 && start.getMonth() !== month - 1) return undefined;
  return start.getTime() / 1000;
}

/** At most so many sessions are listed, the newest; as many as the host gives. */
export const listedLimit = 10_000;

/** The question to the host. Both days are included. */
export function searchInputFrom(filter: SessionFilter): ApiInputs['sessions']['search'] {
  const text = filter.text.trim();
  const sinceS = dayStartS(filter.sinceDay);
  const untilS = dayStartS(filter.untilDay, 1);
  return {
    ...(text === '' ? {} : {text}),
    ...(filter.operator === null ? {} : {operator: filter.operator}),
    ...(filter.designHash === null ? {} : {designHash: filter.designHash}),
    ...(filter.label === null ? {} : {label: filter.label}),
    ...(filter.tag === null ? {} : {tag: filter.tag}),
    ...(sinceS === undefined ? {} : {sinceS}),
    ...(untilS === undefined ? {} : {untilS}),
    ...(filter.withArchived ? {withArchived: true} : {}),
  };
}

/** Whether anything is left out, so that an empty list may be the filter's doing. */
export const isFiltering = (filter: SessionFilter): boolean =>
  Object.keys(searchInputFrom({...filter, withArchived: false})).length > 0;

/** What the list is narrowed to, in words: `text "dawn", operator Mia, from 2026-11-01`. */
export function filterText(filter: SessionFilter, facets: SessionFacets | undefined): string {
  const design = facets?.designs.find(({hash}) => hash === filter.designHash);
  return [
    filter.text.trim() === '' ? '' : `text "${filter.text.trim()}"`,
    filter.operator === null ? '' : `operator ${filter.operator}`,
    filter.designHash === null ? '' : `design ${design?.name ?? filter.designHash.slice(0, 14)}`,
    filter.label === null ? '' : `digit ${filter.label}`,
    filter.tag === null ? '' : `tag ${filter.tag}`,
    dayStartS(filter.sinceDay) === undefined ? '' : `from ${filter.sinceDay}`,
    dayStartS(filter.untilDay) === undefined ? '' : `until ${filter.untilDay}`,
  ]
    .filter((words) => words !== '')
    .join(', ');
}
