import fc from 'fast-check';
import {expect, it} from 'vitest';
import {askAgain, mostRepeats} from '../../drivers/kit/index.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {Link} from '../../src/contract/link.ts';

const outcomes = ['answer', 'port/timeout', 'device/bad-reply', 'device/refused', 'port/closed'] as const;
type Outcome = (typeof outcomes)[number];
const isLost = (outcome: Outcome | undefined): boolean =>
  outcome === 'port/timeout' || outcome === 'device/bad-reply';

it('asks again for lost and damaged answers alone, a bounded number of times, and tells of each', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...outcomes), {minLength: 6, maxLength: 6}), async (script) => {
      let asked = 0;
      let lostSteps = 0;
      const repeats: string[] = [];
      const link = {isOpen: true, loseStep: () => void (lostSteps += 1)} as unknown as Link;
      const result = await askAgain(
        link,
        'SENS?',
        async () => {
          const outcome = script[asked++];
          if (outcome !== 'answer') throw new BenchError(outcome, `number ${asked}`);
          return asked;
        },
        {onRepeat: ({why}) => void repeats.push(why)},
      ).catch((error: unknown) => error);
      const lostAtFirst = script.findIndex((outcome) => !isLost(outcome));
      const expectedCount = Math.min(lostAtFirst < 0 ? script.length : lostAtFirst, mostRepeats) + 1;
      expect(asked).toBe(expectedCount);
      expect(repeats).toHaveLength(expectedCount - 1);
      const given = script.slice(0, expectedCount);
      expect(lostSteps).toBe(given.filter((outcome) => outcome === 'device/bad-reply').length);
      if (given.at(-1) === 'answer') expect(result).toBe(expectedCount);
      else if (isLost(given.at(-1))) expect((result as BenchError).message).toBe('number 1');
      else expect((result as BenchError).code).toBe(given.at(-1));
    }),
  );
});

it('asks nothing again once the work was broken off', async () => {
  const controller = new AbortController();
  let asked = 0;
  const link = {isOpen: true, loseStep: () => undefined} as unknown as Link;
  const asking = askAgain(
    link,
    'SENS?',
    async () => {
      asked += 1;
      controller.abort();
      throw new BenchError('port/timeout', 'nothing came');
    },
    {signal: controller.signal},
  );
  await expect(asking).rejects.toMatchObject({code: 'port/timeout'});
  expect(asked).toBe(1);
});
