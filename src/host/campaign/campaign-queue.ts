import {BenchError} from '../../contract/errors.ts';
import type {CampaignQueue} from '../plans/campaign.ts';

/** The digits of a running campaign in the order of measuring, as the operator changes it. */
export interface LiveQueue extends CampaignQueue {
  /** The digit under way; undefined before the first and after the last. */
  readonly current: number | undefined;
  /** Digits still to come, in order; one that is measured again stands here a second time. */
  readonly waiting: readonly number[];
  /** Ends the digit under way at its next point, or takes a waiting one out. Throws `plan/invalid` for others. */
  skip(index: number): void;
  /** Queues a digit behind the others once more. Throws `plan/invalid` where that cannot be. */
  repeat(index: number): void;
}

/**
 * A queue of digits, one after the other: of all of them, or of those that are left. `onChange` is called at every change.
 */
export function createLiveQueue(itemCount: number, onChange: () => void, left = allOf(itemCount)): LiveQueue {
  const waiting = [...left];
  let current: number | undefined;
  let doneCount = 0;
  let isSkipping = false;
  let isClosed = false;
  const assertKnown = (index: number): void => {
    if (index < 0 || index >= itemCount)
      throw new BenchError(
        'plan/invalid',
        `The campaign has no digit ${index + 1}; it has ${itemCount}. Nothing was changed.`,
      );
  };
  return {
    get count() {
      return doneCount + waiting.length;
    },
    get current() {
      return current;
    },
    get waiting() {
      return waiting;
    },
    isSkipping: () => isSkipping,
    next() {
      isSkipping = false;
      current = waiting.shift();
      if (current === undefined) isClosed = true;
      else doneCount++;
      onChange();
      return current;
    },
    skip(index) {
      assertKnown(index);
      const at = waiting.lastIndexOf(index);
      if (at >= 0) waiting.splice(at, 1);
      else if (index === current) isSkipping = true;
      else
        throw new BenchError(
          'plan/invalid',
          `Digit ${index + 1} is neither under way nor waiting, so there is nothing to skip. To leave its measurement out of the evaluation, exclude it.`,
        );
      onChange();
    },
    repeat(index) {
      assertKnown(index);
      if (isClosed)
        throw new BenchError(
          'plan/invalid',
          'The last digit of this campaign has been measured and its end is under way, so nothing more can be queued. Start another campaign with this digit.',
        );
      if (waiting.includes(index))
        throw new BenchError('plan/invalid', `Digit ${index + 1} is waiting already. Nothing was changed.`);
      waiting.push(index);
      onChange();
    },
  };
}

const allOf = (itemCount: number): readonly number[] => Array.from({length: itemCount}, (_, index) => index);
