import {connect} from 'node:net';

/** Whether something listens at a port of an address of this computer. */
export function connects(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({port, host});
    socket.once('connect', () => (resolve(true), socket.destroy()));
    socket.once('error', () => resolve(false));
  });
}
