import type {ClientContext, ClientLink} from '@orpc/client';
import {disconnected} from './problem.ts';
import type {Transport} from './transport.ts';

/**
 * Calls over whatever transport there is at the moment. One without a connection fails at once and is not kept for later;
 * one whose connection ends before the answer fails saying that it may have been done. Withdrawing a call tells the host
 * only while a message can go out: nothing fails behind a caller who does not wait any more.
 */
export function linkOver(current: () => Transport | null): ClientLink<ClientContext> {
  return {
    async call(path, input, options) {
      const transport = current();
      if (!transport?.isOpen()) throw disconnected({wasSent: false});
      const {signal} = options;
      signal?.throwIfAborted();
      const [withdrawing, done] = [new AbortController(), new AbortController()];
      signal?.addEventListener(
        'abort',
        () => {
          if (transport.isOpen()) withdrawing.abort(signal.reason);
        },
        {signal: done.signal},
      );
      try {
        return await transport.link.call(path, input, {...options, signal: withdrawing.signal});
      } catch (error) {
        signal?.throwIfAborted();
        if (!transport.isOpen()) throw disconnected({wasSent: true});
        throw error;
      } finally {
        done.abort();
      }
    },
  };
}
