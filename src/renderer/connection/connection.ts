import {createORPCClient} from '@orpc/client';
import type {ContractRouterClient} from '@orpc/contract';
import {createTanstackQueryUtils} from '@orpc/tanstack-query';
import {createStore} from 'zustand/vanilla';
import type {ApiContract, AppInfo} from '../../contract/api/index.ts';
import type {HostEnding} from '../../contract/host-process.ts';
import {linkOver} from './link-over.ts';
import {keepToken, readToken} from './token.ts';
import {openPort, openSocket, type Transport, Unauthorised} from './transport.ts';

export type BenchClient = ContractRouterClient<ApiContract>;

export interface ConnectionState {
  /** refused: the host is there but does not know this window's token. */
  readonly phase: 'connecting' | 'open' | 'lost' | 'refused';
  /** When the present phase began, ms since the epoch. */
  readonly sinceMs: number;
  readonly info: AppInfo | null;
  /** Of a lost connection: the program said that it ends, so nothing goes on behind it; null without such a message. */
  readonly hostEnding: HostEnding | null;
  /** Counts up with every connection made, so that whoever follows something asks again. */
  readonly generation: number;
}

export const connectionStore = createStore<ConnectionState>(() => ({
  phase: 'connecting',
  sinceMs: Date.now(),
  info: null,
  hostEnding: null,
  generation: 0,
}));

const enter = (phase: ConnectionState['phase'], more: Partial<ConnectionState> = {}): void =>
  connectionStore.setState((state) => ({
    ...more,
    phase,
    sinceMs: state.phase === phase ? state.sinceMs : Date.now(),
  }));

let transport: Transport | null = null;

/** The typed client. A call while there is no connection fails at once: nothing waits to be sent later unasked. */
export const client: BenchClient = createORPCClient(linkOver(() => transport));

/** Query options of every procedure, for react-query. */
export const queries = createTanstackQueryUtils(client);

const retryMs = [200, 400, 800, 1500, 3000];

/** Connects and keeps connected until the page goes; `open` finds a way to the host anew each time. */
export async function keepConnected(open: () => Promise<Transport> = openTransport): Promise<void> {
  for (let failures = 0; ;) {
    try {
      transport = await open();
      const info = await client.app.info();
      failures = 0;
      enter('open', {info, hostEnding: null, generation: connectionStore.getState().generation + 1});
      enter('lost', await transport.closed);
    } catch (error) {
      transport?.close();
      if (error instanceof Unauthorised) {
        enter('refused');
        await newToken();
        enter('connecting');
        continue;
      }
      if (connectionStore.getState().phase !== 'connecting') enter('lost');
    }
    transport = null;
    await new Promise((resolve) => setTimeout(resolve, retryMs[Math.min(failures, retryMs.length - 1)]));
    failures++;
  }
}

async function openTransport(): Promise<Transport> {
  if (window.d2nnShell) return openPort(window.d2nnShell, AbortSignal.timeout(10_000));
  const token = readToken();
  if (token === null) throw new Unauthorised();
  return openSocket(token);
}

let tokenGiven = Promise.withResolvers<void>();

const newToken = async (): Promise<void> => {
  tokenGiven = Promise.withResolvers();
  await tokenGiven.promise;
};

/** Takes another token, from a link that was pasted. */
export function connectWithToken(token: string): void {
  keepToken(token);
  tokenGiven.resolve();
}

/** Gives up the present connection, so that a new one is made: it has not answered for too long. */
export function dropConnection(): void {
  transport?.close();
}
