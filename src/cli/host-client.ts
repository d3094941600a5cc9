import type {CliContext} from './context.ts';
import type {HostClientOptions, HostConnection} from './open-host-client.ts';

export type {BenchClient, HostClientOptions, HostConnection} from './open-host-client.ts';

/**
 * Opens the running host that `--host` names, or one in this process on the data folder. `store` says how one in this
 * process uses the database: `write` to measure, `look` to look at what is stored, `when-needed` for instruments by
 * hand. Throws what keeps it from being opened; nothing has moved then.
 *
 * A command is a thin face of a procedure: it opens this in its implementation, a module that its action loads.
 * What it takes to call a host is loaded then: a mistake in the options is told without.
 */
export async function openHostClient(
  context: CliContext,
  options: HostClientOptions = {},
): Promise<HostConnection> {
  return (await import('./open-host-client.ts')).openHostClient(context, options);
}
