const skipped = new Error('The operator skipped this wait.');

/** The wait, question or computation under way: it can be ended, and a wait can be skipped. */
export class Waits {
  readonly #onSkipped: (what: string) => void;
  #controller: AbortController | undefined;
  #skippable: AbortController | undefined;

  constructor(onSkipped: (what: string) => void) {
    this.#onSkipped = onSkipped;
  }

  /** What is under way rejects with the reason. */
  end(reason: Error): void {
    this.#controller?.abort(reason);
  }

  /** Ends the wait as if it were over; false when there is none that may be skipped. */
  skip(): boolean {
    const wait = this.#controller;
    if (!wait || wait !== this.#skippable || wait.signal.aborted) return false;
    wait.abort(skipped);
    return true;
  }

  skippable(what: string, start: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const wait = this.interruptible(start);
    this.#skippable = this.#controller;
    return wait.catch((error: unknown) => {
      if (error !== skipped) throw error;
      this.#onSkipped(what);
    });
  }

  interruptible<Value>(start: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const controller = new AbortController();
    this.#controller = controller;
    return new Promise<Value>((resolve, reject) => {
      // Also for one that does not look at its signal.
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), {
        once: true,
      });
      start(controller.signal).then(resolve, reject);
    }).finally(() => {
      if (this.#controller === controller) this.#controller = undefined;
    });
  }
}
