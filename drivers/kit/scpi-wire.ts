import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import type {ExchangeOptions, Link} from '../../src/contract/link.ts';
import {askAgain} from './ask-again.ts';
import type {ParameterPort} from './parameter-set.ts';
import {badReply, parseNumber} from './replies.ts';

/** An entry of the error queue: `-113,"Undefined header"`; 0 when it is empty. */
export interface ScpiError {
  readonly code: number;
  readonly text: string;
}

/** The queue holds some tens of entries; more than these in a row is a queue that never empties. */
const longestQueue = 64;
const undefinedHeader = -113;
/** An instrument that knows a query answers it within this time, ms. */
const optionalTimeoutMs = 500;

/**
 * Reads an answer to `SYST:ERR?`, `-113,"Undefined header"` (SCPI-99 volume 2, 21.8). Throws `device/bad-reply` where
 * it holds no number and comma.
 */
export function parseScpiError(reply: string, from: string): ScpiError {
  const match = /^\s*([+-]?\d+)\s*,\s*"?([^"]*)"?/.exec(reply);
  if (match === null) throw badReply({from, asked: 'SYST:ERR?'}, reply, 'an error number and text');
  return {code: Number(match[1]), text: match[2] ?? ''};
}

/** Options of one query; `onRepeat` is called when it is asked again. */
export type AskOptions = ExchangeOptions & Pick<CallOptions, 'onRepeat'>;

/** Exchanges with a SCPI instrument; errors are taken from its queue, as a query it does not know stays silent. */
export class ScpiWire implements ParameterPort {
  readonly link: Link;
  readonly from: string;
  /** False for instruments that answer no SYST:ERR?. */
  hasErrorQueue = true;

  /** `what` it is for a person, such as `source`. */
  constructor(link: Link, what: string) {
    this.link = link;
    this.from = `${what} at ${link.name}`;
  }

  /** Answer to a question that changes nothing; a lost one is asked again. Not for SYST:ERR?, which empties the queue. */
  readText(query: string, options: AskOptions = {}): Promise<string> {
    return this.#ask(query, (reply) => reply, options);
  }

  /**
   * As `readText`, for a question that is asked in another form each time and is told as `name`: `parse` makes of its answer
   * what it proves, or throws `device/bad-reply`.
   */
  askProven<T>(
    name: string,
    next: () => string,
    parse: (asked: string, reply: string) => T,
    options: AskOptions = {},
  ): Promise<T> {
    const ask = async (): Promise<T> => {
      const asked = next();
      return parse(asked, await this.#askOnce(asked, options));
    };
    const {signal, onRepeat} = options;
    return askAgain(this.link, name, ask, {...(signal && {signal}), onRepeat});
  }

  /** Asks until an answer can be understood, a bounded number of times. */
  #ask<T>(query: string, parse: (reply: string) => T, options: AskOptions): Promise<T> {
    const {signal, onRepeat} = options;
    return askAgain(this.link, query, async () => parse(await this.#askOnce(query, options)), {
      ...(signal && {signal}),
      onRepeat,
    });
  }

  async #askOnce(query: string, options: AskOptions): Promise<string> {
    try {
      return await this.link.query(query, options);
    } catch (error) {
      if (!hasCode(error, 'port/timeout')) throw error;
      const errors = await this.#readErrorsAfterSilence(error, options);
      throw new BenchError(
        'device/refused',
        `The ${this.from} did not answer ${query}: ${describeErrors(errors)}. No value was taken from it.`,
        {details: {asked: query, errors}, cause: error},
      );
    }
  }

  async #readErrorsAfterSilence(
    silence: BenchError,
    options: ExchangeOptions,
  ): Promise<readonly ScpiError[]> {
    try {
      const errors = await this.readErrors({signal: options.signal});
      if (errors.length === 0) throw silence;
      return errors;
    } catch (error) {
      throw hasCode(error, 'port/timeout') ? silence : error;
    }
  }

  readNumber(query: string, options: AskOptions = {}): Promise<number> {
    return this.#ask(query, (reply) => parseNumber(reply, {from: this.from, asked: query}), options);
  }

  /** Bool in any of its spellings. */
  readFlag(query: string, options: AskOptions = {}): Promise<boolean> {
    const parse = (text: string): boolean => {
      const reply = text.trim().toUpperCase();
      if (['1', '+1', 'ON'].includes(reply)) return true;
      if (['0', '+0', 'OFF'].includes(reply)) return false;
      throw badReply({from: this.from, asked: query}, reply, '0 or 1');
    };
    return this.#ask(query, parse, options);
  }

  /** The parsed answer; undefined when the instrument does not know the query. */
  async readOptional<T>(
    query: string,
    parse: (reply: string) => T,
    options: AskOptions = {},
  ): Promise<T | undefined> {
    try {
      return await this.#ask(query, parse, {...options, timeoutMs: optionalTimeoutMs});
    } catch (error) {
      if (hasCode(error, 'device/refused') && this.#isUnknown(error.details['errors'])) return undefined;
      throw error;
    }
  }

  readOptionalNumber(query: string, options: AskOptions = {}): Promise<number | undefined> {
    return this.readOptional(query, (reply) => parseNumber(reply, {from: this.from, asked: query}), options);
  }

  #isUnknown(errors: unknown): boolean {
    return Array.isArray(errors) && errors.some((error: ScpiError) => error.code === undefinedHeader);
  }

  /** Empties the error queue; oldest first. */
  async readErrors(options: ExchangeOptions = {}): Promise<readonly ScpiError[]> {
    const errors: ScpiError[] = [];
    if (!this.hasErrorQueue) return errors;
    for (let entry = 0; entry < longestQueue; entry++) {
      const error = parseScpiError(await this.link.query('SYST:ERR?', options), this.from);
      if (error.code === 0) return errors;
      errors.push(error);
    }
    throw badReply(
      {from: this.from, asked: 'SYST:ERR?'},
      describeErrors(errors),
      'an error queue that empties',
    );
  }

  /** Sends lines and throws `device/refused` when the instrument has put anything into its error queue. */
  async change(lines: readonly string[], options: CallOptions = {}): Promise<void> {
    for (const line of lines) await this.link.send(line, options);
    const errors = await this.readErrors(options);
    if (errors.length > 0)
      throw new BenchError(
        'device/refused',
        `The ${this.from} refused ${lines.join('; ')}: ${describeErrors(errors)}. Stored points are safe; correct the ` +
          'setting or the bench file.',
        {details: {lines, errors}},
      );
  }

  writeText(line: string, options: CallOptions = {}): Promise<void> {
    return this.change([line], options);
  }

  async explainRefusal(options: CallOptions): Promise<string> {
    return describeErrors(await this.readErrors(options));
  }
}

/** Errors as one line for a person: `-113 Undefined header, -222 Data out of range`; empty for none. */
export const describeErrors = (errors: readonly ScpiError[]): string =>
  errors.map(({code, text}) => `${code} ${text}`).join(', ');
