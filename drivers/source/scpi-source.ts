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
import {createSettingsCheck, metaOf, ParameterSet, unknownAction} from '../kit/index.ts';
import type {ActionArgs, ParameterMeta, ScpiWire, SourceDevice} from '../kit/index.ts';
import {factsOfSource, levelToleranceDb} from './scpi-condition.ts';
import type {SourceOrder} from './scpi-condition.ts';
import {scpiActions, scpiColumns} from './scpi-declaration.ts';
import type {Dialect} from './scpi-dialects.ts';
import {
  aboveLimit,
  assertLevelAllowed,
  assertNotOwnField,
  assertTurnedOn,
  levelNotKept,
  levelResolutionDb,
  noteHazard,
  notProvenOff,
  rampDbm,
  sendOutputOff,
  turnedOffAgain,
} from './scpi-limits.ts';
import {DialectReader} from './scpi-reading.ts';

/** Sheet: level and frequency are steady after some tens of milliseconds. */
const settleMs = 20;
const waitForWorkMs = 5000;

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
  readonly #reader: DialectReader;
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
    this.#reader = new DialectReader(wire, dialect);
    this.#set = new ParameterSet(dialect.parameters, wire);
    for (const [name, value] of Object.entries(config.settings)) this.#set.check(name, value);
    Object.keys(config.settings).forEach(assertNotOwnField);
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

  get isLineOpen(): boolean {
    return this.wire.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.wire.link.onClose(listener);
  }

  checkPower(powerDbm: number): void {
    assertLevelAllowed(powerDbm, this.config);
  }

  async turnOff(options: CallOptions = {}): Promise<void> {
    this.#changeCount += 1;
    try {
      // Sent again once, for a line may have been lost; then only a person can help.
      for (let attempt = 0; attempt < 2; attempt++) {
        await sendOutputOff(this.wire.link, options);
        if (await this.wire.readFlag('OUTP?', options)) continue;
        this.#mayBeOn = noteHazard(this.wire.link, false);
        this.#order = {isOutputOn: false};
        return;
      }
    } catch (error) {
      if (!hasCode(error, 'port/closed', 'port/timeout', 'device/bad-reply')) throw error;
      throw notProvenOff(this.wire.from, error.code, error.message, error);
    }
    throw notProvenOff(this.wire.from, 'device/fault', 'it answers that RF is still on after OUTP OFF.');
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
      await this.#reader.turnModulationOn(this.config.modulationHz, options);
      this.#mayBeOn = noteHazard(this.wire.link, true);
      await this.wire.change(['OUTP ON'], options);
      if (!(await this.wire.readFlag('OUTP?', options)))
        throw turnedOffAgain(this.wire.from, 'its RF output stays off after OUTP ON');
      for (const levelDbm of rampDbm(this.config.minPowerDbm, powerDbm))
        await this.setPower(levelDbm, options);
      const state = await this.readState(options);
      assertTurnedOn(state, this.wire.from, {
        outputFrequencyHz,
        modulationHz: this.#dialect.modulation === undefined ? undefined : this.config.modulationHz,
      });
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

  /** What shifts the meaning of FREQ and POW is set to what makes them true while RF is off, and proven. */
  async #clearDisplayTraps(options: CallOptions): Promise<void> {
    for (const parameter of this.#dialect.parameters) {
      const {name, meaning} = parameter;
      if (meaning?.isNamedByBench !== true) continue;
      const found = await this.#reader.readKnown(parameter, options);
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
    if (Math.abs(gotDbm - powerDbm) > levelToleranceDb) throw levelNotKept(this.wire.from, powerDbm, gotDbm);
    if (this.#order?.isOutputOn === true) this.#order = {...this.#order, powerDbm};
    return gotDbm;
  }

  /** Level that the instrument reports, dBm; RF goes off when it is above the limit, whoever has set it. */
  async #readPower(options: CallOptions): Promise<number> {
    const gotDbm = await this.wire.readNumber('POW?', options);
    if (gotDbm <= this.maxPowerDbm + levelResolutionDb) return gotDbm;
    await this.turnOff();
    throw aboveLimit(this.wire.from, gotDbm, this.maxPowerDbm);
  }

  async #wait(options: CallOptions): Promise<void> {
    await this.wire.readText('*OPC?', {...options, timeoutMs: waitForWorkMs});
    await this.wire.link.clock.sleepMs(settleMs, {signal: options.signal});
  }

  async readState(options: CallOptions = {}): Promise<SourceState> {
    const isOutputOn = await this.wire.readFlag('OUTP?', options);
    if (isOutputOn) this.#mayBeOn = noteHazard(this.wire.link, true); // whoever did it
    const frequencyHz = await this.wire.readNumber('FREQ?', options);
    const powerDbm = isOutputOn
      ? await this.#readPower(options)
      : await this.wire.readNumber('POW?', options);
    return {
      isOutputOn,
      outputFrequencyHz: frequencyHz * this.config.multiplier,
      powerDbm,
      ...(await this.#reader.readModulation(options)),
    };
  }

  async readCondition(options: CallOptions = {}): Promise<Condition & {readonly state: SourceState}> {
    // Taken before: what is changed while it is asked shows in the next condition.
    const [order, changeCount] = [this.#order, this.#changeCount];
    const state = await this.readState(options);
    const status = await this.#reader.readStatus(options);
    const parameters = await this.#reader.readParameters(options);
    const hasModulation = this.#dialect.modulation !== undefined;
    const found = {state, hasModulation, status, parameters};
    const context = {config: this.config, changeCount, parameters: this.#dialect.parameters};
    return {state, facts: factsOfSource(found, order, context)};
  }

  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const {multiplier, outputFrequencyHz, maxPowerDbm, minPowerDbm, modulationHz} = this.config;
    return {
      ...(await this.#reader.readParameters(options)),
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
      else if (mustReport) throw notProvenOff(this.wire.from, 'port/closed', 'its port is closed.');
    } finally {
      await this.wire.link.close();
    }
  }
}
