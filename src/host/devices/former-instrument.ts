import type {DeviceIdentity} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Adapter} from '../serial/list-ports.ts';

/** Who stood in a place, for the line that is opened to it again. */
export interface FormerInstrument {
  readonly role: string;
  readonly identity: DeviceIdentity;
  /** Of the USB adapter that made its port; undefined where the system knew none. */
  readonly adapter: Adapter | undefined;
}

/**
 * Throws `device/wrong-instrument` where a port has become that of another USB adapter, as names like `/dev/ttyUSB0` do when
 * plugs are pulled: the port is not even opened, which would reset some boards.
 */
export function assertOwnAdapter(
  {role, adapter}: FormerInstrument,
  now: Adapter | undefined,
  path: string,
): void {
  if (!adapter || !now || adapter.identity === now.identity) return;
  throw new BenchError(
    'device/wrong-instrument',
    `${path} is the port of another USB adapter now: ${now.identity} instead of ${adapter.identity}, at which the ${role} was. It was ` +
      'not opened and nothing was sent. Plug the right one in there; a name under /dev/serial/by-id in the bench file stays with ' +
      'the adapter, wherever it is plugged in.',
    {details: {port: path, adapter: now.identity, known: adapter.identity, isAsked: false}},
  );
}
