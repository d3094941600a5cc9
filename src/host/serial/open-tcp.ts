import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {BenchError} from '../../contract/errors.ts';
import {byteLinkFromStream} from './byte-link.ts';
import type {ByteLink} from './byte-link.ts';

const connectTimeoutMs = 5000;

const hints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the instrument on, and is it the right port?',
  ENOTFOUND: 'no machine has that name',
  EHOSTUNREACH: 'that address cannot be reached: check network cable and address',
  ENETUNREACH: 'this machine is not in that network',
  ETIMEDOUT: 'no answer: check address, cable and firewall',
};

function connectSocket(host: string, port: number, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({host, port, noDelay: true, keepAlive: true});
    const fail = (error: Error): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(Object.assign(new Error('no answer'), {code: 'ETIMEDOUT'})),
      connectTimeoutMs,
    );
    const onAbort = (): void => fail(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, {once: true});
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Opens a raw socket to an instrument. Throws `port/not-found` or `port/open-failed`. */
export async function openTcp(host: string, port: number, signal?: AbortSignal): Promise<ByteLink> {
  const name = `${host}:${port}`;
  signal?.throwIfAborted();
  try {
    return byteLinkFromStream(await connectSocket(host, port, signal), {name});
  } catch (error) {
    signal?.throwIfAborted();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new BenchError(
      code === 'ENOTFOUND' || code === 'ECONNREFUSED' ? 'port/not-found' : 'port/open-failed',
      `No connection to ${name}: ${hints[code] ?? (error as Error).message}. Nothing was sent and nothing is lost.`,
      {details: {port: name, code}, cause: error},
    );
  }
}
