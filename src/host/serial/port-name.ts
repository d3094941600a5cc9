import type {LinkConfig} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';

/** `host:5025` and `tcp://host:5025` are network ports, everything else is a serial device. */
export function linkConfigFromText(text: string): LinkConfig {
  const match = /^(?:tcp:\/\/)?(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(text);
  if (match === null) return {port: text};
  return {host: (match[1] ?? '').replace(/^\[|\]$/g, ''), tcpPort: Number(match[2])};
}

/**
 * A port as people write it: a serial device (`/dev/ttyUSB0`, `COM3`), a network port (`host:5025`,
 * `tcp://host:5025`), or the VISA names of either (`ASRL/dev/ttyUSB0::INSTR`, `ASRL3::INSTR` for COM3,
 * `TCPIP0::host::5025::SOCKET`). Throws `cli/usage` for a VISA name of another bus.
 */
export function linkFromPortName(text: string): LinkConfig {
  const name = text.trim();
  if (name === '') throw new BenchError('cli/usage', 'The port is empty. Nothing was opened; name one.');
  const serial = /^ASRL(.+?)(?:::INSTR)?$/i.exec(name);
  if (serial) {
    const [, where = ''] = serial;
    return {port: /^\d+$/.test(where) ? `COM${where}` : where};
  }
  const socket = /^TCPIP\d*::(.+)::(\d{1,5})::SOCKET$/i.exec(name);
  if (socket) {
    const [, host = '', port = ''] = socket;
    return checked({host: host.replace(/^\[|\]$/g, ''), tcpPort: Number(port)}, name);
  }
  if (/^(TCPIP|GPIB|USB|VXI|PXI)\d*::/i.test(name))
    throw new BenchError(
      'cli/usage',
      `The port ${name} is a VISA name that is not supported here: serial (ASRL...::INSTR) and raw sockets ` +
        '(TCPIP0::host::5025::SOCKET) are. Nothing was opened.',
    );
  return checked(linkConfigFromText(name), name);
}

function checked(link: LinkConfig, name: string): LinkConfig {
  const {tcpPort} = link;
  if (tcpPort === undefined || (tcpPort >= 1 && tcpPort <= 65_535)) return link;
  throw new BenchError(
    'cli/usage',
    `The port ${name} has the TCP port ${tcpPort}: 1 to 65535 are possible. Nothing was opened.`,
  );
}
