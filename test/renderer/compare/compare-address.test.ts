import {expect, it} from 'vitest';
import type {CompareSide} from '../../../src/contract/api/index.ts';
import {
  addressFrom,
  questionFrom,
  sideFrom,
  sideText,
  withRun,
} from '../../../src/renderer/features/compare/compare-address.ts';

const run = (runUid: string): CompareSide => ({kind: 'run', runUid});
const nominal = (runUid: string): CompareSide => ({kind: 'prediction', runUid, placement: 'nominal'});

it('keeps both sides in the address, so that a view can be given on', () => {
  const question = {
    a: run('0d-1'),
    b: {kind: 'prediction', runUid: '0d-2', placement: 'registered'} as const,
  };
  const address = addressFrom(question);
  expect(address).toBe('/compare?a=run:0d-1&b=prediction:0d-2:registered');
  expect(questionFrom(address.split('?')[1])).toEqual(question);
  expect(addressFrom({a: null, b: null})).toBe('/compare');
});

it('reads an address that a mail program has encoded', () => {
  expect(questionFrom('a=run%3Ax1&b=prediction%3Ax1%3Anominal')).toEqual({a: run('x1'), b: nominal('x1')});
});

it('takes what it cannot read for not chosen', () => {
  for (const text of [null, '', 'run:', 'run:a b', 'prediction:x', 'prediction:x:else', 'scan:x'])
    expect(sideFrom(text), String(text)).toBeNull();
  const aligned = {...nominal('x-1'), placement: 'aligned'} as const;
  for (const side of [run('x-1'), nominal('x-1'), aligned]) expect(sideFrom(sideText(side))).toEqual(side);
});

it('steps to another run and keeps what it is compared with', () => {
  expect(withRun({a: run('1'), b: nominal('1')}, '2')).toEqual({a: run('2'), b: nominal('2')});
  expect(withRun({a: run('1'), b: run('9')}, '2')).toEqual({a: run('2'), b: run('9')});
  expect(withRun({a: null, b: nominal('1')}, '2')).toEqual({a: run('2'), b: nominal('2')});
});
