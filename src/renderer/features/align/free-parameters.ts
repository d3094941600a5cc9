import {countOf} from '../../../base/count-text.ts';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {partOf} from './align-labels.ts';

/** A number that can be left free, as the host offers it. */
export type ParameterChoice = ApiOutputs['align']['planes']['parameters'][number];

/** Changes against the default set; both empty for the default one. */
export interface FreeChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const defaultFree: FreeChanges = {added: [], removed: []};

/** Whether a number is free with these changes. */
export const isFree = (
  {name, isFreeByDefault}: Pick<ParameterChoice, 'name' | 'isFreeByDefault'>,
  {added, removed}: FreeChanges,
): boolean => (isFreeByDefault ? !removed.includes(name) : added.includes(name));

/** The changes with some numbers made free or fixed. */
export function withFree(
  changes: FreeChanges,
  choices: readonly ParameterChoice[],
  isFreeNow: boolean,
): FreeChanges {
  const names = choices.map(({name}) => name);
  const others = (list: readonly string[]): readonly string[] => list.filter((name) => !names.includes(name));
  const differing = choices
    .filter(({isFreeByDefault}) => isFreeByDefault !== isFreeNow)
    .map(({name}) => name);
  return {
    added: isFreeNow ? [...others(changes.added), ...differing] : others(changes.added),
    removed: isFreeNow ? others(changes.removed) : [...others(changes.removed), ...differing],
  };
}

/** What the host is asked for: `+name` and `-name` against the default set, nothing for just that. */
export function freeRequest(changes: FreeChanges, choices: readonly ParameterChoice[]): readonly string[] {
  const known = new Set(choices.map(({name}) => name));
  return [
    ...changes.added.filter((name) => known.has(name)).map((name) => `+${name}`),
    ...changes.removed.filter((name) => known.has(name)).map((name) => `-${name}`),
  ];
}

/** Numbers of one part, in their order. */
export interface ParameterGroup {
  readonly part: string;
  readonly choices: readonly ParameterChoice[];
}

/** The numbers by part, in the order of their first. */
export function groupByPart(choices: readonly ParameterChoice[]): readonly ParameterGroup[] {
  const groups = new Map<string, ParameterChoice[]>();
  for (const choice of choices) {
    const part = partOf(choice.name);
    const group = groups.get(part);
    if (group) group.push(choice);
    else groups.set(part, [choice]);
  }
  return [...groups].map(([part, members]) => ({part, choices: members}));
}

/** The usual set or what differs from it, in words. */
export function freeSentence(changes: FreeChanges, choices: readonly ParameterChoice[]): string {
  const count = choices.filter((choice) => isFree(choice, changes)).length;
  const isDefault = freeRequest(changes, choices).length === 0;
  const numbers = `${countOf(count, 'number')} free`;
  return isDefault
    ? `${numbers}, the default set: place and turn of every plate, the scan’s frame, the light, the index of the plates. The object is the origin.`
    : `${numbers}, chosen by hand.`;
}
