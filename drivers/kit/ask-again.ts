import type {CallOptions} from '../../src/contract/devices.ts';
import {hasCode} from '../../src/contract/errors.ts';
import type {Link} from '../../src/contract/link.ts';

/** Besides the first time. */
export const mostRepeats = 2;

/** Options of a question that may be repeated. */
export interface AskAgainOptions extends CallOptions {
  /** Done before each repeat: what a lost answer makes unsure. */
  readonly beforeRepeat?: () => Promise<void>;
}

/**
 * Asks a question that changes nothing at the instrument; a lost or damaged answer has it asked again, a bounded number
 * of times. Before each repeat the link is drained and brought back into step, so that a late answer is never taken for
 * another's. Only for questions without any side effect: nothing that moves, sets, or clears what it tells. When all
 * are lost the first error is thrown.
 */
export async function askAgain<T>(
  link: Link,
  asked: string,
  ask: () => Promise<T>,
  {signal, onRepeat, beforeRepeat}: AskAgainOptions = {},
): Promise<T> {
  let first: unknown;
  for (let repeat = 0; ; repeat++) {
    try {
      return await ask();
    } catch (error) {
      first ??= error;
      if (!hasCode(error, 'port/timeout', 'device/bad-reply')) throw error;
      // A line that cannot be the answer says that the two are out of step, or that bytes were lost.
      if (error.code === 'device/bad-reply') link.loseStep();
      if (repeat >= mostRepeats || signal?.aborted === true || !link.isOpen) throw first;
      onRepeat?.({asked, why: error.code === 'port/timeout' ? 'silent' : 'damaged'});
      await beforeRepeat?.();
    }
  }
}
