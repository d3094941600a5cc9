import {describe, expect, it} from 'vitest';
import {
  freeRequest,
  freeSentence,
  groupByPart,
  isFree,
  defaultFree,
  withFree,
} from '../../../src/renderer/features/align/free-parameters.ts';

const choice = (name: string, isFreeByDefault: boolean) => ({
  name,
  unit: 'mm' as const,
  isFreeByDefault,
  priorSigma: null,
});
const dx = choice('plate1.dx', true);
const k = choice('plate1.k', false);
const scale = choice('frame.scale', false);
const choices = [dx, k, scale];

describe('what is left free', () => {
  it('is the default set and asks for nothing by name until it is changed', () => {
    expect(freeRequest(defaultFree, choices)).toEqual([]);
    expect(choices.filter((one) => isFree(one, defaultFree))).toEqual([dx]);
  });

  it('asks for what was added and what was taken away', () => {
    const changes = withFree(withFree(defaultFree, [scale], true), [dx], false);
    expect(freeRequest(changes, choices)).toEqual(['+frame.scale', '-plate1.dx']);
    expect(choices.filter((one) => isFree(one, changes))).toEqual([scale]);
  });

  it('is the default set again when every change was undone', () => {
    const there = withFree(defaultFree, choices, true);
    const back = withFree(withFree(there, [k, scale], false), [dx], true);
    expect(freeRequest(back, choices)).toEqual([]);
  });

  it('asks for no number that this design has not, kept from another one', () => {
    const changes = withFree(defaultFree, [choice('plate9.k', false)], true);
    expect(freeRequest(changes, choices)).toEqual([]);
  });

  it('is told in a sentence with its count', () => {
    expect(freeSentence(defaultFree, choices)).toMatch(/^1 number free, the default set/);
    expect(freeSentence(withFree(defaultFree, [k], true), choices)).toBe('2 numbers free, chosen by hand.');
  });

  it('is grouped by part in the order of the host', () => {
    expect(groupByPart(choices).map(({part, choices: own}) => [part, own.length])).toEqual([
      ['plate1', 2],
      ['frame', 1],
    ]);
  });
});
