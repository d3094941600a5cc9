import type {
  CallOptions,
  Fact,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import type {Parameter} from './parameter.ts';
import {ParameterSet, type ParameterPort} from './parameter-set.ts';
import {createSettingsCheck} from './setting-differences.ts';

/** Settings of an instrument as a driver keeps them: what they are, who chose them, how often the program changed them. */
export class DeviceSettings {
  readonly check: SettingsCheck;
  readonly #parameters: readonly Parameter[];
  readonly #set: ParameterSet;
  readonly #chosen = new Map<string, SettingValue>();
  readonly #changeCounts = new Map<string, number>();
  #now: SettingsSnapshot = {};

  /** `named` by the bench file for the instrument of that role. */
  constructor(
    parameters: readonly Parameter[],
    port: ParameterPort,
    {role, named}: {readonly role: string; readonly named: SettingsSnapshot},
  ) {
    this.#parameters = parameters;
    this.#set = new ParameterSet(parameters, port);
    this.check = createSettingsCheck(
      parameters,
      {role, named, chosen: this.#chosen},
      (name, value, options) => this.set(name, value, options),
    );
  }

  /** As they were read last. */
  get now(): SettingsSnapshot {
    return this.#now;
  }
  /** Reads all of them. */
  async read(options: CallOptions = {}): Promise<SettingsSnapshot> {
    this.#now = await this.#set.snapshot(options);
    return this.#now;
  }
  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#set.get(name, options);
  }
  /** Sets one, proves it by reading back, and reads what else it has moved. Returns the value read back. */
  async set(name: string, value: SettingValue, options: CallOptions = {}): Promise<SettingValue> {
    const got = await this.#change(name, value, options);
    await this.read(options);
    return got;
  }
  /** Sets several in the order of the parameters. Nothing is sent when one of them is not allowed. */
  async apply(settings: SettingsSnapshot, options: CallOptions = {}): Promise<void> {
    const asked = new Map(
      Object.entries(settings).map(([name, value]) => [name, this.#set.check(name, value)]),
    );
    for (const {name} of this.#parameters) {
      const value = asked.get(name);
      if (value !== undefined) await this.#change(name, value, options);
    }
    await this.read(options);
  }
  /** The program is about to change these in another way. */
  noteChange(names: readonly string[]): void {
    for (const name of names) this.#changeCounts.set(name, (this.#changeCounts.get(name) ?? 0) + 1);
  }

  /** What must stay as it is during a run, read now. */
  async readFacts(names: readonly string[], options: CallOptions = {}): Promise<Fact[]> {
    const changeCounts = new Map(this.#changeCounts);
    const settings = await this.read(options);
    return names.map((name) => {
      const {label, unit} = this.#set.find(name);
      const changeCount = changeCounts.get(name) ?? 0;
      return {name, label: label.toLowerCase(), unit, value: settings[name], changeCount};
    });
  }

  async #change(name: string, value: SettingValue, options: CallOptions): Promise<SettingValue> {
    this.noteChange([name]);
    const got = await this.#set.set(name, value, options);
    this.#chosen.set(name, got);
    return got;
  }
}
