import {benchErrorFrom} from '../contract/errors.ts';
import type {BenchClient} from './host-client.ts';

/** Until it is disposed: an abort of `signal` (Ctrl-C) stops the bench as STOP does, or breaks its opening off. */
export function haltOnAbort(client: BenchClient, signal: AbortSignal): Disposable {
  const halt = (): void => {
    const {message, details} = benchErrorFrom(signal.reason);
    const reason = typeof details['reason'] === 'string' ? details['reason'] : message;
    // What could not be proven safe is reported when the bench closes.
    client.app.halt({reason: reason.slice(0, 200)}).catch(() => undefined);
  };
  if (signal.aborted) halt();
  else signal.addEventListener('abort', halt, {once: true});
  return {[Symbol.dispose]: () => signal.removeEventListener('abort', halt)};
}
