import type {CallOptions, SettingsSnapshot, SettingValue} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {Link} from '../../src/contract/link.ts';
import {askAgain} from './ask-again.ts';
import type {Parameter} from './parameter.ts';
import {badReply} from './replies.ts';

/** How the texts of parameters travel in one wire style. */
export interface ParameterPort {
  /** Instrument or port as a person knows it. */
  readonly from: string;
  readonly link: Link;
  readText(query: string, options: CallOptions): Promise<string>;
  /** Answers to several queries in their order, where the instrument can take them in fewer exchanges. */
  readTexts?(queries: readonly string[], options: CallOptions): Promise<readonly string[]>;
  writeText(line: string, options: CallOptions): Promise<void>;
  /** Reads why a line was not obeyed, for the error message; empty when the instrument does not say. */
  explainRefusal(options: CallOptions): Promise<string>;
}

/** Reads and writes declared parameters by name; every write is verified by reading back. */
export class ParameterSet {
  readonly list: readonly Parameter[];
  readonly #byName: ReadonlyMap<string, Parameter>;
  readonly #port: ParameterPort;

  constructor(list: readonly Parameter[], port: ParameterPort) {
    this.list = list;
    this.#byName = new Map(list.map((parameter) => [parameter.name, parameter]));
    this.#port = port;
  }

  /** Throws `device/unknown` with the names there are. */
  find(name: string): Parameter {
    const parameter = this.#byName.get(name);
    if (parameter === undefined)
      throw new BenchError(
        'device/unknown',
        `${this.#port.from} has no parameter "${name}". Nothing was sent; its parameters are ${this.list
          .map((candidate) => candidate.name)
          .join(', ')}.`,
        {details: {parameter: name}},
      );
    return parameter;
  }

  /** The value in its own type; throws for a parameter that cannot be written or a value that is not allowed. */
  check(name: string, value: unknown): SettingValue {
    const parameter = this.find(name);
    if (parameter.write === undefined)
      throw new BenchError(
        'device/refused',
        `${name} of ${this.#port.from} can only be read. Nothing was sent.`,
        {details: {parameter: name}},
      );
    return parameter.check(value);
  }

  async get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#read(this.find(name), options);
  }

  /** Writes and reads back. Throws `device/refused` when the instrument kept another value. */
  async set(name: string, value: unknown, options: CallOptions = {}): Promise<SettingValue> {
    const asked = this.check(name, value);
    const parameter = this.find(name);
    const line = await this.#lineFor(parameter, asked, options);
    await this.#port.writeText(line, options);
    if (parameter.read === undefined) return asked;
    const got = await this.#read(parameter, options);
    if (!parameter.isSame(asked, got)) {
      const why = await this.#port.explainRefusal(options);
      throw new BenchError(
        'device/refused',
        `${this.#port.from} was asked for ${name} = ${String(asked)} ${parameter.unit} but keeps ${String(got)}` +
          `${why === '' ? '' : ` (${why})`}. Later readings are taken with the value it keeps; ` +
          'ask for one that its other settings allow.',
        {details: {parameter: name, asked, got, line}},
      );
    }
    return got;
  }

  async snapshot(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const queries = [...new Set(this.list.flatMap(({read}) => (read === undefined ? [] : [read])))];
    const read = async (): Promise<SettingsSnapshot> => {
      const replies = await this.#readAll(queries, options);
      const values: Record<string, SettingValue> = {};
      for (const parameter of this.list) {
        const reply = replies.get(parameter.read ?? '');
        if (reply !== undefined) values[parameter.name] = this.#parse(parameter, reply);
      }
      return values;
    };
    return askAgain(this.#port.link, 'its settings', read, options);
  }

  async #readAll(queries: readonly string[], options: CallOptions): Promise<ReadonlyMap<string, string>> {
    const replies = new Map<string, string>();
    const texts = await this.#port.readTexts?.(queries, options);
    for (const [index, query] of queries.entries())
      replies.set(query, texts?.[index] ?? (await this.#port.readText(query, options)));
    return replies;
  }

  async #read(parameter: Parameter, options: CallOptions): Promise<SettingValue> {
    if (parameter.read === undefined)
      throw new BenchError('device/refused', `${parameter.name} of ${this.#port.from} cannot be read back.`);
    const {read} = parameter;
    return askAgain(
      this.#port.link,
      read,
      async () => this.#parse(parameter, await this.#port.readText(read, options)),
      options,
    );
  }

  #parse(parameter: Parameter, reply: string): SettingValue {
    const source = {from: this.#port.from, asked: parameter.read ?? parameter.name};
    const fields = parameter.kind === 'text' ? [reply] : reply.split(',');
    const field = fields[parameter.field];
    if (field === undefined) throw badReply(source, reply, `at least ${parameter.field + 1} fields`);
    return parameter.parse(field, source);
  }

  /** Fills the template; other parameters that share the line keep what they are now. */
  async #lineFor(parameter: Parameter, asked: SettingValue, options: CallOptions): Promise<string> {
    let line = parameter.write ?? '';
    for (const [placeholder, name] of line.matchAll(/\{(\w+)\}/g)) {
      const text =
        name === 'value'
          ? parameter.format(asked)
          : this.find(name ?? '').format(await this.#read(this.find(name ?? ''), options));
      line = line.replace(placeholder, () => text);
    }
    return line;
  }
}
