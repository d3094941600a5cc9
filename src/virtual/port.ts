import {Duplex} from 'node:stream';
import {createServer, type Socket} from 'node:net';
import type {ByteLine, VirtualInstrument} from './byte-line.ts';
import {openPtyPort} from './port-pty.ts';
import type {VirtualPort} from './virtual-port.ts';

/** Bytes that may wait for a client that does not read; more is lost, as on a serial line. */
export const longestBacklog = 1 << 20;

/**
 * Puts an instrument behind a port that any program can open: a pseudo-terminal for serial instruments where the
 * system has them, TCP on the loopback otherwise.
 */
export async function openPort(
  instrument: VirtualInstrument,
  {prefersTcp = false, tcpPort = 0}: {readonly prefersTcp?: boolean; readonly tcpPort?: number} = {},
): Promise<VirtualPort> {
  const canPty = process.platform === 'linux' || process.platform === 'darwin';
  return instrument.link === 'serial' && canPty && !prefersTcp
    ? openPtyPort(instrument.openLine()).catch((error: unknown) => {
        // The pty package is optional: without it every program can still come by TCP.
        if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
        return openTcpPort(instrument, tcpPort);
      })
    : openTcpPort(instrument, tcpPort);
}

/**
 * How a browser begins that a page of any site has sent to this port; what follows would be read as commands. A client of
 * an instrument never does.
 */
const browserGreeting = /^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) \//;

/** TCP on 127.0.0.1. A network instrument gives each client its own conversation; a serial one shares its wire. */
export async function openTcpPort(instrument: VirtualInstrument, tcpPort = 0): Promise<VirtualPort> {
  const sockets = new Set<Socket>();
  const server = createServer({noDelay: true}, (socket) => {
    sockets.add(socket);
    const line = instrument.openLine();
    socket.once('data', (bytes: Buffer) => {
      if (browserGreeting.test(bytes.toString('latin1', 0, 16))) socket.destroy();
    });
    const stop = line.onTransmit((bytes) => {
      if (socket.writable && socket.writableLength + bytes.length <= longestBacklog) socket.write(bytes);
    });
    socket.on('data', (bytes: Buffer) => {
      if (socket.destroyed) return;
      // @position virtual.asked
      line.receive(bytes);
    });
    // A client that dies in mid-sentence is no fault of the instrument; 'close' always follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      stop();
      if (instrument.link === 'network' || sockets.size === 0) line.dropPartialInput();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(tcpPort, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The TCP server has no port.');
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }));
  return {
    address: {host: '127.0.0.1', port: address.port},
    unplug: close,
    [Symbol.asyncDispose]: close,
  };
}

/** An instrument as a stream inside this process, for systems without pseudo-terminals and for tests. */
export function createDuplex(instrument: VirtualInstrument): Duplex {
  const line: ByteLine = instrument.openLine();
  const duplex = new Duplex({
    read: () => undefined,
    write(chunk: Uint8Array, _encoding, done) {
      line.receive(chunk);
      done();
    },
    destroy(error, done) {
      stop();
      line.dropPartialInput();
      done(error);
    },
  });
  const stop = line.onTransmit((bytes) => {
    if (duplex.readableLength + bytes.length <= longestBacklog) duplex.push(Buffer.from(bytes));
  });
  return duplex;
}
