/** Messages of the Zaber ASCII protocol, firmware 6 and 7 (zaber-ascii.md section 2). */

/** A command as a device understands it; `data` is what remains behind address, axis and id. */
export interface ZaberCommand {
  /** 0 for all devices. */
  readonly address: number;
  /** 0 for the whole device. */
  readonly axis: number;
  /** Echoed in the reply; null when none was sent, `none` (sent as `--`) when no reply is wanted. */
  readonly id: number | null | 'none';
  readonly words: readonly string[];
}

export interface ZaberReply {
  readonly address: number;
  readonly axis: number;
  readonly id: number | null;
  readonly isOk: boolean;
  readonly isBusy: boolean;
  /** Two characters, `--` for none. */
  readonly warning: string;
  readonly data: string;
}

/** Longest packet, bytes without its end (setting comm.packet.size.max). */
export const longestPacket = 80;

/** LRC over the bytes between the type character and the colon: 256 minus their sum, modulo 256, as two hex digits. */
export function zaberChecksum(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += body.charCodeAt(i);
  return ((256 - (sum % 256)) % 256).toString(16).toUpperCase().padStart(2, '0');
}

const isNumber = (word: string | undefined): word is string => word !== undefined && /^\d+$/.test(word);

/**
 * Parses a line without its end. Undefined for what a device ignores: no command, a checksum that does not fit, an
 * address that cannot be.
 */
export function parseZaberCommand(line: string): ZaberCommand | undefined {
  if (!line.startsWith('/')) return undefined;
  let body = line.slice(1);
  const colon = body.lastIndexOf(':');
  if (colon >= 0) {
    if (body.slice(colon + 1).toUpperCase() !== zaberChecksum(body.slice(0, colon))) return undefined;
    body = body.slice(0, colon);
  }
  const words = body.split(' ').filter((word) => word !== '');
  const take = (): number | undefined => (isNumber(words[0]) ? Number(words.shift()) : undefined);
  const address = take();
  const axis = address === undefined ? undefined : take();
  let id: ZaberCommand['id'] = null;
  if (axis !== undefined) {
    if (words[0] === '--') {
      words.shift();
      id = 'none';
    } else id = take() ?? null;
  }
  if (address !== undefined && address > 99) return undefined;
  return {address: address ?? 0, axis: axis ?? 0, id, words};
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const withEnd = (type: string, body: string, hasChecksum: boolean): string =>
  `${type}${body}${hasChecksum ? `:${zaberChecksum(body)}` : ''}\r\n`;

/**
 * A reply as the line carries it: one that is longer than a packet is split between words, each line but the last ends
 * with a backslash, and the further ones are `#AA X [id] cont ...`.
 */
export function formatZaberReply(
  reply: ZaberReply,
  {hasChecksum, packetSize}: {readonly hasChecksum: boolean; readonly packetSize: number},
): string {
  const {address, axis, id, isOk, isBusy, warning, data} = reply;
  const head = [twoDigits(address), String(axis), ...(id === null ? [] : [twoDigits(id)])].join(' ');
  const first = `${head} ${isOk ? 'OK' : 'RJ'} ${isBusy ? 'BUSY' : 'IDLE'} ${warning}`;
  // Type character, backslash and checksum have to fit in as well.
  const longestBody = packetSize - 2 - (hasChecksum ? 3 : 0);
  const bodies: string[] = [];
  let body = first;
  let isEmpty = true;
  for (const word of data.split(' ')) {
    if (!isEmpty && body.length + 1 + word.length > longestBody) {
      bodies.push(`${body}\\`);
      body = `${head} cont`;
    }
    body += ` ${word}`;
    isEmpty = false;
  }
  return [...bodies, body].map((text, i) => withEnd(i === 0 ? '@' : '#', text, hasChecksum)).join('');
}

/** What a device says by itself at the end of a motion: `!01 1 IDLE --`. */
export const formatZaberAlert = (
  {address, axis, warning}: Pick<ZaberReply, 'address' | 'axis' | 'warning'>,
  hasChecksum: boolean,
): string => withEnd('!', `${twoDigits(address)} ${axis} IDLE ${warning}`, hasChecksum);
