import {once} from 'node:events';
import {MessageChannel, type MessagePort} from 'node:worker_threads';
import {createORPCClient} from '@orpc/client';
import {RPCLink} from '@orpc/client/message-port';
import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {typedArraySerializers} from '../../../../src/contract/api/index.ts';
import {createCallServer} from '../../../../src/host/api/transport/calls.ts';
import {createPortTransport, type CallPort} from '../../../../src/host/api/transport/port.ts';
import {awkwardNumbers, startServer, type ApiClient} from './transport-fixture.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const clientOn = (port: MessagePort): ApiClient => {
  const link = new RPCLink({
    port: port,
    customJsonSerializers: [...typedArraySerializers],
  });
  port.start();
  return createORPCClient(link);
};

/** A port as Electron's main side has it: its listener gets an event, and nothing comes before `start`. */
function asElectronPort(port: MessagePort): CallPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on(event: 'message' | 'close', listener: (message?: unknown) => void) {
      port.on(event, (data: unknown) => listener(event === 'message' ? {data, ports: []} : undefined));
      port.unref();
    },
    start: () => port.start(),
    close: () => port.close(),
  };
}

const createPorts = () =>
  createPortTransport(server.services, createCallServer(server.router, server.services));

it.each([
  ['node', (port: MessagePort): CallPort => port],
  ['Electron', asElectronPort],
])('answers calls over a port of %s, numbers bit by bit', async (_name, adapt) => {
  const {port1, port2} = new MessageChannel();
  const ports = createPorts();
  const before = server.services.clients.count;
  ports.connect(adapt(port1), {windowId: 3, scope: 'operate'});
  expect(server.services.clients.count).toBe(before + 1);
  const client = clientOn(port2);
  expect((await client.app.info()).scope).toBe('operate');
  const plane = await client.runs.plane({runUid: 'r'});
  expect([...(plane?.values ?? [])]).toEqual([...Float32Array.from(awkwardNumbers)]);
  await client.app.halt({});
  expect(server.store.listAudit(1)[0]).toMatchObject({action: 'halt', actor: 'window 3'});
  for (const rubbish of ['garbage', '{"i":"1","p":{"u":7}}', {i: '1'}, null, 7, new Uint8Array(3)])
    port2.postMessage(rubbish);
  expect((await client.app.info()).hostId).toBe('host-1');
  const closed = once(port2, 'close');
  ports.close();
  await closed;
  await delay(10);
  expect(server.services.clients.count).toBe(before);
});

it('ends the calls of a window that goes, and the earlier port of one that comes again', async () => {
  const ports = createPorts();
  const first = new MessageChannel();
  ports.connect(first.port1, {windowId: 1, scope: 'admin'});
  const client = clientOn(first.port2);
  const {last} = await client.bench.status({});
  const {abortedCalls} = server.controls;
  client.bench.status({after: last, waitMs: 20_000}).catch(() => undefined);
  while (server.controls.openCalls === 0) await delay(5);
  const closed = once(first.port2, 'close');
  const second = new MessageChannel();
  ports.connect(second.port1, {windowId: 1, scope: 'admin'});
  await closed;
  while (server.controls.openCalls > 0) await delay(5);
  expect(server.controls.abortedCalls).toBe(abortedCalls + 1);
  expect((await clientOn(second.port2).app.info()).hostId).toBe('host-1');
  ports.close();
});
