import type {DetectorConfig} from '../../src/contract/bench-file.ts';
import type {
  CallOptions,
  Condition,
  DeviceIdentity,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {msFromS} from '../../src/contract/units.ts';
import {
  badReply,
  DeviceSettings,
  isScpiOverflow,
  metaOf,
  numberFromText,
  ReadingProof,
  unknownAction,
} from '../kit/index.ts';
import type {ActionArgs, DetectorDevice, ReplySource, ScpiWire} from '../kit/index.ts';
import {
  keithley2000Actions,
  keithley2000Declaration,
  keithley2000Parameters,
  rangesV,
  watchedNames,
} from './keithley2000-parameters.ts';

/** One reading when it is asked for, as text, without a unit: what `READ?` needs to mean what it says. */
const oneReadingAQuestion = [
  'INIT:CONT OFF',
  'ABOR',
  'TRIG:SOUR IMM',
  'TRIG:COUN 1',
  'SAMP:COUN 1',
  'FORM:ELEM READ',
] as const;

/** The slower of the two line frequencies: time limits and estimates hold at both. */
const lineHz = 50;
/** Of a conversion beside its integration, and of the analogue input after a step (manual, 3-9). */
const [conversionMs, inputSettleMs] = [10, 5];
/** Automatic choice of a range (specifications: below 30 ms), with a conversion more for each. */
const rangeChangeMs = 30;

/**
 * A reading, and the same one again: `FETC?` tells the last reading as often as it is asked. Every second time it is told
 * once more, so that an answer is known from the one before it.
 */
const questionAt = (turn: number): string => (turn % 2 === 0 ? 'READ?;:FETC?' : 'READ?;:FETC?;:FETC?');

/** The reading as text. Throws `device/bad-reply` where it does not come each time the same, as often as it was asked for. */
function readingOf(source: ReplySource, answer: string): string {
  const told = answer.split(';').map((text) => text.trim());
  const count = source.asked.split(';').length;
  const [first = ''] = told;
  if (told.length === count && told.every((text) => text === first)) return first;
  throw badReply(source, answer, `one reading, told ${count} times`);
}

/** A connected Keithley 2000. Times are bench time. */
export class Keithley2000 implements DetectorDevice {
  readonly kind = 'detector';
  readonly driverName = 'keithley-2000';
  readonly model = 'Model 2000';
  readonly role: string;
  readonly identity: DeviceIdentity;
  readonly parameters = keithley2000Parameters.map(metaOf);
  readonly actions = keithley2000Actions;
  readonly declaration = keithley2000Declaration;
  readonly columns = keithley2000Declaration.columns;
  readonly settingsCheck: SettingsCheck;
  readonly #wire: ScpiWire;
  readonly #settings: DeviceSettings;
  readonly #proof: ReadingProof;

  constructor(wire: ScpiWire, {role, settings: named}: DetectorConfig, identity: DeviceIdentity) {
    this.#wire = wire;
    this.role = role;
    this.identity = identity;
    this.#settings = new DeviceSettings(keithley2000Parameters, wire, {role, named});
    this.#proof = new ReadingProof(wire.link, {identity});
    this.settingsCheck = this.#settings.check;
  }

  get isLineOpen(): boolean {
    return this.#wire.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.#wire.link.onClose(listener);
  }

  readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    return this.#settings.read(options);
  }
  async readCondition(options: CallOptions = {}): Promise<Condition> {
    const facts = await this.#settings.readFacts(watchedNames, options);
    const isAutomatic = this.#settings.now['isAutoRangeOn'] === true;
    // An automatic range is the meter's own business, and no reading means less for it.
    return {facts: facts.filter(({name}) => !isAutomatic || name !== 'rangeV')};
  }

  /** Time of a reading: its conversions, each with the autozero's own integration. */
  readMs(): number {
    const {integrationPlc, isFilterOn, filterCount, isAutozeroOn, isAutoRangeOn} = this.#settings.now;
    const integrationMs = msFromS(Number(integrationPlc) / lineHz) * (isAutozeroOn === false ? 1 : 2);
    const count = isFilterOn === true ? Number(filterCount) : 1;
    const changes = isAutoRangeOn === true ? rangesV.length - 1 : 0;
    return count * (integrationMs + conversionMs) + changes * (rangeChangeMs + integrationMs);
  }

  /**
   * A conversion begins with the question, so that only the input has to settle; with the moving filter all conversions
   * of before have to leave it.
   */
  settleMs(): number {
    const {isFilterOn, filterKind} = this.#settings.now;
    return inputSettleMs + (isFilterOn === true && filterKind === 'moving' ? this.readMs() : 0);
  }

  async read(options: CallOptions = {}): Promise<{readonly voltageV: number}> {
    await this.#proof.checkIdentity(options);
    const {link, from} = this.#wire;
    const timeoutMs = link.settings.timeoutMs + 2 * this.readMs();
    // A reading that was lost is taken anew: nothing at the meter remembers the first one.
    const {reply, asked} = await this.#wire.askProven(
      'READ?',
      () => questionAt(this.#proof.nextTurn()),
      (asked, answer) => ({reply: readingOf({from, asked}, answer), asked}),
      {...options, timeoutMs},
    );
    const {rangeV} = this.#settings.now;
    if (isScpiOverflow(reply))
      throw new BenchError(
        'device/not-valid',
        `${from} reads an overflow: the signal is beyond ${String(rangeV)} V. This point was not stored, earlier ones ` +
          'are safe; choose a higher range or weaken the signal.',
        {details: {isOverload: true, rangeV, port: link.name}},
      );
    const voltageV = numberFromText(reply);
    if (voltageV === undefined) throw badReply({from, asked}, reply, 'a number of volts');
    return {voltageV};
  }
  readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    return this.read(options);
  }

  applySettings(settings: SettingsSnapshot, options: CallOptions = {}): Promise<void> {
    return this.#settings.apply(settings, options);
  }
  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#settings.get(name, options);
  }
  set(name: string, value: SettingValue, options: CallOptions = {}): Promise<SettingValue> {
    return this.#settings.set(name, value, options);
  }

  /** The meter chooses the range by itself, which is then kept: a run measures in one range. Returns it, V. */
  async autoRange(options: CallOptions = {}): Promise<number> {
    await this.set('isAutoRangeOn', true, options);
    await this.read(options);
    const rangeV = await this.get('rangeV', options);
    await this.#settings.apply({rangeV, isAutoRangeOn: false}, options);
    return Number(rangeV);
  }

  async call(action: string, _args?: ActionArgs, options: CallOptions = {}): Promise<unknown> {
    switch (action) {
      case 'auto-range':
        return {rangeV: await this.autoRange(options)};
      case 'read-errors':
        return this.#wire.readErrors(options);
      case 'local':
        return this.#wire.writeText('SYST:LOC', options);
      case 'reset':
        this.#settings.noteChange(watchedNames);
        await this.#wire.writeText('*RST', options);
        return this.prepare(options);
    }
    throw unknownAction(this.driverName, action, keithley2000Actions);
  }

  /** Makes `READ?` one reading of now, and reads the settings that times are computed with. */
  async prepare(options: CallOptions = {}): Promise<void> {
    await this.#wire.change(oneReadingAQuestion, options);
    await this.readSettings(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#wire.link.close();
  }
}
