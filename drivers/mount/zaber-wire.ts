import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {badReply} from '../kit/index.ts';
import type {Link} from '../kit/index.ts';
import {describeReason} from './zaber-words.ts';

/** Who is asked: a device's address and one of its axes, 0 for the whole device. */
export interface ZaberPlace {
  readonly address: number;
  readonly axis: number;
}

export interface ZaberAnswer {
  readonly isBusy: boolean;
  /** Highest warning flag; '' for none. */
  readonly warning: string;
  readonly data: string;
}

/** LRC: the bytes between the type character and the colon and this sum to 0 modulo 256; two hex digits. */
export function zaberChecksum(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += body.charCodeAt(i);
  return (-sum & 0xff).toString(16).toUpperCase().padStart(2, '0');
}

const replyPattern = /^@(\d{2}) (\d)(?: (\d{2}))? (OK|RJ) (BUSY|IDLE) (\S\S) (.+)$/;

interface ParsedReply extends ZaberAnswer {
  readonly address: number;
  readonly axis: number;
  readonly id: number | undefined;
  readonly isRejected: boolean;
}

/** A reply line; undefined when it is none or its checksum does not fit. */
export function parseZaberReply(line: string): ParsedReply | undefined {
  const sealed = /^@(.*):([0-9A-Fa-f]{2})$/.exec(line);
  if (sealed !== null && zaberChecksum(sealed[1] ?? '') !== sealed[2]?.toUpperCase()) return undefined;
  const match = replyPattern.exec(sealed === null ? line : `@${sealed[1]}`);
  if (match === null) return undefined;
  const [, address, axis, id, verdict, status, warning = '', data = ''] = match;
  return {
    address: Number(address),
    axis: Number(axis),
    id: id === undefined ? undefined : Number(id),
    isRejected: verdict === 'RJ',
    isBusy: status === 'BUSY',
    warning: warning === '--' ? '' : warning,
    data: data.trim(),
  };
}

/** A question may be asked again; a command to move may not. */
const questionAttempts = 3;

/**
 * Exchanges with a chain of Zaber devices. Every line carries a checksum, so that a damaged one is ignored by the
 * device instead of moving it elsewhere, and a message id, so that a late reply is never taken for another's.
 */
export class ZaberWire {
  readonly link: Link;
  readonly from: string;
  #nextId = 0;

  constructor(link: Link) {
    this.link = link;
    this.from = `mount at ${link.name}`;
  }

  /** Asks something that does no harm when it is asked twice. */
  async ask(place: ZaberPlace, words: string, options: CallOptions = {}): Promise<ZaberAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#exchange(place, words, options);
      } catch (error) {
        if (!hasCode(error, 'port/timeout', 'device/bad-reply') || attempt >= questionAttempts) throw error;
      }
    }
  }

  /** Tells something once, whatever comes of it. */
  tell(place: ZaberPlace, words: string, options: CallOptions = {}): Promise<ZaberAnswer> {
    return this.#exchange(place, words, options);
  }

  async askNumber(place: ZaberPlace, words: string, options: CallOptions = {}): Promise<number> {
    const {data} = await this.ask(place, words, options);
    if (!/^-?\d+(?:\.\d+)?$/.test(data)) throw badReply({from: this.from, asked: words}, data, 'a number');
    return Number(data);
  }

  /** All warning flags of an axis or device; the highest one first. */
  async readFlags(place: ZaberPlace, options: CallOptions = {}): Promise<readonly string[]> {
    const {data} = await this.ask(place, 'warnings', options);
    const [count, ...flags] = data.split(' ');
    if (!/^\d+$/.test(count ?? '') || Number(count) !== flags.length)
      throw badReply({from: this.from, asked: 'warnings'}, data, 'a count and as many flags');
    return flags;
  }

  /** Stops every device of the chain, ahead of everything that waits; the replies are for nobody. */
  stopAll(): void {
    const line = `/stop:${zaberChecksum('stop')}${this.link.settings.sendTerminator}`;
    for (let i = 0; i < line.length; i++) this.link.realtime(line.charCodeAt(i));
  }

  async #exchange({address, axis}: ZaberPlace, words: string, options: CallOptions): Promise<ZaberAnswer> {
    const id = this.#nextId;
    this.#nextId = (id + 1) % 100;
    const body = `${address} ${axis} ${id} ${words}`.trimEnd();
    const {response} = await this.link.command(`/${body}:${zaberChecksum(body)}`, options);
    const reply = parseZaberReply(response);
    if (reply === undefined || reply.address !== address || reply.axis !== axis || reply.id !== id) {
      // Late, damaged or another's: nothing that is still on its way may be taken for an answer.
      await this.link.drain(options);
      throw badReply(
        {from: this.from, asked: `/${body}`},
        response,
        `a reply of device ${address} with id ${id}`,
      );
    }
    if (!reply.isRejected) return reply;
    throw new BenchError(
      'device/refused',
      `The ${this.from} refused ${JSON.stringify(words)} for device ${address}${axis === 0 ? '' : `, axis ${axis}`} ` +
        `(${describeReason(reply.data)}). Nothing moved by it.`,
      {details: {address, axis, command: words, reason: reply.data}},
    );
  }
}
