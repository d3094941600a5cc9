import {type BenchError, hasCode, isAbort} from '../../contract/errors.ts';
import type {Msg} from '../../contract/messages.ts';
import {isSafing} from './check-before-message.ts';

/** What ends a plan before its time: a stop at its next message, an abort at once, a fault of an instrument at once. */
export interface Interruption {
  readonly kind: 'stop' | 'abort' | 'fault';
  readonly error: BenchError;
}

/**
 * What has gone wrong with a plan under way: the interruption that is thrown into it, the error that it cleans up after,
 * and what failed while it did.
 */
export class PlanErrors {
  readonly #cleanUpErrors: unknown[] = [];
  #interruption: Interruption | undefined;
  #isDelivered = false;
  #failure: {readonly error: unknown} | undefined;

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  /** The interruption has been thrown into the plan. */
  get isDelivered(): boolean {
    return this.#isDelivered;
  }

  /** The error that the plan is cleaning up after. */
  get failure(): {readonly error: unknown} | undefined {
    return this.#failure;
  }

  get isCleaningUp(): boolean {
    return this.#isDelivered || this.#failure !== undefined;
  }

  /** A later interruption says how the plan ends, the first one why. */
  interrupt({kind, error}: Interruption): void {
    this.#interruption = {kind, error: this.#interruption?.error ?? error};
  }

  /** During clean-up nothing more is thrown in: what comes then is already the way out. */
  mayInterruptAt(message: Msg): boolean {
    return this.#interruption !== undefined && !this.isCleaningUp && !isSafing(message);
  }

  /** The interruption, to be thrown into the plan now. */
  deliver(): unknown {
    this.#isDelivered = true;
    return this.#interruption?.error;
  }

  /** What is thrown into the plan after one of its operations has failed. */
  afterFailed(error: unknown): unknown {
    if (this.#interruption && !this.isCleaningUp) {
      // The interruption ended this operation; an instrument that failed meanwhile is reported in addition.
      const isItsConsequence = this.#interruption.kind === 'fault' && hasCode(error, 'port/closed');
      if (!isAbort(error) && !isItsConsequence) this.#cleanUpErrors.push(error);
      return this.deliver();
    }
    if (!this.isCleaningUp) this.#failure = {error};
    else if (!isAbort(error)) this.#cleanUpErrors.push(error);
    return error;
  }

  /** The plan has dealt with the error that was thrown into it. */
  forgetFailure(): void {
    this.#failure = undefined;
    this.#cleanUpErrors.length = 0;
  }

  /** The error to blame for an end with `thrown`: the first one, unless the plan itself made another out of it. */
  blame(
    thrown: unknown,
    stopErrors: readonly unknown[],
  ): {readonly error: unknown; readonly cleanUpErrors: readonly unknown[]} {
    const first = this.#failure?.error ?? (this.#isDelivered ? this.#interruption?.error : undefined);
    const isConsequence =
      thrown === this.#interruption?.error || this.#cleanUpErrors.includes(thrown) || isAbort(thrown);
    return {
      error: first !== undefined && isConsequence ? first : thrown,
      cleanUpErrors: [...stopErrors, ...this.#cleanUpErrors],
    };
  }
}
