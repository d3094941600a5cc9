import {describe, expect, it} from 'vitest';
import {connectSr830} from '../../drivers/lockin/sr830.ts';
import type {RepeatedQuestion} from '../../src/contract/devices.ts';
import {
  asksAt,
  config,
  firstRead,
  greeting,
  inStep,
  options,
  readAnewAt,
  readAt,
  refreshed,
  toldAt,
  withLockIn,
} from './sr830-script.ts';
import {expectWire} from './wire-script.ts';

describe('a reading of an SR830 that is in doubt', () => {
  it('takes no answer to the question before, and gets into step again', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        firstRead,
        [asksAt(1), {lines: [toldAt(0, '0.3,0.4,0.5,53.1301'), '0']}],
        inStep,
        readAt(2, '0.6,0.8,1,53.1301'),
      ],
      async (lockIn) => {
        const why: string[] = [];
        const onRepeat = (repeat: RepeatedQuestion): void => void why.push(repeat.why);
        await lockIn.read({onRepeat});
        expect((await lockIn.read({onRepeat})).rV).toBe(1);
        expect(why).toEqual(['late']);
      },
    ));

  it('counts a reading whose numbers contradict each other among the questions that were repeated', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        // 0.4 became 0.4005 on the line: less than the change that 30 ms allow in 20 us of full scale.
        readAnewAt(0, '0', '0.3,0.4005,0.5,53.1301'),
        ...refreshed(),
        readAt(1),
      ],
      async (lockIn) => {
        const repeats: RepeatedQuestion[] = [];
        expect(
          await lockIn.read({onRepeat: (repeat: RepeatedQuestion) => void repeats.push(repeat)}),
        ).toMatchObject({yV: 0.4});
        expect(repeats).toEqual([{asked: 'SNAP?1,2,3,4', why: 'contradictory'}]);
      },
    ));

  it('asks now and then whether it is still the same instrument', () =>
    expectWire(
      options,
      [...greeting, ...refreshed(), firstRead, inStep, readAt(1), readAt(2), ['*IDN?', 'Somebody,else,0,1']],
      async (link) => {
        const lockIn = await connectSr830(link, config, {identityCheckEvery: 2});
        await lockIn.read();
        await lockIn.read();
        await lockIn.read();
        await expect(lockIn.read()).rejects.toMatchObject({code: 'device/wrong-instrument'});
      },
    ));
});
