import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {badReply} from '../kit/index.ts';
import type {Link} from '../kit/index.ts';
import {ReplyCollector, zaberChecksum, zaberPart, type ZaberAnswer} from './zaber-reply.ts';
import {describeReason} from './zaber-labels.ts';

/** Who is asked: a device's address and one of its axes, 0 for the whole device. */
export interface ZaberPlace {
  readonly address: number;
  readonly axis: number;
}

/** Times for the answer to a question, as parts of the line's own: it may be asked again, a command to move may not. */
const questionPatience = [1, 2, 4];
/** So long that it is no shortest limit: by it the factor on time limits is told, ms. */
const longLimitMs = 1e6;
const unanswered = ['port/timeout', 'device/bad-reply'] as const;

/** The stop of a whole chain, ahead of everything that waits. */
export function sendStopAll(link: Link): void {
  const line = `/stop:${zaberChecksum('stop')}${link.settings.sendTerminator}`;
  for (let i = 0; i < line.length; i++) link.realtime(line.charCodeAt(i));
}

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

  /** Asks something that does no harm when it is asked twice; each time it is given longer to answer. */
  async ask(place: ZaberPlace, words: string, options: CallOptions = {}): Promise<ZaberAnswer> {
    for (const [attempt, patience] of questionPatience.entries()) {
      try {
        return await this.#exchange(place, words, options, patience * this.#timeoutMs);
      } catch (error) {
        if (!hasCode(error, ...unanswered) || attempt === questionPatience.length - 1) throw error;
        options.onRepeat?.({asked: words, why: error.code === 'port/timeout' ? 'silent' : 'damaged'});
      }
    }
    throw new BenchError('internal', 'A question was asked no time.');
  }

  /**
   * Sends a command once. False when the reply did not come or was damaged: the device may have carried it out or not, and
   * has to be asked for its state.
   */
  async instruct(place: ZaberPlace, words: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.#exchange(place, words, options, this.#timeoutMs);
      return true;
    } catch (error) {
      if (hasCode(error, ...unanswered)) return false;
      throw error;
    }
  }

  /**
   * The reply to a question that the program can do without; undefined where the device does not know it (other firmware,
   * a device without it) or gives no usable reply.
   */
  async askIfKnown(place: ZaberPlace, words: string, options: CallOptions = {}): Promise<string | undefined> {
    try {
      const {data} = await this.ask(place, words, options);
      return data;
    } catch (error) {
      if (hasCode(error, 'device/refused', ...unanswered)) return undefined;
      throw error;
    }
  }

  /** Addresses of all devices that answer; nothing is changed by it. */
  async listAddresses(options: CallOptions = {}): Promise<readonly number[]> {
    const received = new Set<number>();
    const id = this.#takeId();
    const body = `0 0 ${id}`;
    const isAnswer = (line: string): boolean => {
      const part = zaberPart(line);
      if (part?.id === id) received.add(part.address);
      return false;
    };
    try {
      // As many answer as there are devices: listened to until the time is up.
      await this.link.command(`/${body}:${zaberChecksum(body)}`, {...options, isAnswer});
    } catch (error) {
      if (!hasCode(error, ...unanswered)) throw error;
    }
    return [...received].sort((a, b) => a - b);
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
    sendStopAll(this.link);
  }

  /**
   * Never shorter than the machine can keep, so that its multiples are longer than it. The link multiplies it by its factor on
   * time limits, which the shortest limit has in it already.
   */
  get #timeoutMs(): number {
    const factor = this.link.limitMs(longLimitMs) / longLimitMs;
    return Math.max(this.link.settings.timeoutMs, this.link.limitMs(0) / factor);
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = (id + 1) % 100;
    return id;
  }

  async #exchange(
    {address, axis}: ZaberPlace,
    words: string,
    options: CallOptions,
    timeoutMs: number,
  ): Promise<ZaberAnswer> {
    const id = this.#takeId();
    const body = `${address} ${axis} ${id} ${words}`.trimEnd();
    const collector = new ReplyCollector({address, axis, id});
    const {response} = await this.link.command(`/${body}:${zaberChecksum(body)}`, {
      ...options,
      timeoutMs,
      isAnswer: (line) => collector.take(line),
    });
    const {reply} = collector;
    if (reply === undefined) {
      // Damaged: nothing that is still on its way may be taken for an answer.
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
