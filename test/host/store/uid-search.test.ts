import {afterEach, beforeEach, expect, test} from 'vitest';
import {hasCode} from '../../../src/contract/errors.ts';
import {findAlignment} from '../../../src/host/probes/probe-plan-on-bench.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {writeRun} from './sample-run.ts';

let store: Store;
let ids: string[];
beforeEach(() => {
  ids = ['aa11', 'aa22', 'bb33', 'aa44'];
  store = openStore(':memory:', {createId: () => ids.shift() ?? Math.random().toString(36)});
});
afterEach(() => store.close());

const refusalOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (hasCode(error, 'store/not-found')) return error.message;
    throw error;
  }
  return '';
};

test('the beginning of a uid finds the only one of its kind, or names those that it may mean', () => {
  for (const title of ['Morning', 'Evening', 'Night'])
    store.createSession({title, operator: 'Ada', benchName: 'north'});
  expect(store.findUid('session', 'b')).toBe('bb33');
  expect(store.findUid('session', 'aa22')).toBe('aa22');
  expect(refusalOf(() => store.findUid('session', 'aa'))).toBe(
    '2 sessions begin with "aa": aa22 (Evening), aa11 (Morning). Nothing was changed and nothing moved; give more of the uid.',
  );
  expect(refusalOf(() => store.findUid('session', ''))).toContain('3 sessions begin with ""');
  expect(refusalOf(() => store.findUid('session', 'cc'))).toMatch(
    /There is no session cc in .*sessions list/,
  );
  // A pattern of SQL is no beginning.
  expect(refusalOf(() => store.findUid('session', '%'))).toContain('There is no session %');
  expect(refusalOf(() => store.findUid('run', 'aa'))).toContain('There is no run aa');
});

test('runs and alignments are found alike', () => {
  const {uid} = store.createSession({title: 'Morning', operator: 'Ada', benchName: 'north'});
  const runUid = writeRun(store.recorder(uid), {pointCount: 1});
  expect(store.findUid('run', runUid.slice(0, 6))).toBe(runUid);
  expect(refusalOf(() => findAlignment(store, 'aa'))).toMatch(/There is no alignment aa in .*align list/);
});
