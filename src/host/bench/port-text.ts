import type {LinkConfig} from '../../contract/bench-file.ts';

/** Where a link of a bench file leads: `/dev/ttyUSB0`, `192.168.0.7:5025`, `192.168.0.7` with the driver's default port. */
export const portText = ({port, host, tcpPort}: LinkConfig): string =>
  port ?? (tcpPort === undefined ? (host ?? '') : `${host}:${tcpPort}`);
