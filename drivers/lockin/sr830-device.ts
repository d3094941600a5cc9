import {fixedText} from '../../src/base/number-format.ts';
import type {
  CallOptions,
  Condition,
  DeviceIdentity,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import type {DetectorConfig} from '../../src/contract/bench-file.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {msFromS} from '../../src/contract/units.ts';
import {askAgain, badReply, createSettingsCheck, metaOf, ParameterSet, ReadingProof} from '../kit/index.ts';
import type {ActionArgs, DetectorDevice, Parameter} from '../kit/index.ts';
import {computeNoiseBandwidthHz, computeSettleTimeConstants} from './filter-response.ts';
import {callSr830, sr830Actions} from './sr830-actions.ts';
import {factsOfLockIn, watchedNames} from './sr830-condition.ts';
import {sr830Declaration, type Sr830Reading} from './sr830-declaration.ts';
import {changesTimeConstant, sr830Parameters} from './sr830-parameters.ts';
import {ampereFromVolt, chooseRange} from './sr830-range.ts';
import {AgreementLimit, isAnswerBefore, judgeReading, snapAt} from './sr830-reading.ts';
import type {Offsets, ReadingContext} from './sr830-reading.ts';
import {adviseOn, describeLias, notValidMask, overloadMask} from './sr830-status.ts';
import {Sr830Sampler} from './sr830-sampler.ts';
import type {Sample} from './sr830-sampler.ts';
import type {Sr830Wire} from './sr830-wire.ts';

export interface Sr830Options {
  /** Readings between two checks that the same instrument still answers; 0 for none. */
  readonly identityCheckEvery?: number;
}

/** Actions by which the operator has the instrument choose settings. */
const choosingActions: ReadonlySet<string> = new Set(['auto-gain', 'auto-reserve', 'recall-setup', 'reset']);
/** Readings after the first one, each after a settling time, before a reading is given up. */
const rereadCount = 3;
const rereadResidual = 0.01;
const autoPhaseResidual = 0.001;
const autoPhaseToleranceDeg = 5;
/** A connected SR830. Times are bench time. */
export class Sr830 implements DetectorDevice {
  readonly kind = 'detector';
  readonly driverName = 'sr830';
  readonly model = 'SR830';
  readonly role: string;
  readonly identity: DeviceIdentity;
  readonly parameters = sr830Parameters.map(metaOf);
  readonly actions = sr830Actions;
  readonly declaration = sr830Declaration;
  readonly columns = sr830Declaration.columns;
  readonly wire: Sr830Wire;
  readonly settingsCheck: SettingsCheck;
  readonly #set: ParameterSet;
  readonly #sampler: Sr830Sampler;
  readonly #named: SettingsSnapshot;
  /** What the operator left to himself and has set with this program. */
  readonly #chosen = new Map<string, SettingValue>();
  readonly #proof: ReadingProof;
  readonly #agreement = new AgreementLimit();
  #timeConstantS = 1;
  #poleCount = 1;
  #syncPeriodS = 0;
  #fullScale = 1;
  #offsets: Offsets = {xPercent: 0, yPercent: 0, rPercent: 0};
  /** How often the program has changed each setting. */
  readonly #changeCounts = new Map<string, number>();

  constructor(wire: Sr830Wire, config: DetectorConfig, identity: DeviceIdentity, options: Sr830Options = {}) {
    const {role, settings: named} = config;
    this.wire = wire;
    this.role = role;
    this.#named = named;
    this.settingsCheck = createSettingsCheck(
      sr830Parameters,
      {role, named, chosen: this.#chosen},
      (name, value, call) => this.set(name, value, call),
    );
    this.identity = identity;
    this.#set = new ParameterSet(sr830Parameters, wire);
    this.#sampler = new Sr830Sampler(wire, {
      settle: (call) => this.#sleep(this.settleMs(rereadResidual), call),
      refresh: (call) => this.refresh(call),
      nextTurn: () => this.#proof.nextTurn(),
    });
    this.#proof = new ReadingProof(wire.link, {identity, identityEvery: options.identityCheckEvery});
  }

  get isLineOpen(): boolean {
    return this.wire.link.isOpen;
  }
  onLineEnd(listener: (reason: Error) => void): () => void {
    return this.wire.link.onClose(listener);
  }

  /** Reads what the driver computes with: filter, full scale, offsets. */
  async refresh(options: CallOptions = {}): Promise<void> {
    const names = [
      'timeConstantS',
      'slopeDbPerOctave',
      'isSynchronousFilterOn',
      'referenceFrequencyHz',
      'harmonic',
    ];
    const scaleNames = ['sensitivityV', 'inputSource', 'xOffsetPercent', 'yOffsetPercent', 'rOffsetPercent'];
    const all = [...names, ...scaleNames].map((name) => this.#set.find(name));
    const read = async (): Promise<SettingsSnapshot> => {
      const queries = all.map((parameter) => parameter.read ?? '');
      const replies = await this.wire.readTexts(queries, options);
      return Object.fromEntries(
        all.map((parameter, index) => [parameter.name, this.#parse(parameter, replies[index] ?? '')]),
      );
    };
    this.#adopt(await askAgain(this.wire.link, 'filter, range and offsets', read, options));
  }

  #adopt(settings: SettingsSnapshot): void {
    const value = (name: string): SettingValue => settings[name];
    const before = this.#context;
    this.#timeConstantS = value('timeConstantS') as number;
    this.#poleCount = (value('slopeDbPerOctave') as number) / 6;
    const detectionHz = (value('referenceFrequencyHz') as number) * (value('harmonic') as number);
    this.#syncPeriodS = value('isSynchronousFilterOn') === true && detectionHz < 200 ? 1 / detectionHz : 0;
    const isCurrent = String(value('inputSource')).startsWith('I-');
    this.#fullScale = (value('sensitivityV') as number) * (isCurrent ? ampereFromVolt : 1);
    this.#offsets = {
      xPercent: value('xOffsetPercent') as number,
      yPercent: value('yOffsetPercent') as number,
      rPercent: value('rOffsetPercent') as number,
    };
    const isOther = before.fullScale !== this.#fullScale || before.timeConstantS !== this.#timeConstantS;
    if (isOther) this.#agreement.forget();
  }

  /** The reference gets as much time to be locked again as a reading would. */
  async readCondition(options: CallOptions = {}): Promise<Condition> {
    const changeCounts = new Map(this.#changeCounts);
    let isLocked = await this.#sampler.isLocked(options);
    for (let attempt = 0; attempt < rereadCount && !isLocked; attempt++) {
      await this.#sleep(this.settleMs(rereadResidual), options);
      isLocked = await this.#sampler.isLocked(options);
    }
    const parameters = watchedNames.map((name) => this.#set.find(name));
    const queries = [...new Set(parameters.map(({read}) => read ?? ''))];
    const ask = async (): Promise<SettingValue[]> => {
      const replies = await this.wire.readTexts(queries, options);
      return parameters.map((parameter) =>
        this.#parse(parameter, replies[queries.indexOf(parameter.read ?? '')] ?? ''),
      );
    };
    const values = await askAgain(this.wire.link, 'settings that are watched', ask, options);
    return {facts: factsOfLockIn({parameters, values, isLocked, changeCounts})};
  }

  #noteChange(name: string): void {
    const names = changesTimeConstant.has(name) ? [name, 'timeConstantS'] : [name];
    for (const one of names) this.#changeCounts.set(one, (this.#changeCounts.get(one) ?? 0) + 1);
  }

  #parse(parameter: Parameter, reply: string): SettingValue {
    const source = {from: this.wire.from, asked: parameter.read ?? ''};
    const field = reply.split(',')[parameter.field];
    if (field === undefined) throw badReply(source, reply, `at least ${parameter.field + 1} fields`);
    return parameter.parse(field, source);
  }

  /** Whoever has changed something meanwhile: from here on the driver computes with what there is. */
  async readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    const settings = await this.#set.snapshot(options);
    this.#adopt(settings);
    return settings;
  }

  settleMs(residualRatio: number): number {
    const timeConstants = computeSettleTimeConstants(residualRatio, this.#poleCount);
    return msFromS(timeConstants * this.#timeConstantS + this.#syncPeriodS);
  }

  noiseBandwidthHz(): number {
    return computeNoiseBandwidthHz(this.#timeConstantS, this.#poleCount);
  }

  async read(options: CallOptions = {}): Promise<Sr830Reading> {
    await this.#proof.checkIdentity(options);
    let lias = 0;
    let contradiction: Sample | undefined;
    for (let attempt = 0; attempt <= rereadCount; attempt++) {
      const sample = await this.#sampler.sample(options);
      lias = sample.lias;
      const isValid = (lias & notValidMask) === 0;
      const reading = isValid ? await this.#readingFrom(sample, options) : undefined;
      if (reading !== undefined) return reading;
      contradiction = isValid ? sample : undefined;
      // The filter remembers what overloaded it: a clean status alone does not make the next value right. And while
      // the signal still moves fast, an R that is a refresh older than X and Y contradicts them without any fault.
      if (attempt < rereadCount) await this.#sleep(this.settleMs(rereadResidual), options);
    }
    if (contradiction !== undefined) {
      throw badReply(
        {from: this.wire.from, asked: snapAt(contradiction.turn)},
        contradiction.answered.join(','),
        'X, Y, R and theta of one signal',
      );
    }
    throw new BenchError(
      'device/not-valid',
      `${this.wire.from} gives no valid reading: ${describeLias(lias)} (${rereadCount + 1} readings in a row). ` +
        `This point was not stored, earlier ones are safe; ${adviseOn(lias)}.`,
      {details: {lias, isOverload: (lias & overloadMask) !== 0, port: this.wire.link.name}},
    );
  }

  get #context(): ReadingContext {
    return {fullScale: this.#fullScale, timeConstantS: this.#timeConstantS, offsets: this.#offsets};
  }

  /** The sample as a reading; undefined when its numbers contradict each other, or answer an earlier question. */
  async #readingFrom(sample: Sample, options: CallOptions): Promise<Sr830Reading | undefined> {
    const agreed = (): Sr830Reading | undefined => {
      const judged = judgeReading(sample.values, this.#context);
      return judged && this.#agreement.admits(judged, this.#context) ? judged.reading : undefined;
    };
    const asked = snapAt(sample.turn);
    const reading = agreed();
    if (reading === undefined && isAnswerBefore(sample.turn, sample.answered, this.#context)) {
      this.#proof.refuse(asked, 'late', options);
      return undefined;
    }
    // Somebody may have turned an offset or the range at the front panel.
    if (reading === undefined) await this.refresh(options);
    const taken = reading ?? agreed();
    const judged = judgeReading(sample.values, this.#context);
    if (judged) this.#agreement.note(judged);
    if (taken === undefined) this.#proof.refuse(asked, 'contradictory', options);
    return taken;
  }

  async applySettings(settings: SettingsSnapshot, options: CallOptions = {}): Promise<void> {
    const asked = new Map(
      Object.entries(settings).map(([name, value]) => [name, this.#set.check(name, value)]),
    );
    for (const parameter of this.#set.list) {
      const value = asked.get(parameter.name);
      if (value === undefined) continue;
      this.#noteChange(parameter.name);
      await this.#set.set(parameter.name, value, options);
    }
    for (const [name, value] of asked) this.#chosen.set(name, value);
    this.#sampler.discardLatch();
    await this.refresh(options);
    const timeConstantS = asked.get('timeConstantS');
    if (timeConstantS !== undefined && timeConstantS !== this.#timeConstantS)
      throw new BenchError(
        'device/refused',
        `${this.wire.from} raised the time constant to ${this.#timeConstantS} s where ${timeConstantS} s was asked: ` +
          'its gain, reserve and slope do not allow less. Readings are valid with that; choose a lower reserve or a longer time constant.',
        {details: {asked: timeConstantS, got: this.#timeConstantS}},
      );
  }

  get(name: string, options: CallOptions = {}): Promise<SettingValue> {
    return this.#set.get(name, options);
  }

  async set(name: string, value: SettingValue, options: CallOptions = {}): Promise<SettingValue> {
    this.#noteChange(name);
    const got = await this.#set.set(name, value, options);
    this.#chosen.set(name, got);
    this.#sampler.discardLatch();
    if (
      name === 'timeConstantS' ||
      changesTimeConstant.has(name) ||
      name.includes('Offset') ||
      name.includes('Synchronous') ||
      name === 'inputSource'
    )
      await this.refresh(options);
    return got;
  }

  async call(action: string, args: ActionArgs = {}, options: CallOptions = {}): Promise<unknown> {
    // Which settings an action moves is the instrument's business (recall, reset, auto gain).
    for (const name of watchedNames) this.#noteChange(name);
    const result = await callSr830(this, action, args, options);
    if (choosingActions.has(action)) await this.#noteChoices(Object.keys(this.#named), options);
    return result;
  }

  /** What the instrument has now of what the bench file names is what the operator has just chosen. */
  async #noteChoices(names: readonly string[], options: CallOptions): Promise<void> {
    for (const name of names)
      if (name in this.#named) this.#chosen.set(name, await this.#set.get(name, options));
  }

  async readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    return {...(await this.read(options))};
  }

  async autoPhase(options: CallOptions = {}): Promise<void> {
    this.#noteChange('referencePhaseDeg');
    await this.wire.writeText('APHS', options);
    await this.waitSettled(autoPhaseResidual, options);
    const {thetaDeg} = await this.read(options);
    if (Math.abs(thetaDeg) <= autoPhaseToleranceDeg) return this.#noteChoices(['referencePhaseDeg'], options);
    throw new BenchError(
      'device/not-valid',
      `${this.wire.from} could not set its phase: theta is ${fixedText(thetaDeg, 1)} deg after auto phase. Nothing was ` +
        'stored; it needs a steady signal well above the noise: go to the strongest point, let it settle, try again.',
      {details: {thetaDeg}},
    );
  }

  autoRange(options: CallOptions = {}): Promise<number> {
    return chooseRange({
      from: this.wire.from,
      get: (name) => this.#set.get(name, options),
      setSensitivity: async (sensitivityV) => {
        await this.set('sensitivityV', sensitivityV, options);
      },
      settle: () => this.waitSettled(rereadResidual, options),
      sample: () => this.#sampler.sample(options),
      readingFrom: (sample) => this.#readingFrom(sample, options),
    });
  }

  /** Waits until a step has decayed and forgets what was latched meanwhile. */
  async waitSettled(residualRatio: number, options: CallOptions): Promise<void> {
    await this.#sleep(this.settleMs(residualRatio), options);
    this.#sampler.discardLatch();
  }

  #sleep(ms: number, options: CallOptions): Promise<void> {
    return this.wire.link.clock.sleepMs(ms, {signal: options.signal});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.wire.link.close();
  }
}
