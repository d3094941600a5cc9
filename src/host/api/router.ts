import type {Router} from '@orpc/server';
import {apiContract} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {os, type ApiContext} from './procedures.ts';
import type {HostServices} from './services.ts';

/** All procedures of the contract, to be served by any transport. */
export type ApiRouter = Router<typeof apiContract, ApiContext>;

/** Features that are not implemented yet answer with `internal`. */
function missingFeature(name: keyof typeof apiContract): unknown {
  const feature = os[name] as unknown as Record<string, {handler(handler: () => never): unknown}>;
  return Object.fromEntries(
    Object.keys(apiContract[name]).map((procedure) => [
      procedure,
      feature[procedure]?.handler(() => {
        throw new BenchError(
          'internal',
          `${name}.${procedure} is not part of this program yet. Nothing was done.`,
        );
      }),
    ]),
  );
}

/** Assembles the features of the API over the host's services. */
export function createRouter(services: HostServices): ApiRouter {
  void services;
  const names = Object.keys(apiContract) as (keyof typeof apiContract)[];
  return os.router(
    Object.fromEntries(names.map((name) => [name, missingFeature(name)])) as unknown as ApiRouter,
  );
}
