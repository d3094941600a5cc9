import {BenchError} from '../contract/errors.ts';
import {hostEnvironment} from '../contract/host-process.ts';
import type {HostAddress} from './context.ts';

/** Options of the whole program that name a running host. */
export interface HostCliOptions {
  readonly host?: string;
  readonly token?: string;
}

/**
 * The running host that options or environment name; undefined without one. An address as About shows it, with
 * `#token=...`, holds its token itself. Throws `cli/usage` for what is no address or lacks its token.
 */
export function hostAddressFrom(
  {host, token}: HostCliOptions,
  env: NodeJS.ProcessEnv,
): HostAddress | undefined {
  const text = host || env[hostEnvironment.address];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:')
    throw new BenchError(
      'cli/usage',
      `--host ${text} is no address of a running program: give http://127.0.0.1:PORT as its About page shows it. Nothing was started.`,
    );
  const known = token || new URLSearchParams(url.hash.slice(1)).get('token') || env[hostEnvironment.token];
  if (!known)
    throw new BenchError(
      'cli/usage',
      `--host ${url.origin} needs a token: give --token, or set ${hostEnvironment.token}; the About page of the running program shows it. Nothing was started.`,
    );
  return {url: url.origin, token: known};
}
