import type {Duplex} from 'node:stream';
import type {Clock} from '../../base/clock.ts';
import type {LinkConfig} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {LinkSettings} from '../../contract/link.ts';
import {byteLinkFromStream} from './byte-link.ts';
import type {ByteLink} from './byte-link.ts';
import {createLineLink} from './line-link.ts';
import type {LineLink} from './line-link.ts';
import {openSerial} from './open-serial.ts';
import {openTcp} from './open-tcp.ts';
import type {PortKey, PortLocks} from './port-lock.ts';
import type {TraceListener} from './trace.ts';

/** Where an instrument is: a port of the bench file, or a stream inside this process (the virtual bench without ptys). */
export type LinkTarget = LinkConfig | {readonly stream: Duplex; readonly name: string};

export interface OpenLinkOptions {
  readonly clock: Clock;
  readonly locks: PortLocks;
  readonly timeoutScale?: number;
  /** No time limit is shorter than this in real time. */
  readonly shortestLimitRealMs?: number;
  readonly onTrace?: TraceListener | undefined;
  readonly onHazard?: ((isPossible: boolean) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The driver's own line settings with the bench file's overrides. */
export function linkSettingsFrom(declared: LinkSettings, target: LinkTarget): LinkSettings {
  if ('stream' in target) return declared;
  return {
    ...declared,
    ...(target.baudRate === undefined ? {} : {baudRate: target.baudRate}),
    ...(target.parity === undefined ? {} : {parity: target.parity}),
  };
}

interface Place {
  readonly key: PortKey | undefined;
  open(): Promise<ByteLink>;
}

function placeOf(target: LinkTarget, settings: LinkSettings, signal: AbortSignal | undefined): Place {
  if ('stream' in target)
    return {key: undefined, open: async () => byteLinkFromStream(target.stream, {name: target.name})};
  if (target.host !== undefined) {
    const port = target.tcpPort ?? settings.tcpPort;
    if (port === undefined)
      throw new BenchError(
        'file/invalid',
        `The link to ${target.host} needs tcpPort; this driver has no default one.`,
      );
    const {host} = target;
    return {key: {kind: 'tcp', host, port}, open: () => openTcp(host, port, signal)};
  }
  const path = target.port ?? '';
  return {key: {kind: 'serial', path}, open: () => openSerial(path, settings)};
}

/** Reserves and opens the port and puts lines on it. Disposing the link closes and frees the port. */
export async function openLink(
  target: LinkTarget,
  declared: LinkSettings,
  options: OpenLinkOptions,
): Promise<LineLink> {
  options.signal?.throwIfAborted();
  const settings = linkSettingsFrom(declared, target);
  const place = placeOf(target, settings, options.signal);
  const lock = place.key === undefined ? undefined : await options.locks.acquire(place.key);
  try {
    const bytes = withLock(await place.open(), lock);
    return createLineLink(bytes, settings, options);
  } catch (error) {
    await lock?.[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * A link that gives its reservation back when it is closed, and when it is lost: an instrument that was unplugged may be
 * taken by another program, or by this one at another port. Whoever connects anew reserves anew.
 */
function withLock(bytes: ByteLink, lock: AsyncDisposable | undefined): ByteLink {
  if (lock === undefined) return bytes;
  let closing: Promise<void> | undefined;
  const letGo = async (): Promise<void> => {
    // The port first: as long as it is open here, nobody else may believe it to be free.
    await bytes.close();
    await lock[Symbol.asyncDispose]();
  };
  const close = (): Promise<void> => (closing ??= letGo());
  return {
    name: bytes.name,
    settingsText: bytes.settingsText,
    bitsPerSecond: bytes.bitsPerSecond,
    get isOpen() {
      return bytes.isOpen;
    },
    write: (chunk) => bytes.write(chunk),
    onBytes: (listener) => bytes.onBytes(listener),
    onLost: (listener) =>
      bytes.onLost((reason) => {
        listener(reason);
        // Whoever closes the link later waits for the same and is told what failed.
        close().catch(() => undefined);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
