import {createORPCClient, type ClientContext, type ClientLink} from '@orpc/client';
import type {ContractRouterClient} from '@orpc/contract';
import type {ApiContract} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import {openLocalHost, type LocalHostOptions} from '../host/compose.ts';
import type {CliContext} from './context.ts';
import {callError} from './host-error.ts';
import {openRemoteLink} from './remote-link.ts';

/** The whole API, typed by its contract. Every failed call rejects with a `BenchError`. */
export type BenchClient = ContractRouterClient<ApiContract>;

/**
 * The host that a command uses. Disposing it leaves a running host as it is, and ends one of this process: source off,
 * stages stopped, store closed; throws `device/fault` with what could not be made safe.
 */
export interface HostConnection extends AsyncDisposable {
  readonly client: BenchClient;
  /** A host of this process, which nobody else uses. */
  readonly isLocal: boolean;
  /** A path in an answer of the host, for a person: a running host may be on another computer, and says where. */
  readonly pathText: (path: string) => string;
}

export type HostClientOptions = Omit<LocalHostOptions, 'env'>;

/** See `openHostClient` of `host-client.ts`, by which commands enter. */
export async function openHostClient(
  {env, host}: CliContext,
  options: HostClientOptions,
): Promise<HostConnection> {
  const address = host();
  if (address) {
    const remote = await openRemoteLink(address);
    return {
      client: clientOver(async (path, input, signal) => {
        try {
          return await remote.link.call(path, input, {context: {}, ...(signal && {signal})});
        } catch (error) {
          throw remote.isOpen() ? error : connectionLost(address.url, error);
        }
      }),
      isLocal: false,
      pathText: (path) => `${path} (on the host's machine, ${address.url})`,
      [Symbol.asyncDispose]: () => remote.close(),
    };
  }
  const local = await openLocalHost({...options, env});
  return {
    client: clientOver(async (path, input, signal) => {
      try {
        return await local.call(path, input, signal);
      } catch (error) {
        throw withHostHint(callError(error, signal));
      }
    }),
    isLocal: true,
    pathText: (path) => path,
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
}

const connectionLost = (url: string, cause: unknown): BenchError =>
  new BenchError(
    'api/disconnected',
    `The program at ${url} is gone, or the connection to it is: whether the last call was done is not known. Points stored before are safe. If that program still runs, it goes on with what it was doing: look at its window and at the bench.`,
    {cause, details: {url, atTerminal: `"halt --host ${url}" stops it.`}},
  );

/** What another program holds is most often held by the running d2nn-bench, which a command can use. */
const withHostHint = (error: BenchError): BenchError =>
  error.code !== 'port/busy' || error.details['atTerminal'] !== undefined
    ? error
    : new BenchError(error.code, error.message, {
        details: {
          ...error.details,
          atTerminal:
            'If a running d2nn-bench holds it, let the command use that: --host http://127.0.0.1:PORT --token TOKEN, as its About page shows them.',
        },
        cause: error,
      });

type Call = (path: readonly string[], input: unknown, signal: AbortSignal | undefined) => Promise<unknown>;

function clientOver(call: Call): BenchClient {
  const link: ClientLink<ClientContext> = {
    async call(path, input, {signal}) {
      try {
        // @position command.asking
        return await call(path, input, signal);
      } catch (error) {
        throw callError(error, signal);
      }
    },
  };
  return createORPCClient(link);
}
