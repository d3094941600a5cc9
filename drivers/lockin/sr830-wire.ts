import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {badReply, numberFromText} from '../kit/index.ts';
import type {ExchangeOptions, Link, ParameterPort} from '../kit/index.ts';
import {describeEsr} from './sr830-status.ts';

/** Queries in one line during a snapshot: keeps well inside the 256 characters of the input queue. */
const queriesInLine = 8;

/** Exchanges with an SR830. A query it does not understand stays silent; the reason is then read from `*ESR?`. */
export class Sr830Wire implements ParameterPort {
  readonly link: Link;
  readonly from: string;

  constructor(link: Link) {
    this.link = link;
    this.from = `SR830 at ${link.name}`;
  }

  async readText(query: string, options: ExchangeOptions = {}): Promise<string> {
    const [reply = ''] = await this.askLines(query, 1, options);
    return reply;
  }

  async readTexts(queries: readonly string[], options: CallOptions = {}): Promise<readonly string[]> {
    const replies: string[] = [];
    for (let first = 0; first < queries.length; first += queriesInLine) {
      const some = queries.slice(first, first + queriesInLine);
      replies.push(...(await this.askLines(some.join(';'), some.length, options)));
    }
    return replies;
  }

  /** One line that holds `count` queries. */
  async askLines(line: string, count: number, options: ExchangeOptions = {}): Promise<readonly string[]> {
    try {
      return await this.link.queryLines(line, count, options);
    } catch (error) {
      throw await this.#explained(error, line, options);
    }
  }

  async askBytes(line: string, count: number, options: ExchangeOptions = {}): Promise<Uint8Array> {
    try {
      return await this.link.queryBytes(line, count, options);
    } catch (error) {
      throw await this.#explained(error, line, options);
    }
  }

  /** A status byte; reading one clears it, so that it is asked only once. */
  async readByte(query: string, options: CallOptions = {}): Promise<number> {
    return this.parseByte(await this.readText(query, options), query);
  }

  parseByte(reply: string, asked: string): number {
    const value = numberFromText(reply);
    if (value === undefined || !Number.isInteger(value) || value < 0 || value > 255)
      throw badReply({from: this.from, asked}, reply, 'a status byte from 0 to 255');
    return value;
  }

  writeText(line: string, options: CallOptions = {}): Promise<void> {
    return this.link.send(line, options);
  }

  async explainRefusal(options: CallOptions): Promise<string> {
    return describeEsr(await this.readByte('*ESR?', options));
  }

  async #explained(error: unknown, line: string, options: ExchangeOptions): Promise<unknown> {
    if (!hasCode(error, 'port/timeout')) return error;
    let why: string;
    try {
      why = describeEsr(this.parseByte(await this.link.query('*ESR?', {signal: options.signal}), '*ESR?'));
    } catch (second) {
      // Silent here too: the line is dead, and the first error says so.
      if (hasCode(second, 'port/timeout')) return error;
      return second;
    }
    if (why === '') return error;
    return new BenchError(
      'device/refused',
      `${this.from} did not answer ${JSON.stringify(line)}; its event status says: ${why}. No reading was taken; ` +
        'stored points are safe.',
      {details: {asked: line, port: this.link.name, why}, cause: error},
    );
  }
}
