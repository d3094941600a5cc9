import {expect, test} from 'vitest';
import type {Status} from '../../../src/contract/api/index.ts';
import {readingStatusOf} from '../../../src/renderer/run-data/reading-status.ts';

const atMs = Date.parse('2026-11-24T10:00:00.000Z');
const utcBefore = (ms: number): string => new Date(atMs - ms).toISOString();

/** A picture of the bench with one source, read so long before. */
const pictureOf = (options: {
  readonly readMsAgo?: number | null;
  readonly label?: string;
  readonly runState?: NonNullable<Status['run']>['state'];
}): Status => {
  const {readMsAgo = 0, label = 'RF on', runState} = options;
  return {
    utc: utcBefore(0),
    instruments: [{kind: 'source', role: 'source', label}],
    source: readMsAgo === null ? null : {utc: utcBefore(readMsAgo), isOutputOn: true},
    run: runState === undefined ? null : {state: runState},
  } as unknown as Status;
};
const here = {isConnected: true, sinceMs: 0};

test('what was read just now is so now', () => {
  expect(readingStatusOf(pictureOf({}), 'source', here)).toEqual({isNow: true, isKnown: true, text: ''});
});

test('what was never read is not known, connected or not', () => {
  expect(readingStatusOf(pictureOf({readMsAgo: null}), 'source', here)).toMatchObject({
    isNow: false,
    isKnown: false,
    text: 'not read yet',
  });
  expect(readingStatusOf(null, 'source', here)).toMatchObject({isNow: false, isKnown: false});
  const neverRead = {...pictureOf({}), source: {utc: new Date(0).toISOString()}} as unknown as Status;
  expect(readingStatusOf(neverRead, 'source', here)).toMatchObject({isNow: false, isKnown: false});
});

test('an old reading says its age, also when no picture comes any more', () => {
  expect(readingStatusOf(pictureOf({readMsAgo: 12_000}), 'source', here)).toMatchObject({
    isNow: false,
    text: '12 s ago',
  });
  expect(readingStatusOf(pictureOf({}), 'source', {isConnected: true, sinceMs: 20_000})).toMatchObject({
    isNow: false,
    text: '20 s ago',
  });
});

test('an instrument that is not connected, and a window that is not, show nothing as now', () => {
  for (const label of ['not connected', 'connecting'])
    expect(readingStatusOf(pictureOf({label, readMsAgo: 500}), 'source', here)).toMatchObject({
      isNow: false,
      text: `${label}, just now`,
    });
  expect(readingStatusOf(pictureOf({}), 'source', {isConnected: false, sinceMs: 5000})).toMatchObject({
    isNow: false,
    text: 'as last seen, 5 s ago',
  });
});

test('a run holds its source between two looks; a pause does not, and a lost source is never held', () => {
  const readMsAgo = 6000;
  expect(readingStatusOf(pictureOf({readMsAgo, runState: 'running'}), 'source', here).isNow).toBe(true);
  expect(readingStatusOf(pictureOf({readMsAgo: 30_000, runState: 'running'}), 'source', here).isNow).toBe(
    false,
  );
  expect(readingStatusOf(pictureOf({readMsAgo, runState: 'paused'}), 'source', here).isNow).toBe(false);
  expect(readingStatusOf(pictureOf({readMsAgo, runState: 'ended'}), 'source', here).isNow).toBe(false);
  expect(
    readingStatusOf(pictureOf({readMsAgo, runState: 'running', label: 'not connected'}), 'source', here)
      .isNow,
  ).toBe(false);
});
