import type {CallOptions, SettingsSnapshot, SettingValue} from '../../src/contract/devices.ts';
import type {Parameter, ScpiWire} from '../kit/index.ts';
import type {SourceReadings} from './scpi-condition.ts';
import type {Dialect} from './scpi-dialects.ts';

/** What a synthesiser of one dialect is set to, as far as its model knows it, and its modulation. */
export class DialectReader {
  readonly #wire: ScpiWire;
  readonly #dialect: Dialect;
  readonly #unknownQueries = new Set<string>();

  constructor(wire: ScpiWire, dialect: Dialect) {
    this.#wire = wire;
    this.#dialect = dialect;
  }

  /** Whether the modulation is on, and its rate in Hz. */
  async readModulation(options: CallOptions): Promise<{isModulationOn: boolean; modulationHz: number}> {
    const {modulation} = this.#dialect;
    if (modulation === undefined) return {isModulationOn: false, modulationHz: 0};
    let isModulationOn = true;
    for (const query of modulation.stateQueries)
      isModulationOn = (await this.#wire.readFlag(query, options)) && isModulationOn;
    const value = await this.#wire.readNumber(modulation.rateQuery, options);
    return {isModulationOn, modulationHz: modulation.frequencyFrom(value)};
  }

  /** Registers of the instrument that a reading may suffer from, as far as this model has them. */
  async readStatus(options: CallOptions): Promise<SourceReadings['status']> {
    const status: SourceReadings['status'][number][] = [];
    for (const of of this.#dialect.statusQueries) {
      const {query} = of;
      if (this.#unknownQueries.has(query)) continue;
      const value = await this.#wire.readOptionalNumber(query, options);
      if (value === undefined) this.#unknownQueries.add(query);
      else status.push({of, value});
    }
    return status;
  }

  /** Models of one maker differ: what this one does not know is left out, and asked only once. */
  async readParameters(options: CallOptions): Promise<SettingsSnapshot> {
    const values: Record<string, SettingValue> = {};
    for (const parameter of this.#dialect.parameters) {
      const value = await this.readKnown(parameter, options);
      if (value !== undefined) values[parameter.name] = value;
    }
    return values;
  }

  /** The value of one parameter; undefined where this model does not know it. */
  async readKnown(parameter: Parameter, options: CallOptions): Promise<SettingValue | undefined> {
    const {read} = parameter;
    if (read === undefined || this.#unknownQueries.has(read)) return undefined;
    const parse = (reply: string): SettingValue =>
      parameter.parse(reply, {from: this.#wire.from, asked: read});
    const value = await this.#wire.readOptional(read, parse, options);
    if (value === undefined) this.#unknownQueries.add(read);
    return value;
  }

  /** Sets a square chop of this rate and turns it on, where the dialect has a modulation. */
  async turnModulationOn(modulationHz: number, options: CallOptions): Promise<void> {
    const {modulation} = this.#dialect;
    if (modulation === undefined) return;
    const present = await this.#wire.readNumber(modulation.rateQuery, options);
    const presentPeriodS = 1 / modulation.frequencyFrom(present);
    await this.#wire.change([...modulation.setUp(modulationHz, presentPeriodS), ...modulation.on], options);
  }
}
