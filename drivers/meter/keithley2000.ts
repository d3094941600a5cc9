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
  askAgain,
  badReply,
  choice,
  defineDriver,
  DeviceSettings,
  flag,
  integer,
  isScpiOverflow,
  metaOf,
  number,
  numberFromText,
  parseIdentity,
  ScpiWire,
  unknownAction,
  wrongInstrument,
} from '../kit/index.ts';
import type {
  ActionArgs,
  ActionMeta,
  DetectorDeclaration,
  DetectorDevice,
  DetectorDriver,
  Link,
  LinkSettings,
} from '../kit/index.ts';

/** RS-232 as set at the front panel: 9600 baud, TX TERM LF (or CRLF, whose CR is dropped); no echo. */
const link: LinkSettings = {
  style: 'query',
  baudRate: 9600,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  sendTerminator: '\n',
  replyTerminator: '\n',
  dtr: 'on',
  bootWaitMs: 0,
  commandGapMs: 0,
  timeoutMs: 1500,
  quietMs: 100,
  maxLineBytes: 4096,
};

/** DC volts of a power detector: a square-law diode, a pyroelectric or a calorimeter with an amplifier. */
const declaration = {
  columns: [{name: 'voltageV', unit: 'V', label: 'Voltage', precision: 7}],
  signal: {column: 'voltageV', proportionalTo: 'power'},
  rangeParameter: 'rangeV',
  canOverload: true,
  shownSettings: [
    {parameter: 'integrationPlc', label: 'PLC'},
    {parameter: 'rangeV', label: 'range'},
  ],
} as const satisfies DetectorDeclaration;

const rangesV = [0.1, 1, 10, 100, 1000] as const;
const functions = {
  'dc-voltage': 'VOLT:DC',
  'ac-voltage': 'VOLT:AC',
  'dc-current': 'CURR:DC',
  'ac-current': 'CURR:AC',
  resistance: 'RES',
  'four-wire-resistance': 'FRES',
  frequency: 'FREQ',
  period: 'PER',
  temperature: 'TEMP',
  diode: 'DIOD',
  continuity: 'CONT',
} as const;

const at = (leaf: string) => ({read: `VOLT:DC:${leaf}?`, write: `VOLT:DC:${leaf} {value}`});
const parameters = [
  choice({
    group: 'measurement',
    name: 'function',
    label: 'Function',
    choices: Object.keys(functions),
    texts: Object.values(functions),
    read: 'FUNC?',
    write: 'FUNC "{value}"',
    meaning: {safe: ['dc-voltage'], effect: 'readings would not be the volts of the detector'},
  }),
  choice({
    group: 'measurement',
    name: 'rangeV',
    label: 'Range',
    unit: 'V',
    choices: rangesV,
    isNumeric: true,
    ...at('RANG'),
    hint: 'setting it turns the automatic range off; 120 % of it can be read',
  }),
  flag({group: 'measurement', name: 'isAutoRangeOn', label: 'Automatic range', ...at('RANG:AUTO')}),
  number({
    group: 'measurement',
    name: 'integrationPlc',
    label: 'Integration time',
    unit: 'PLC',
    range: [0.01, 10],
    significant: 3,
    relativeResolution: 0.005,
    ...at('NPLC'),
    hint: 'periods of the power line; whole ones reject its hum, and hold whole periods of the chop',
  }),
  integer({group: 'measurement', name: 'digitCount', label: 'Digits', unit: '', range: [4, 7], ...at('DIG')}),
  flag({group: 'filter', name: 'isFilterOn', label: 'Averaging filter', ...at('AVER:STAT')}),
  choice({
    group: 'filter',
    name: 'filterKind',
    label: 'Filter',
    choices: ['repeat', 'moving'],
    texts: ['REP', 'MOV'],
    ...at('AVER:TCON'),
    meaning: {
      safe: ['repeat'],
      effect: 'a reading would hold conversions of points before it',
      matters: ({isFilterOn}) => isFilterOn === true,
    },
  }),
  integer({
    group: 'filter',
    name: 'filterCount',
    label: 'Conversions',
    unit: '',
    range: [1, 100],
    ...at('AVER:COUN'),
  }),
  flag({
    group: 'offset',
    name: 'isReferenceOn',
    label: 'Relative reading',
    ...at('REF:STAT'),
    meaning: {safe: [false], effect: 'every reading is less by the reference value'},
  }),
  number({
    group: 'offset',
    name: 'referenceV',
    label: 'Reference value',
    unit: 'V',
    range: [-1010, 1010],
    significant: 8,
    resolution: 1e-7,
    ...at('REF'),
  }),
  flag({
    group: 'offset',
    name: 'isAutozeroOn',
    label: 'Autozero',
    read: 'SYST:AZER:STAT?',
    write: 'SYST:AZER:STAT {value}',
  }),
];
/** Settings that decide what a reading means, in the order in which they are asked. */
const watchedNames = [
  'function',
  'rangeV',
  'isAutoRangeOn',
  'integrationPlc',
  'isFilterOn',
  'filterKind',
  'filterCount',
  'isReferenceOn',
  'isAutozeroOn',
];

const actions: readonly ActionMeta[] = [
  {name: 'auto-range', label: 'Choose the range for the signal present now, and keep it'},
  {name: 'read-errors', label: 'Read and empty the error queue'},
  {name: 'reset', label: 'Standard settings (*RST), and one reading a question'},
  {name: 'local', label: 'Give the front panel back (SYST:LOC)'},
];

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

/** A connected Keithley 2000. Times are bench time. */
export class Keithley2000 implements DetectorDevice {
  readonly kind = 'detector';
  readonly driverName = 'keithley-2000';
  readonly model = 'Model 2000';
  readonly role: string;
  readonly identity: DeviceIdentity;
  readonly parameters = parameters.map(metaOf);
  readonly actions = actions;
  readonly declaration = declaration;
  readonly columns = declaration.columns;
  readonly settingsCheck: SettingsCheck;
  readonly #wire: ScpiWire;
  readonly #settings: DeviceSettings;

  constructor(wire: ScpiWire, {role, settings: named}: DetectorConfig, identity: DeviceIdentity) {
    this.#wire = wire;
    this.role = role;
    this.identity = identity;
    this.#settings = new DeviceSettings(parameters, wire, {role, named});
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
    const asked = 'READ?';
    const {link, from} = this.#wire;
    const timeoutMs = link.settings.timeoutMs + 2 * this.readMs();
    // A reading that was lost is taken anew: nothing at the meter remembers the first one.
    const reply = await this.#wire.readText(asked, {...options, timeoutMs});
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
    throw unknownAction(this.driverName, action, actions);
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

/** Opens the dialogue: the right instrument, old errors cleared, one reading a question, the bench file's settings. */
export async function connectKeithley2000(
  link: Link,
  config: DetectorConfig,
  options: CallOptions = {},
): Promise<Keithley2000> {
  const wire = new ScpiWire(link, 'meter');
  const ask = (): Promise<string> => link.query('*IDN?', options);
  const answer = await askAgain(link, '*IDN?', ask, options);
  if (!/keithley.*model 2000/i.test(answer))
    throw wrongInstrument('a Keithley 2000 multimeter', link.name, answer);
  const identity = parseIdentity(answer, {from: link.name, asked: '*IDN?'});
  link.setResync({query: '*IDN?', reply: identity.text});
  await link.send('*CLS', options);
  const device = new Keithley2000(wire, config, identity);
  await device.prepare(options);
  if (Object.keys(config.settings).length > 0) await device.applySettings(config.settings, options);
  return device;
}

export const keithley2000 = defineDriver<DetectorDriver>({
  name: 'keithley-2000',
  kind: 'detector',
  model: 'Model 2000',
  title: 'Keithley 2000 multimeter behind a power detector (RS-232)',
  manual: "Model 2000 Multimeter User's Manual (2000-900-01), sections 3 to 5",
  docs: 'docs/instruments/keithley-2000.md',
  link,
  identity: '*IDN? answers KEITHLEY INSTRUMENTS INC.,MODEL 2000,...',
  parameters,
  mainParameters: ['rangeV', 'integrationPlc', 'isFilterOn', 'filterCount'],
  actions,
  declaration,
  columns: declaration.columns,
  connect: connectKeithley2000,
});
