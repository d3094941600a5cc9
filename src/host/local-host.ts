import {userInfo} from 'node:os';
import {createProcedureClient, getRouter, unlazy, type AnyProcedure} from '@orpc/server';
import {BenchError} from '../contract/errors.ts';
import {createCallerContext} from './api/clients.ts';
import {createRouter} from './api/router.ts';
import {createHost, type HostOptions} from './create-host.ts';

/** A host in this process, without a door to others. Disposing it makes the bench safe and closes everything. */
export interface LocalHost extends AsyncDisposable {
  /** Calls a procedure of the API as one who may do everything. Rejects as the procedure does. */
  call(path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown>;
}

/** What a program that runs once gives; the rest is a host's own. */
export type LocalHostOptions = Pick<HostOptions, 'env' | 'timeoutScale' | 'store'>;

/** Opens data folder, store and settings; no bench is open yet. Throws what keeps them from being used. */
export async function openLocalHost(
  options: LocalHostOptions & Pick<HostOptions, 'startVirtualBench'>,
): Promise<LocalHost> {
  const host = await createHost({...options, remembersBench: false});
  const router = createRouter(host.services, {links: () => [], openApiPath: ''});
  const context = createCallerContext(host.services, {scope: 'admin', client: userInfo().username});
  return {
    async call(path, input, signal) {
      const found = getRouter(router, path);
      const {default: procedure} = await unlazy(found);
      // The caller's types are those of the contract, which the router is checked against.
      const client = createProcedureClient(procedure as AnyProcedure, {context, path});
      return client(input, signal === undefined ? {} : {signal});
    },
    async [Symbol.asyncDispose]() {
      const problems = await host.shutDown('the command is done');
      if (problems.length > 0) throw new BenchError('device/fault', problems.join(' '));
    },
  };
}
