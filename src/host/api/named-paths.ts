import {isAbsolute, join, resolve, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {programRootUrl} from '../../base/module-url.ts';
import {BenchError} from '../../contract/errors.ts';
import type {HostServices} from '../services.ts';
import type {ApiContext} from './procedures.ts';

/** Where designs are: those that came with the program, and those of the data folder, where new ones are written. */
export function designPlacesOf({data}: Pick<HostServices, 'data'>): {
  readonly own: string;
  readonly all: string[];
} {
  const shipped = fileURLToPath(new URL('designs', programRootUrl(import.meta.url)));
  const own = join(data.path, 'designs');
  return {own, all: [shipped, own]};
}

/**
 * A path of this computer that a caller names, once it may: with the scope `admin` any, else only what lies in one of the
 * folders `within`. Throws `api/denied` otherwise and `file/invalid` for a path that is not whole, before anything at
 * that path is looked at; both leave an audit line.
 */
export function namedPath(
  path: string,
  {within, subject}: {readonly within: readonly string[]; readonly subject: string},
  context: ApiContext,
): string {
  const denied = (error: BenchError): BenchError => {
    const {client, scope} = context;
    context.audit({
      action: `${subject}-denied`,
      actor: context.operator() || client,
      subject,
      details: {client, scope, path, code: error.code, message: error.message},
    });
    return error;
  };
  if (!isAbsolute(path))
    throw denied(
      new BenchError(
        'file/invalid',
        `${path} is no whole path, and the host is in another folder than you may be. Nothing was done; begin at the root.`,
      ),
    );
  const whole = resolve(path);
  const isWithin = within.some((folder) => whole.startsWith(resolve(folder) + sep));
  if (context.scope === 'admin' || isWithin) return whole;
  throw denied(
    new BenchError(
      'api/denied',
      `${path} is not in ${within.length === 0 ? 'a folder that is open to this scope' : `a folder of designs (${within.join(', ')})`}, and other files of this computer are named with the scope "admin" only. Nothing was done; open the link for "admin" (About shows it at the bench).`,
      {details: {scope: context.scope, needs: 'admin'}},
    ),
  );
}
