import {readdir, realpath} from 'node:fs/promises';
import {join} from 'node:path';
import {SerialPort} from 'serialport';
import {hasErrorCode} from '../files/read-if-there.ts';

export interface PortInfo {
  readonly path: string;
  /** Maker and serial number as the system knows them; empty when it does not. */
  readonly description: string;
  /** What stays when the adapter is plugged in elsewhere: `0403:6001 A50285BI`; empty when the system does not know. */
  readonly identity: string;
}

const devicePattern = /^(tty(USB|ACM|AMA|XRUSB|WCH|S)\d+|cu\..+|tty\.usb.+)$/;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // A folder that is not there holds no ports.
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function portsFromFolders(root: string): Promise<PortInfo[]> {
  const byId = (await namesIn(join(root, 'serial', 'by-id'))).map((name) => ({
    path: join(root, 'serial', 'by-id', name),
    description: name,
    identity: name,
  }));
  if (byId.length > 0) return byId;
  return (await namesIn(root))
    .filter((name) => devicePattern.test(name))
    .map((name) => ({path: join(root, name), description: '', identity: ''}));
}

/**
 * Serial ports of this machine. On Linux the library asks `udevadm`, which small systems lack; then the device
 * folders are read instead.
 */
export async function listPorts(deviceRoot = '/dev'): Promise<readonly PortInfo[]> {
  try {
    const ports = await SerialPort.list();
    return ports.map(({path, manufacturer, serialNumber, vendorId, productId, pnpId}) => ({
      path,
      description: [manufacturer, serialNumber].filter((part) => part !== undefined).join(' '),
      identity:
        vendorId !== undefined && productId !== undefined
          ? `${vendorId}:${productId} ${serialNumber ?? ''}`.trim()
          : (pnpId ?? ''),
    }));
  } catch {
    // ENOENT where udevadm is missing; whatever else it is, a list made by hand serves the person better than none.
    return portsFromFolders(deviceRoot);
  }
}

/** The USB adapter that makes a port. */
export interface Adapter {
  /** As in `PortInfo`. */
  readonly identity: string;
  /** It has a serial number that no other port here has. */
  readonly isUnique: boolean;
}

/** Ends with the serial number that `listPorts` writes behind maker and product; cheap adapters have none. */
const hasSerialNumber = (identity: string): boolean => /^[\da-f]{4}:[\da-f]{4} \S/i.test(identity);

/** Two names of one device (`/dev/serial/by-id/...`, `/dev/ttyUSB0`) are the same port. */
const devicePathOf = (path: string): Promise<string> => realpath(path).catch(() => path);

/**
 * The adapter that makes the port of this name; undefined where the system knows none (network, pseudo-terminal, a port of
 * the board, no such port).
 */
export async function adapterOf(
  path: string,
  list: () => Promise<readonly PortInfo[]> = listPorts,
): Promise<Adapter | undefined> {
  const device = await devicePathOf(path);
  if (/^\/dev\/pts\//.test(device)) return undefined;
  const ports = await list();
  const devices = await Promise.all(ports.map((port) => devicePathOf(port.path)));
  const identity = ports.find((_, index) => devices[index] === device)?.identity ?? '';
  if (identity === '') return undefined;
  const namesakes = ports.filter((port) => port.identity === identity);
  return {identity, isUnique: namesakes.length === 1 && hasSerialNumber(identity)};
}

/** The ports there are as the end of a sentence. */
export async function describePorts(): Promise<string> {
  const ports = await listPorts();
  if (ports.length === 0) return 'this machine shows no serial port at all';
  return `the ports there are: ${ports
    .slice(0, 12)
    .map(({path}) => path)
    .join(', ')}`;
}
