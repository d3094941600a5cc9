import {createRouterClient} from '@orpc/server';
import type {Computation, Scope} from '../../../src/contract/api/index.ts';
import {pageFeatures} from '../../../src/host/api/router.ts';
import type {createHost} from './api-fixture.ts';

export type TestedHost = Awaited<ReturnType<typeof createHost>>;

/** The client of one who was let in with a scope. */
export const clientOf = ({services, lines}: Pick<TestedHost, 'services' | 'lines'>, scope: Scope) =>
  createRouterClient(pageFeatures(services), {
    context: {scope, client: scope, operator: () => '', audit: (line) => lines.push(line)},
  });

/** Waits for a computation until it is as `isSo` says, as a window does; returns how it stands then. */
export async function follow(
  {client}: Pick<TestedHost, 'client'>,
  id: string,
  isSo = ({endedUtc}: Computation): boolean => endedUtc !== null,
): Promise<Computation> {
  for (let after = 0; ;) {
    const {last, computations} = await client.computations.status({after, waitMs: 5000});
    const own = computations.find((computation) => computation.id === id);
    if (!own) throw new Error(`The computation ${id} is not listed.`);
    if (isSo(own)) return own;
    if (own.endedUtc !== null) throw new Error(`It has ended: ${own.text}`);
    after = last;
  }
}
