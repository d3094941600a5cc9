import {describe, expect, test} from 'vitest';
import {createClock} from '../../src/base/clock.ts';

/** Keeps the event loop busy, as a computation or a full garbage collection does. */
function keepBusy(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a clock', () => {
  test.each([1, 10])(
    'at %d times real time never ends a wait early, also when its turn had been busy',
    async (speed) => {
      const clock = createClock(speed);
      for (const realMs of [0.4, 1, 2.9, 7.5])
        for (const busyMs of [0, 3, 20]) {
          await nextTurn();
          keepBusy(busyMs);
          const ms = realMs * speed;
          const startedMs = clock.nowMs();
          await clock.sleepMs(ms);
          expect(clock.nowMs() - startedMs).toBeGreaterThanOrEqual(ms);
        }
    },
  );

  test('ends a wait with the reason of its signal, before and while it waits', async () => {
    const clock = createClock();
    const reason = new Error('stopped');
    await expect(clock.sleepMs(60_000, {signal: AbortSignal.abort(reason)})).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = clock.sleepMs(60_000, {signal: controller.signal});
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
