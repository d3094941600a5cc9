import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {SerialPort} from 'serialport';

export interface PortInfo {
  readonly path: string;
  /** Maker and serial number as the system knows them; empty when it does not. */
  readonly description: string;
}

const devicePattern = /^(tty(USB|ACM|AMA|XRUSB|WCH|S)\d+|cu\..+|tty\.usb.+)$/;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // A folder that is not there holds no ports.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function portsFromFolders(root: string): Promise<PortInfo[]> {
  const byId = (await namesIn(join(root, 'serial', 'by-id'))).map((name) => ({
    path: join(root, 'serial', 'by-id', name),
    description: name,
  }));
  if (byId.length > 0) return byId;
  return (await namesIn(root))
    .filter((name) => devicePattern.test(name))
    .map((name) => ({path: join(root, name), description: ''}));
}

/**
 * Serial ports of this machine. On Linux the library asks `udevadm`, which small systems lack; then the device
 * folders are read instead.
 */
export async function listPorts(deviceRoot = '/dev'): Promise<readonly PortInfo[]> {
  try {
    const ports = await SerialPort.list();
    return ports.map(({path, manufacturer, serialNumber}) => ({
      path,
      description: [manufacturer, serialNumber].filter((part) => part !== undefined).join(' '),
    }));
  } catch {
    // ENOENT where udevadm is missing; whatever else it is, a list made by hand serves the person better than none.
    return portsFromFolders(deviceRoot);
  }
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
