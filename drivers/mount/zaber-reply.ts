/**
 * Replies as they come over the line. One that is longer than a packet (setting `comm.packet.size.max`, 80 bytes unless
 * set otherwise) ends with a backslash and goes on in `#AA X [id] cont ...` lines, split between words; each line has a
 * checksum of its own (Zaber ASCII Protocol Manual; joined as stphnt/zproto `response/builder.rs` does).
 */

export interface ZaberAnswer {
  readonly isBusy: boolean;
  /** Highest warning flag; '' for none. */
  readonly warning: string;
  readonly data: string;
}

/** Whose line it is; the id as it was sent. */
export interface ZaberTarget {
  readonly address: number;
  readonly axis: number;
  readonly id: number | undefined;
}

export interface ZaberReply extends ZaberAnswer, ZaberTarget {
  readonly isRejected: boolean;
  /** It goes on in a further line. */
  readonly isPartial: boolean;
}

/** A further line of a reply. */
export interface ZaberContinuation extends ZaberTarget {
  readonly data: string;
  readonly isPartial: boolean;
}

/** LRC: the bytes between the type character and the colon and this sum to 0 modulo 256; two hex digits. */
export function zaberChecksum(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += body.charCodeAt(i);
  return (-sum & 0xff).toString(16).toUpperCase().padStart(2, '0');
}

/** What the driver listens to as answers; other `#` lines and alerts are asides. */
export const isZaberResponse = (line: string): boolean =>
  line.startsWith('@') || /^#\d{2} \d (?:\d{2} )?cont\b/.test(line);

const replyPattern = /^@(\d{2}) (\d)(?: (\d{2}))? (OK|RJ) (BUSY|IDLE) (\S\S) (.+)$/;
const continuationPattern = /^#(\d{2}) (\d)(?: (\d{2}))? cont(?: (.*)|(\\))?$/;

/** A line without its checksum; undefined when that does not fit. */
function unsealed(line: string): string | undefined {
  const sealed = /^(.)(.*):([0-9A-Fa-f]{2})$/.exec(line);
  if (sealed === null) return line;
  const [, type = '', body = '', sum = ''] = sealed;
  return zaberChecksum(body) === sum.toUpperCase() ? type + body : undefined;
}

const targetFrom = (address: string, axis: string, id: string | undefined): ZaberTarget => ({
  address: Number(address),
  axis: Number(axis),
  id: id === undefined ? undefined : Number(id),
});

const dataFrom = (text: string): Pick<ZaberContinuation, 'data' | 'isPartial'> => {
  const isPartial = text.endsWith('\\');
  return {isPartial, data: (isPartial ? text.slice(0, -1) : text).trim()};
};

/** A reply line, or the first line of a longer reply; undefined when it is none or its checksum does not fit. */
export function parseZaberReply(line: string): ZaberReply | undefined {
  const match = replyPattern.exec(unsealed(line) ?? '');
  if (match === null) return undefined;
  const [, address = '', axis = '', id, verdict, status, warning = '', text = ''] = match;
  return {
    ...targetFrom(address, axis, id),
    ...dataFrom(text),
    isRejected: verdict === 'RJ',
    isBusy: status === 'BUSY',
    warning: warning === '--' ? '' : warning,
  };
}

/** A further line of a reply; undefined when it is none or its checksum does not fit. */
export function parseZaberContinuation(line: string): ZaberContinuation | undefined {
  const match = continuationPattern.exec(unsealed(line) ?? '');
  if (match === null) return undefined;
  const [, address = '', axis = '', id, text, mark] = match;
  return {...targetFrom(address, axis, id), ...dataFrom(text ?? mark ?? '')};
}

/** Of whichever kind. */
export const zaberPart = (line: string): ZaberReply | ZaberContinuation | undefined =>
  parseZaberReply(line) ?? parseZaberContinuation(line);

/** Puts the lines of one reply together, and passes over those of others. */
export class ReplyCollector {
  readonly #target: ZaberTarget;
  #first: ZaberReply | undefined;
  #words: string[] = [];
  #isWhole = false;

  constructor(target: ZaberTarget) {
    this.#target = target;
  }

  /** The reply once it is whole; undefined as long as it is not, and when a line of it was damaged. */
  get reply(): ZaberReply | undefined {
    const first = this.#first;
    if (first === undefined || !this.#isWhole) return undefined;
    return {...first, isPartial: false, data: this.#words.join(' ')};
  }

  /**
   * True when the line ends the exchange (the reply is whole, or the line is damaged), `part` when it belongs to the
   * reply and more is to come, false when it is of an earlier command or of another device.
   */
  take(line: string): boolean | 'part' {
    const part = zaberPart(line);
    if (part === undefined) return true;
    const {address, axis, id} = this.#target;
    if (part.address !== address || part.axis !== axis || part.id !== id) return false;
    if ('isBusy' in part) {
      // Its beginning twice is as little a reply as a damaged one.
      if (this.#first !== undefined) return true;
      this.#first = part;
    } else if (this.#first === undefined) return false;
    if (part.data !== '') this.#words.push(part.data);
    this.#isWhole = !part.isPartial;
    return part.isPartial ? 'part' : true;
  }
}
