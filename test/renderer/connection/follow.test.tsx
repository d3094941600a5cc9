import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {connectionStore} from '../../../src/renderer/connection/connection.ts';
import {follow} from '../../../src/renderer/connection/follow.ts';

let end: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  end = new AbortController();
  connectionStore.setState({phase: 'open'});
});

afterEach(() => {
  end.abort();
  vi.useRealTimers();
});

/** Follows a feed that has something new so long after every question; when each answer was taken, ms. */
function takenTimes(answersAfterMs: number, isFull?: () => boolean): number[] {
  const times: number[] = [];
  void follow({
    signal: end.signal,
    async ask({after}) {
      await new Promise((resolve) => setTimeout(resolve, answersAfterMs));
      return {hostId: 'host', last: after + 1, lostCount: 0};
    },
    onAnswer: () => void times.push(performance.now()),
    ...(isFull && {isFull}),
  });
  return times;
}

test('feeds that are answered at different times are drawn at the same moments, the first answer at once', async () => {
  const beganMs = performance.now();
  const [early, late] = [takenTimes(7), takenTimes(31)];
  await vi.advanceTimersByTimeAsync(2000);
  expect([early[0], late[0]]).toEqual([beganMs + 7, beganMs + 31]);
  expect(early.length).toBeGreaterThanOrEqual(20);
  expect(late.slice(1)).toEqual(early.slice(1));
});

test('what lies ready beyond one answer is fetched without a rest', async () => {
  const times = takenTimes(10, () => true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(times.length).toBeGreaterThan(90);
});
