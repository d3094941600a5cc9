import type {LinkSettings} from '../../src/contract/link.ts';

/**
 * The line of an instrument on RS-232 that answers what it is asked, as most leave their maker: 9600 baud, 8 data bits,
 * no parity, 1 stop bit, no echo, no prompt, at once after it was opened. A driver adds line ends and limits.
 */
export const queryLine = {
  style: 'query',
  baudRate: 9600,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  dtr: 'on',
  bootWaitMs: 0,
  commandGapMs: 0,
} as const satisfies Partial<LinkSettings>;
