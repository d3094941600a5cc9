/** The operation that a plan waits for: it has a signal to end by, and its waiting can be cut short. */
export class OperationUnderWay {
  #controller = new AbortController();
  #isSignalSpent = false;
  #cut: ((error: Error) => void) | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The signal was aborted: nothing that uses it gets an answer. */
  get isSignalSpent(): boolean {
    return this.#isSignalSpent;
  }

  /** Gives the next operation a signal of its own. */
  renewSignal(): void {
    this.#controller = new AbortController();
    this.#isSignalSpent = false;
  }

  /** Tells what is under way to end. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
    this.#isSignalSpent = true;
  }

  /** Ends the waiting, whatever the operation does. */
  cut(error: Error): void {
    this.#cut?.(error);
  }

  /** Ends the waiting for the operation under way now if it has not ended by itself after `graceMs` of real time. */
  cutAfter(graceMs: number, error: Error): void {
    const cut = this.#cut;
    if (cut) setTimeout(() => this.#cut === cut && cut(error), graceMs).unref();
  }

  /** The outcome of the operation, or the error by which its waiting is cut. */
  await(operation: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cut = (error: Error): void => reject(error);
      this.#cut = cut;
      const settle = (): void => {
        if (this.#cut === cut) this.#cut = undefined;
      };
      operation.then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: Error) => {
          settle();
          reject(error);
        },
      );
    });
  }
}
