import {createORPCClient, type Client} from '@orpc/client';
import {RPCLink} from '@orpc/client/websocket';
import {expect, it} from 'vitest';
import {socketUntilClosed} from '../../src/base/socket-until-closed.ts';

/** A socket whose state and events the test decides. */
class TestSocket extends EventTarget {
  readyState: WebSocket['readyState'] = WebSocket.OPEN;
  readonly sent: unknown[] = [];
  send(message: unknown): void {
    if (this.readyState !== WebSocket.OPEN) throw new Error('sent on a socket that is not open');
    this.sent.push(message);
  }
}

interface TestClient {
  readonly ask: Client<Record<never, never>, object, unknown, Error>;
}

function createClient(): {readonly socket: TestSocket; readonly client: TestClient} {
  const socket = new TestSocket();
  const link = new RPCLink({websocket: socketUntilClosed(socket)});
  return {socket, client: createORPCClient<{ask: TestClient['ask']}>(link)};
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

it('a call that is given up while its connection breaks is rejected, and nothing else', async () => {
  const {socket, client} = createClient();
  const controller = new AbortController();
  const call = client.ask({}, {signal: controller.signal});
  const ended = call.catch((error: unknown) => error);
  await turn();
  expect(socket.sent).toHaveLength(1);
  socket.readyState = WebSocket.CLOSING;
  controller.abort(new Error('no longer wanted'));
  await turn();
  socket.readyState = WebSocket.CLOSED;
  socket.dispatchEvent(new Event('close'));
  expect(await ended).toBeInstanceOf(Error);
  // An unhandled rejection would end this file.
  await turn();
  expect(socket.sent).toHaveLength(1);
});

it('a call that waits is rejected by the event that its connection is closed, and a later one at once', async () => {
  const {socket, client} = createClient();
  const {signal} = new AbortController();
  const waiting = client.ask({}, {signal}).catch((error: unknown) => error);
  await turn();
  socket.readyState = WebSocket.CLOSED;
  socket.dispatchEvent(new Event('close'));
  expect(await waiting).toBeInstanceOf(Error);
  await expect(client.ask({}, {signal})).rejects.toThrow('not open');
});
