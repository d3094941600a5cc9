import {stat} from 'node:fs/promises';
import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {SerialPort} from 'serialport';
import {BenchError} from '../../contract/errors.ts';
import type {LinkSettings} from '../../contract/link.ts';
import {byteLinkFromStream} from './byte-link.ts';
import type {ByteLink} from './byte-link.ts';
import {describePorts} from './list-ports.ts';

/** How long DTR stays low for a board's reset, ms. */
const resetPulseMs = 100;

const parityLetters = {none: 'N', odd: 'O', even: 'E'} as const;

export const describeLine = (settings: LinkSettings): string =>
  `${settings.baudRate} baud ${settings.dataBits}${parityLetters[settings.parity]}${settings.stopBits}`;

function openPort(port: SerialPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.open((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (!port.isOpen) return resolve();
    // An error here means that the device is already gone, which is what closing is for.
    port.close(() => resolve());
  });
}

async function pulseDtr(port: SerialPort): Promise<void> {
  const set = (dtr: boolean): Promise<void> =>
    new Promise((resolve) => {
      // A pseudo-terminal has no DTR line and refuses; then there is nothing to reset either.
      port.set({dtr}, () => resolve());
    });
  await set(false);
  await sleepRealMs(resetPulseMs);
  await set(true);
}

async function failureFrom(path: string, settings: LinkSettings, error: Error): Promise<BenchError> {
  const {message} = error;
  const isMissing =
    /no such file|cannot find|not found|no such device|ENOENT|ENXIO/i.test(message) ||
    (path.startsWith('/') && (await stat(path).catch(() => undefined)) === undefined);
  if (isMissing)
    return new BenchError(
      'port/not-found',
      `There is no port ${path}: ${await describePorts()}. Nothing was sent and nothing is lost; plug the instrument in or correct the port.`,
      {details: {port: path}, cause: error},
    );
  if (/cannot lock port|temporarily unavailable|access denied|busy/i.test(message))
    return new BenchError(
      'port/busy',
      `${path} is in use by another program. Nothing was sent to it; end that program (or a serial monitor) and try again.`,
      {details: {port: path}, cause: error},
    );
  if (/permission denied|EACCES/i.test(message))
    return new BenchError(
      'port/open-failed',
      `${path} may not be opened by this user. Nothing was sent; on Linux join the group that owns it (often dialout) and log in again.`,
      {details: {port: path}, cause: error},
    );
  return new BenchError(
    'port/open-failed',
    `${path} could not be opened with ${describeLine(settings)}: ${message}. Nothing was sent; check the port and its settings.`,
    {details: {port: path}, cause: error},
  );
}

/** Opens a serial device (a pseudo-terminal counts) for this program alone. Throws port errors that say what to do. */
export async function openSerial(path: string, settings: LinkSettings): Promise<ByteLink> {
  const port = new SerialPort({
    path,
    baudRate: settings.baudRate,
    dataBits: settings.dataBits,
    stopBits: settings.stopBits,
    parity: settings.parity,
    lock: true,
    autoOpen: false,
  });
  try {
    await openPort(port);
  } catch (error) {
    throw await failureFrom(path, settings, error as Error);
  }
  const bytes = byteLinkFromStream(port, {
    name: path,
    settingsText: describeLine(settings),
    bitsPerSecond: settings.baudRate,
    close: () => closePort(port),
  });
  if (settings.dtr === 'pulse') await pulseDtr(port);
  else if (settings.dtr === 'on') port.set({dtr: true}, () => undefined);
  return bytes;
}
