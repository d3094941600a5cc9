import {createHash, timingSafeEqual} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Scope} from '../../../contract/api/index.ts';

/** One secret for each scope. */
export type AccessTokens = Readonly<Record<Scope, string>>;

/** Who is let in by the HTTP server. */
export interface Access {
  /** Scope of a token, undefined when it is none of ours. Takes the same time for every wrong token. */
  scopeOf(token: string): Scope | undefined;
  /**
   * Whether the request was meant for this server. A page of another site whose name was made to point here
   * (DNS rebinding) names that site.
   */
  isOwnHost(request: IncomingMessage): boolean;
  /** Whether the request comes from our own page, or from a program, which names no origin. */
  isOwnOrigin(request: IncomingMessage): boolean;
}

const scopes = ['admin', 'operate', 'read'] as const;
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets in who has one of the tokens, on one of the loopback names with the port that `port` gives. */
export function createAccess(tokens: AccessTokens, port: () => number): Access {
  const digests = scopes.map((scope) => ({scope, digest: digest(tokens[scope])}));
  const ownHosts = (): string[] =>
    ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) => [
      `${name}:${port()}`,
      ...(port() === 80 ? [name] : []),
    ]);
  return {
    scopeOf(token) {
      const given = digest(token);
      let found: Scope | undefined;
      // All are compared, whichever fits.
      for (const {scope, digest} of digests) if (timingSafeEqual(given, digest)) found ??= scope;
      return found;
    },
    isOwnHost: ({headers}) => ownHosts().includes(headers.host?.toLowerCase() ?? ''),
    isOwnOrigin: ({headers}) =>
      headers.origin === undefined ||
      ownHosts().some((host) => headers.origin?.toLowerCase() === `http://${host}`),
  };
}

/** Token of an `Authorization: Bearer` header; undefined without one. */
export function bearerToken({headers}: IncomingMessage): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
}
