import type {SourceConfig} from '../../src/contract/bench-file.ts';
import type {
  CallOptions,
  Condition,
  DeviceIdentity,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
  SourceState,
  WorkingPoint,
} from '../../src/contract/devices.ts';
import {BenchError, benchErrorFrom, hasCode} from '../../src/contract/errors.ts';
import type {ErrorCode} from '../../src/contract/errors.ts';
import {createSettingsCheck, metaOf, ParameterSet, unknownAction} from '../kit/index.ts';
import type {ActionArgs, ActionMeta, Parameter, ParameterMeta, ScpiWire, SourceDevice} from '../kit/index.ts';
import {
  factsOfSource,
  frequencyToleranceRatio,
  levelToleranceDb,
  modulationToleranceRatio,
} from './scpi-condition.ts';
import type {SourceReadings, SourceOrder} from './scpi-condition.ts';
import type {Dialect} from './scpi-dialects.ts';

export const scpiColumns = [
  {name: 'outputFrequencyHz', unit: 'Hz', label: 'Frequency behind the chain'},
  {name: 'powerDbm', unit: 'dBm', label: 'Level into the chain', precision: 2},
  {name: 'modulationHz', unit: 'Hz', label: 'Modulation'},
] as const;

export const scpiActions: readonly ActionMeta[] = [
  {name: 'turn-on', label: 'RF on in the safe order, up to the working level'},
  {name: 'turn-off', label: 'RF off, proven by reading back'},
  {name: 'read-state', label: 'Output, frequency, level, modulation'},
  {name: 'read-errors', label: 'Read and empty the error queue'},
];

/** Levels are set in hundredths of a decibel. */
const levelResolutionDb = 0.006;
const rampStepDb = 3;
/** Sheet: level and frequency are steady after some tens of milliseconds. */
const settleMs = 20;
const waitForWorkMs = 5000;
/** What the bench file says of a source in fields of its own, and what every turning on sets from them. */
const ownFields: ReadonlyMap<string, string> = new Map([
  ['frequencyHz', 'outputFrequencyHz'],
  ['powerDbm', 'powerDbm'],
  ['isOutputOn', 'none, for a run turns RF on and off'],
  ...[
    'isPulseModulationOn',
    'pulseSource',
    'pulseShape',
    'pulseRateHz',
    'pulsePeriodS',
    'pulseWidthS',
    'isModulationEnabled',
  ].map((name) => [name, 'modulationHz'] as const),
]);

/**
 * A synthesiser that drives an amplifier/multiplier chain. The level into the chain can never pass the bench file's
 * limit: it is refused before a byte is sent, and read back after every change with RF off at once if it is above.
 */
export class ScpiSource implements SourceDevice {
  readonly kind = 'source';
  readonly driverName = 'scpi-source';
  readonly role: string;
  readonly model: string;
  readonly identity: DeviceIdentity;
  readonly maxPowerDbm: number;
  readonly parameters: readonly ParameterMeta[];
  readonly actions = scpiActions;
  readonly columns = scpiColumns;
  readonly wire: ScpiWire;
  readonly config: SourceConfig;
  readonly settingsCheck: SettingsCheck;
  readonly #dialect: Dialect;
  readonly #set: ParameterSet;
  /** True from the first OUTP ON until OUTP? has answered 0, and at the start, when nobody knows. */
  #mayBeOn = true;
  #isDisposed = false;
  readonly #unknownQueries = new Set<string>();
  /** What the program last made of it, proven. */
  #order: SourceOrder | undefined;
  #changeCount = 0;

  constructor(wire: ScpiWire, config: SourceConfig, identity: DeviceIdentity, dialect: Dialect) {
    this.wire = wire;
    this.config = config;
    this.role = config.role;
    this.identity = identity;
    this.model = identity.model;
    this.maxPowerDbm = config.maxPowerDbm;
    this.#dialect = dialect;
    this.#set = new ParameterSet(dialect.parameters, wire);
    for (const [name, value] of Object.entries(config.settings)) this.#checkNamed(name, value);
    this.settingsCheck = createSettingsCheck(
      dialect.parameters,
      {role: config.role, named: config.settings, chosen: new Map()},
      async (name, value, call) => {
        await this.turnOff(call);
        await this.wire.readErrors(call);
        await this.set(name, value, call);
      },
    );
    this.parameters = dialect.parameters.map((parameter) =>
      parameter.name === 'powerDbm'
        ? {...metaOf(parameter), range: [config.minPowerDbm, config.maxPowerDbm] as const}
        : metaOf(parameter),
    );
  }

  #checkNamed(name: string, value: SettingValue): void {
    this.#set.check(name, value);
    const field = ownFields.get(name);
    if (field === undefined) return;
    throw new BenchError(
      'file/invalid',
      `The bench file names ${name} under settings of the source. Nothing was set; it has a field of its own: ${field}.`,
      {details: {parameter: name}},
    );
  }

  get isLineOpen(): boolean {
    return this.wire.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.wire.link.onClose(listener);
  }

  /** Refuses before a byte is sent. */
  checkPower(powerDbm: number): void {
    const {minPowerDbm, maxPowerDbm} = this.config;
    if (Number.isFinite(powerDbm) && powerDbm >= minPowerDbm && powerDbm <= maxPowerDbm) return;
    throw new BenchError(
      'source/limit',
      `${powerDbm} dBm into the chain was refused: allowed is ${minPowerDbm} to ${maxPowerDbm} dBm (minPowerDbm, maxPowerDbm ` +
        'of the bench file). Nothing was sent; take a lower level, or change the limit if the label on the chain allows it.',
      {details: {askedDbm: powerDbm, minPowerDbm, maxPowerDbm}},
    );
  }

  async turnOff(options: CallOptions = {}): Promise<void> {
    this.#changeCount += 1;
    try {
      // Sent again once, for a line may have been lost; then only a person can help.
      for (let attempt = 0; attempt < 2; attempt++) {
        await this.wire.link.send('OUTP OFF', options);
        if (await this.wire.readFlag('OUTP?', options)) continue;
        this.#mayBeOn = false;
        this.#order = {isOutputOn: false};
        return;
      }
    } catch (error) {
      if (!hasCode(error, 'port/closed', 'port/timeout', 'device/bad-reply')) throw error;
      throw this.#notProvenOff(error.code, error.message, error);
    }
    throw this.#notProvenOff('device/fault', 'it answers that RF is still on after OUTP OFF.');
  }

  #notProvenOff(code: ErrorCode, why: string, cause?: unknown): BenchError {
    return new BenchError(
      code,
      `RF of the ${this.wire.from} could not be proven off: ${why} Switch it off at its front panel before you touch ` +
        'cables or the chain; stored points are safe.',
      {cause},
    );
  }

  async turnOn({
    powerDbm = this.config.powerDbm,
    outputFrequencyHz = this.config.outputFrequencyHz,
    ...options
  }: CallOptions & WorkingPoint = {}): Promise<SourceState> {
    this.checkPower(powerDbm);
    this.checkPower(this.config.minPowerDbm);
    await this.turnOff(options);
    try {
      // What another program did wrong before is no refusal of ours.
      await this.wire.readErrors(options);
      await this.#clearDisplayTraps(options);
      await this.#setFrequency(outputFrequencyHz, options);
      await this.setPower(this.config.minPowerDbm, options);
      await this.#modulationOn(options);
      this.#mayBeOn = true;
      await this.wire.change(['OUTP ON'], options);
      if (!(await this.wire.readFlag('OUTP?', options)))
        throw this.#fault('its RF output stays off after OUTP ON');
      for (const levelDbm of this.#ramp(powerDbm)) await this.setPower(levelDbm, options);
      const state = await this.readState(options);
      this.#assertState(state, outputFrequencyHz);
      this.#changeCount += 1;
      this.#order = {isOutputOn: true, powerDbm, outputFrequencyHz};
      return state;
    } catch (error) {
      // Never leave a source on in a state nobody has seen; an aborted signal must not stop this.
      await this.turnOff().catch((second: unknown) => {
        const failure = benchErrorFrom(second);
        throw new BenchError(
          failure.code,
          `${failure.message} Before that: ${benchErrorFrom(error).message}`,
          {
            cause: error,
          },
        );
      });
      throw error;
    }
  }

  #fault(what: string): BenchError {
    return new BenchError(
      'device/fault',
      `The ${this.wire.from} was turned off again: ${what}. No point is lost; check its front panel and the bench file.`,
    );
  }

  /** Levels from above the lowest to the working one. */
  #ramp(powerDbm: number): number[] {
    const {minPowerDbm} = this.config;
    const stepCount = Math.ceil((powerDbm - minPowerDbm) / rampStepDb - 1e-9);
    return Array.from({length: Math.max(stepCount, 0)}, (_, index) =>
      index + 1 === stepCount ? powerDbm : minPowerDbm + (index + 1) * rampStepDb,
    );
  }

  /** What shifts the meaning of FREQ and POW is set to what makes them true while RF is off, and proven. */
  async #clearDisplayTraps(options: CallOptions): Promise<void> {
    for (const parameter of this.#dialect.parameters) {
      const {name, meaning} = parameter;
      if (meaning?.isNamedByBench !== true) continue;
      const found = await this.#readKnown(parameter, options);
      if (found === undefined || meaning.safe.some((safe) => parameter.isSame(safe, found))) continue;
      await this.#set.set(name, meaning.safe[0], options);
    }
  }

  async #setFrequency(outputFrequencyHz: number, options: CallOptions): Promise<void> {
    await this.#set.set('frequencyHz', outputFrequencyHz / this.config.multiplier, options);
    await this.#wait(options);
  }

  /** Sets the level and proves it. When the instrument reports a level above the limit, RF goes off at once. */
  async setPower(powerDbm: number, options: CallOptions = {}): Promise<number> {
    this.checkPower(powerDbm);
    this.#changeCount += 1;
    await this.wire.change([`POW ${Number(powerDbm.toFixed(2))} DBM`], options);
    await this.#wait(options);
    const gotDbm = await this.#readPower(options);
    if (Math.abs(gotDbm - powerDbm) > levelToleranceDb)
      throw new BenchError(
        'device/refused',
        `The ${this.wire.from} was asked for ${powerDbm} dBm but keeps ${gotDbm} dBm. Stored points are safe; choose a level ` +
          'that it can deliver at this frequency.',
        {details: {asked: powerDbm, got: gotDbm}},
      );
    if (this.#order?.isOutputOn === true) this.#order = {...this.#order, powerDbm};
    return gotDbm;
  }

  /** Level that the instrument reports, dBm; RF goes off when it is above the limit, whoever has set it. */
  async #readPower(options: CallOptions): Promise<number> {
    const gotDbm = await this.wire.readNumber('POW?', options);
    if (gotDbm <= this.maxPowerDbm + levelResolutionDb) return gotDbm;
    await this.turnOff();
    throw new BenchError(
      'source/limit',
      `The ${this.wire.from} reports ${gotDbm} dBm, above the limit of ${this.maxPowerDbm} dBm: RF was turned off. Points ` +
        'taken just before may be too high; find out who set the level (front panel, another program) before you go on.',
      {details: {gotDbm, maxPowerDbm: this.maxPowerDbm}},
    );
  }

  async #modulationOn(options: CallOptions): Promise<void> {
    const {modulation} = this.#dialect;
    if (modulation === undefined) return;
    const present = await this.wire.readNumber(modulation.rateQuery, options);
    const presentPeriodS = 1 / modulation.frequencyFrom(present);
    await this.wire.change(
      [...modulation.setUp(this.config.modulationHz, presentPeriodS), ...modulation.on],
      options,
    );
  }

  async #wait(options: CallOptions): Promise<void> {
    await this.wire.readText('*OPC?', {...options, timeoutMs: waitForWorkMs});
    await this.wire.link.clock.sleepMs(settleMs, {signal: options.signal});
  }

  #assertState(state: SourceState, outputFrequencyHz: number): void {
    const {modulationHz} = this.config;
    if (!state.isOutputOn) throw this.#fault('its RF output went off by itself');
    if (Math.abs(state.outputFrequencyHz / outputFrequencyHz - 1) > frequencyToleranceRatio)
      throw this.#fault(
        `its frequency is ${state.outputFrequencyHz} Hz behind the chain instead of ${outputFrequencyHz} Hz`,
      );
    if (this.#dialect.modulation === undefined) return;
    if (!state.isModulationOn) throw this.#fault('its modulation stays off');
    if (Math.abs(state.modulationHz / modulationHz - 1) > modulationToleranceRatio)
      throw this.#fault(`its modulation runs at ${state.modulationHz} Hz instead of ${modulationHz} Hz`);
  }

  async readState(options: CallOptions = {}): Promise<SourceState> {
    const isOutputOn = await this.wire.readFlag('OUTP?', options);
    if (isOutputOn) this.#mayBeOn = true; // by whomever
    const frequencyHz = await this.wire.readNumber('FREQ?', options);
    const powerDbm = isOutputOn
      ? await this.#readPower(options)
      : await this.wire.readNumber('POW?', options);
    return {
      isOutputOn,
      outputFrequencyHz: frequencyHz * this.config.multiplier,
      powerDbm,
      ...(await this.#readModulation(options)),
    };
  }

  async readCondition(options: CallOptions = {}): Promise<Condition & {readonly state: SourceState}> {
    // Taken before: what is changed while it is asked shows in the next condition.
    const [order, changeCount] = [this.#order, this.#changeCount];
    const state = await this.readState(options);
    const {modulation, statusQueries} = this.#dialect;
    const ask = async (query: string): Promise<number | undefined> => {
      if (this.#unknownQueries.has(query)) return undefined;
      const value = await this.wire.readOptionalNumber(query, options);
      if (value === undefined) this.#unknownQueries.add(query);
      return value;
    };
    const status: SourceReadings['status'][number][] = [];
    for (const of of statusQueries) {
      const value = await ask(of.query);
      if (value !== undefined) status.push({of, value});
    }
    const parameters = await this.#readParameters(options);
    const found = {state, hasModulation: modulation !== undefined, status, parameters};
    const context = {config: this.config, changeCount, parameters: this.#dialect.parameters};
    return {state, facts: factsOfSource(found, order, context)};
  }

  async #readModulation(options: CallOptions): Promise<{isModulationOn: boolean; modulationHz: number}> {
    const {modulation} = this.#dialect;
    if (modulation === undefined) return {isModulationOn: false, modulationHz: 0};
    let isModulationOn = true;
    for (const query of modulation.stateQueries)
      isModulationOn = (await this.wire.readFlag(query, options)) && isModulationOn;
    const value = await this.wire.readNumber(modulation.rateQuery, options);
    return {isModulationOn, modulationHz: modulation.frequencyFrom(value)};
  }

  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const {multiplier, outputFrequencyHz, maxPowerDbm, minPowerDbm, modulationHz} = this.config;
    return {
      ...(await this.#readParameters(options)),
      dialect: this.#dialect.name,
      multiplier,
      outputFrequencyHz,
      maxPowerDbm,
      minPowerDbm,
      modulationHz,
      // A synthesiser without modulation must be chopped elsewhere, or the lock-in finds nothing.
      chop:
        this.#dialect.modulation === undefined ? 'external: this synthesiser has no modulation' : 'internal',
    };
  }

  /** Models of one maker differ: what this one does not know is left out, and asked only once. */
  async #readParameters(options: CallOptions): Promise<SettingsSnapshot> {
    const values: Record<string, SettingValue> = {};
    for (const parameter of this.#dialect.parameters) {
      const value = await this.#readKnown(parameter, options);
      if (value !== undefined) values[parameter.name] = value;
    }
    return values;
  }

  async #readKnown(parameter: Parameter, options: CallOptions): Promise<SettingValue | undefined> {
    const {read} = parameter;
    if (read === undefined || this.#unknownQueries.has(read)) return undefined;
    const parse = (reply: string): SettingValue =>
      parameter.parse(reply, {from: this.wire.from, asked: read});
    const value = await this.wire.readOptional(read, parse, options);
    if (value === undefined) this.#unknownQueries.add(read);
    return value;
  }

  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#set.get(name, options);
  }

  async set(name: string, value: SettingValue, options: CallOptions = {}): Promise<SettingValue> {
    const checked = this.#set.check(name, value);
    if (name === 'powerDbm') return this.setPower(checked as number, options);
    if (name === 'isOutputOn') {
      if (checked === false) await this.turnOff(options);
      else await this.turnOn(options);
      return checked;
    }
    this.#changeCount += 1;
    // A new frequency may need a new level and gives sparks on the way: only with RF off.
    if (name.startsWith('frequency')) await this.turnOff(options);
    return this.#set.set(name, checked, options);
  }

  async call(action: string, args: ActionArgs = {}, options: CallOptions = {}): Promise<unknown> {
    switch (action) {
      case 'turn-on':
        return this.turnOn(options);
      case 'turn-off':
        return this.turnOff(options);
      case 'read-state':
        return this.readState(options);
      case 'read-errors':
        return this.wire.readErrors(options);
      default:
        throw unknownAction(`${this.driverName} (arguments ${JSON.stringify(args)})`, action, scpiActions);
    }
  }

  async readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    return {...(await this.readState(options))};
  }

  /** RF off, proven, then the port is closed. Throws when RF may still be on, for then a person must act. */
  async [Symbol.asyncDispose](): Promise<void> {
    const mustReport = this.#mayBeOn && !this.#isDisposed;
    const isOpen = this.wire.link.isOpen;
    this.#isDisposed = true;
    try {
      if (isOpen) await this.turnOff();
      else if (mustReport) throw this.#notProvenOff('port/closed', 'its port is closed.');
    } finally {
      await this.wire.link.close();
    }
  }
}
