import {describe, expect, it} from 'vitest';
import {createChangeSignal, createFeed, spanAfter} from '../../src/base/feed.ts';

describe('feeds', () => {
  it('answers page by page without a gap, and counts what is no longer kept', () => {
    const feed = createFeed<number>({capacity: 5});
    for (let value = 1; value <= 12; value++) expect(feed.add(value)).toBe(value);
    expect(feed.read(0, 100)).toMatchObject({entries: [8, 9, 10, 11, 12], first: 8, last: 12, lostCount: 7});
    expect(feed.read(9, 2)).toMatchObject({entries: [10, 11], last: 11, lostCount: 0});
    expect(feed.read(11, 2)).toMatchObject({entries: [12], last: 12, lostCount: 0});
    expect(feed.read(12, 2)).toMatchObject({entries: [], last: 12, lostCount: 0});
    expect(feed.read(5, 3)).toMatchObject({entries: [8, 9, 10], lostCount: 2});
  });

  it('takes a number from an earlier host for none', () => {
    const feed = createFeed<string>({capacity: 5});
    feed.add('a');
    expect(feed.read(1000, 10)).toMatchObject({entries: ['a'], last: 1, lostCount: 0});
    expect(spanAfter(0, 10, {total: 0, keptCount: 0})).toMatchObject({count: 0, last: 0, lostCount: 0});
  });

  it('waits for something new, no longer than asked, and ends with the signal', async () => {
    const feed = createFeed<string>({capacity: 5});
    const following = feed.follow({after: 0, waitMs: 5000, limit: 10});
    feed.add('late');
    expect((await following).entries).toEqual(['late']);
    const startedMs = performance.now();
    expect((await feed.follow({after: 1, waitMs: 60, limit: 10})).entries).toEqual([]);
    expect(performance.now() - startedMs).toBeGreaterThan(50);
    const controller = new AbortController();
    const withdrawn = feed.follow({after: 1, waitMs: 30_000, limit: 10, signal: controller.signal});
    controller.abort();
    expect((await withdrawn).entries).toEqual([]);
    expect((await feed.follow({after: 0, waitMs: 0, limit: 10})).entries).toEqual(['late']);
  });

  it('wakes at most once in the quiet time, however fast it rings, and tells the last state', async () => {
    const changeSignal = createChangeSignal(40);
    const ringing = setInterval(() => changeSignal.notify(), 1);
    const startedMs = performance.now();
    let after = 0;
    let count = 0;
    while (count < 10) {
      await changeSignal.wait({after, waitMs: 1000});
      after = changeSignal.count;
      count += 1;
    }
    clearInterval(ringing);
    // The first comes at once, each of the others after its quiet time (a timer may be a millisecond early).
    expect(performance.now() - startedMs).toBeGreaterThan(9 * (40 - 1));
    await changeSignal.wait({after: changeSignal.count, waitMs: 10});
    const one = changeSignal.wait({after: changeSignal.count, waitMs: 1000});
    const other = changeSignal.wait({after: changeSignal.count, waitMs: 1000});
    changeSignal.notify();
    await Promise.all([one, other]);
  });
});
