import {createORPCClient} from '@orpc/client';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {linkOver} from '../../../src/renderer/connection/link-over.ts';
import {isDisconnect, wasSent} from '../../../src/renderer/connection/problem.ts';
import type {Transport} from '../../../src/renderer/connection/transport.ts';

type Call = (signal: AbortSignal | undefined) => Promise<unknown>;

/** A client over a transport whose openness and answers the test decides. */
function clientOver(state: {isOpen: boolean}, answer: Call) {
  const transport = {
    isOpen: () => state.isOpen,
    link: {call: (_path: unknown, _input: unknown, {signal}: {signal?: AbortSignal}) => answer(signal)},
  } as unknown as Transport;
  return createORPCClient<{ask: (input: undefined, options?: {signal?: AbortSignal}) => Promise<unknown>}>(
    linkOver(() => transport),
  );
}

const unheard: unknown[] = [];
const hear = (reason: unknown): void => void unheard.push(reason);
beforeEach(() => {
  unheard.length = 0;
  process.on('unhandledRejection', hear);
});
afterEach(() => process.off('unhandledRejection', hear));

const never: Call = () => new Promise(() => undefined);
/** As the library's link does it: it tells the host, which throws when nothing can go out. */
const reportsAbort =
  (state: {readonly isOpen: boolean}): Call =>
  (signal) =>
    new Promise((_, reject) => {
      const report = async (): Promise<void> => {
        if (!state.isOpen) throw new Error('Cannot send message, WebSocket is not open.');
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', () => void report());
    });

test('a call without a connection fails at once as not sent', async () => {
  const error: unknown = await clientOver({isOpen: false}, never)
    .ask(undefined)
    .catch((thrown: unknown) => thrown);
  expect(isDisconnect(error)).toBe(true);
  expect(wasSent(error)).toBe(false);
});

test('a call whose connection ends before the answer says that it may have been done', async () => {
  const state = {isOpen: true};
  const error: unknown = await clientOver(state, () => {
    state.isOpen = false;
    return Promise.reject(new DOMException('Queue was closed', 'AbortError'));
  })
    .ask(undefined)
    .catch((thrown: unknown) => thrown);
  expect(isDisconnect(error)).toBe(true);
  expect(wasSent(error)).toBe(true);
});

test('withdrawing a call after the connection is gone sends nothing and fails nowhere unheard', async () => {
  const state = {isOpen: true};
  const ending = new AbortController();
  void clientOver(state, reportsAbort(state)).ask(undefined, {signal: ending.signal});
  state.isOpen = false;
  ending.abort();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(unheard).toEqual([]);
});

test('withdrawing a call while the connection lasts tells the host', async () => {
  const state = {isOpen: true};
  const ending = new AbortController();
  const asked = clientOver(state, reportsAbort(state)).ask(undefined, {signal: ending.signal});
  ending.abort(new Error('not wanted any more'));
  await expect(asked).rejects.toThrow('not wanted any more');
});

test('an error of the procedure stays what it is', async () => {
  await expect(
    clientOver({isOpen: true}, () => Promise.reject(new Error('refused'))).ask(undefined),
  ).rejects.toThrow('refused');
});
