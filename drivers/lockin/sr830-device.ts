import type {
  CallOptions,
  Condition,
  DeviceIdentity,
  LockInReading,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {msFromS} from '../../src/contract/units.ts';
import {badReply, metaOf, parseNumbers, ParameterSet, wrongInstrument} from '../kit/index.ts';
import type {ActionArgs, LockInDevice, Parameter} from '../kit/index.ts';
import {computeNoiseBandwidthHz, computeSettleTimeConstants} from './filter-response.ts';
import {callSr830, sr830Actions, sr830Columns} from './sr830-actions.ts';
import {factsOfLockIn, watchedNames} from './sr830-condition.ts';
import {changesTimeConstant, sensitivitiesV, sr830Parameters} from './sr830-parameters.ts';
import {consistentReading} from './sr830-reading.ts';
import type {Offsets} from './sr830-reading.ts';
import {
  adviseOn,
  describeLias,
  filterChangedMask,
  liaBits,
  notValidMask,
  overloadMask,
} from './sr830-status.ts';
import type {Sr830Wire} from './sr830-wire.ts';

export interface Sr830Options {
  /** Readings between two checks that the same instrument still answers; 0 for none. */
  readonly identityCheckEvery?: number;
}

/** One SNAP with the status that belongs to it. */
interface Sample {
  readonly values: readonly number[];
  readonly lias: number;
}

const snap = 'SNAP?1,2,3,4';
/** Readings after the first one, each after a settling time, before a reading is given up. */
const rereadCount = 3;
const rereadResidual = 0.01;
const defaultIdentityCheckEvery = 1000;
const autoPhaseResidual = 0.001;
const autoPhaseToleranceDeg = 5;
const autoRangeCeiling = 0.8;
const autoRangeStepCount = 20;
/** Largest step down at once: a factor of 100, so that a reading near zero of a coarse range is not trusted far. */
const largestDownStep = 6;
/** Current inputs read ampere: 1 V full scale is 1 uA (sheet, SENS). */
const ampereFromVolt = 1e-6;

/** A connected SR830. Times are bench time. */
export class Sr830 implements LockInDevice {
  readonly kind = 'lockin';
  readonly driverName = 'sr830';
  readonly model = 'SR830';
  readonly role: string;
  readonly identity: DeviceIdentity;
  readonly parameters = sr830Parameters.map(metaOf);
  readonly actions = sr830Actions;
  readonly columns = sr830Columns;
  readonly wire: Sr830Wire;
  readonly #set: ParameterSet;
  readonly #identityCheckEvery: number;
  #timeConstantS = 1;
  #poleCount = 1;
  #syncPeriodS = 0;
  #fullScale = 1;
  #offsets: Offsets = {xPercent: 0, yPercent: 0, rPercent: 0};
  /** Latched bits tell of the time before; they are thrown away ahead of the next reading. */
  #mustDiscardLatch = true;
  #readCount = 0;
  /** Status bits that a look has taken off the latch and that belong to the next reading. */
  #keptLatch = 0;
  /** How often the program has changed each setting. */
  readonly #changeCounts = new Map<string, number>();

  constructor(wire: Sr830Wire, role: string, identity: DeviceIdentity, options: Sr830Options = {}) {
    this.wire = wire;
    this.role = role;
    this.identity = identity;
    this.#set = new ParameterSet(sr830Parameters, wire);
    this.#identityCheckEvery = options.identityCheckEvery ?? defaultIdentityCheckEvery;
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
    const replies = await this.wire.readTexts(
      all.map(({read}) => read ?? ''),
      options,
    );
    const value = (name: string): SettingValue => {
      const index = all.findIndex((parameter) => parameter.name === name);
      return this.#parse(all[index], replies[index] ?? '');
    };
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
  }

  /** The reference gets as much time to be locked again as a reading would. */
  async readCondition(options: CallOptions = {}): Promise<Condition> {
    const changeCounts = new Map(this.#changeCounts);
    let isLocked = await this.#isLocked(options);
    for (let attempt = 0; attempt < rereadCount && !isLocked; attempt++) {
      await this.#sleep(this.settleMs(rereadResidual), options);
      isLocked = await this.#isLocked(options);
    }
    const parameters = watchedNames.map((name) => this.#set.find(name));
    const queries = [...new Set(parameters.map(({read}) => read ?? ''))];
    const replies = await this.wire.readTexts(queries, options);
    const values = parameters.map((parameter) =>
      this.#parse(parameter, replies[queries.indexOf(parameter.read ?? '')] ?? ''),
    );
    return {facts: factsOfLockIn({parameters, values, isLocked, changeCounts})};
  }

  /** Twice, for the first answer tells of the time since it was last asked; that belongs to the next reading. */
  async #isLocked(options: CallOptions): Promise<boolean> {
    const line = 'LIAS?;LIAS?';
    const [since = '', now = ''] = await this.wire.askLines(line, 2, options);
    const present = this.wire.parseByte(now, line);
    this.#keptLatch |= this.wire.parseByte(since, line) | present;
    return (present & liaBits.referenceUnlock) === 0;
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

  readSettings(options: CallOptions = {}): Promise<SettingsSnapshot> {
    return this.#set.snapshot(options);
  }

  settleMs(residualRatio: number): number {
    const timeConstants = computeSettleTimeConstants(residualRatio, this.#poleCount);
    return msFromS(timeConstants * this.#timeConstantS + this.#syncPeriodS);
  }

  noiseBandwidthHz(): number {
    return computeNoiseBandwidthHz(this.#timeConstantS, this.#poleCount);
  }

  async read(options: CallOptions = {}): Promise<LockInReading> {
    await this.#checkIdentityNowAndThen(options);
    let lias = 0;
    let contradiction: Sample | undefined;
    for (let attempt = 0; attempt <= rereadCount; attempt++) {
      const sample = await this.#sample(options);
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
        {from: this.wire.from, asked: snap},
        contradiction.values.join(','),
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

  async #sample(options: CallOptions): Promise<Sample> {
    const discard = this.#mustDiscardLatch ? 'LIAS?;' : '';
    const line = `${discard}${snap};LIAS?`;
    const replies = await this.wire.askLines(line, discard === '' ? 2 : 3, options);
    const source = {from: this.wire.from, asked: line};
    const values = parseNumbers(replies.at(-2) ?? '', 4, source);
    const kept = this.#mustDiscardLatch ? 0 : this.#keptLatch;
    const lias = this.wire.parseByte(replies.at(-1) ?? '', line) | kept;
    this.#mustDiscardLatch = false;
    this.#keptLatch = 0;
    if ((lias & filterChangedMask) !== 0) await this.refresh(options);
    return {values, lias};
  }

  /** The sample as a reading; undefined when its numbers contradict each other. */
  async #readingFrom(sample: Sample, options: CallOptions): Promise<LockInReading | undefined> {
    const reading = this.#consistent(sample.values);
    if (reading !== undefined) return reading;
    // Somebody may have turned an offset or the range at the front panel.
    await this.refresh(options);
    return this.#consistent(sample.values);
  }

  #consistent(values: readonly number[]): LockInReading | undefined {
    return consistentReading(values, {
      fullScale: this.#fullScale,
      timeConstantS: this.#timeConstantS,
      offsets: this.#offsets,
    });
  }

  async #checkIdentityNowAndThen(options: CallOptions): Promise<void> {
    this.#readCount += 1;
    if (this.#identityCheckEvery === 0 || this.#readCount % this.#identityCheckEvery !== 0) return;
    const answer = await this.wire.readText('*IDN?', options);
    if (answer.trim() !== this.identity.text)
      throw wrongInstrument(`the ${this.identity.text} that was connected`, this.wire.link.name, answer);
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
    this.#mustDiscardLatch = true;
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
    this.#mustDiscardLatch = true;
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

  call(action: string, args: ActionArgs = {}, options: CallOptions = {}): Promise<unknown> {
    // Which settings an action moves is the instrument's business (recall, reset, auto gain).
    for (const name of watchedNames) this.#noteChange(name);
    return callSr830(this, action, args, options);
  }

  async readSample(options: CallOptions = {}): Promise<Readonly<Record<string, SettingValue>>> {
    return {...(await this.read(options))};
  }

  async autoPhase(options: CallOptions = {}): Promise<void> {
    this.#noteChange('referencePhaseDeg');
    await this.wire.writeText('APHS', options);
    await this.waitSettled(autoPhaseResidual, options);
    const {thetaDeg} = await this.read(options);
    if (Math.abs(thetaDeg) <= autoPhaseToleranceDeg) return;
    throw new BenchError(
      'device/not-valid',
      `${this.wire.from} could not set its phase: theta is ${thetaDeg.toFixed(1)} deg after auto phase. Nothing was ` +
        'stored; it needs a steady signal well above the noise: go to the strongest point, let it settle, try again.',
      {details: {thetaDeg}},
    );
  }

  async autoRange(options: CallOptions = {}): Promise<number> {
    let index = sensitivitiesV.indexOf((await this.#set.get('sensitivityV', options)) as number);
    let lowestAllowed = 0;
    await this.waitSettled(rereadResidual, options);
    for (let step = 0; step < autoRangeStepCount; step++) {
      const sample = await this.#sample(options);
      if ((sample.lias & liaBits.referenceUnlock) !== 0) throw this.#cannotRange(sample.lias);
      const isOverloaded = (sample.lias & overloadMask) !== 0;
      if (isOverloaded) lowestAllowed = Math.max(lowestAllowed, index + 1);
      if (lowestAllowed >= sensitivitiesV.length) throw this.#cannotRange(sample.lias);
      const next = isOverloaded
        ? Math.min(index + 3, sensitivitiesV.length - 1)
        : Math.max(await this.#bestRange(sample, options), index - largestDownStep, lowestAllowed);
      if (next === index) return sensitivitiesV[index];
      await this.set('sensitivityV', sensitivitiesV[next], options);
      index = next;
      await this.waitSettled(rereadResidual, options);
    }
    throw this.#cannotRange(0);
  }

  /** Smallest full scale that the signal fills by no more than 80 %; by the 1-2-5 steps it is then above 30 %. */
  async #bestRange(sample: Sample, options: CallOptions): Promise<number> {
    // For choosing a range the larger of two numbers that contradict each other is the safe one.
    const [x = 0, y = 0, r = 0] = sample.values;
    const rV = (await this.#readingFrom(sample, options))?.rV ?? Math.max(Math.hypot(x, y), Math.abs(r));
    const unit = String(await this.#set.get('inputSource', options)).startsWith('I-') ? ampereFromVolt : 1;
    const best = sensitivitiesV.findIndex((fullScaleV) => rV <= autoRangeCeiling * fullScaleV * unit);
    return best < 0 ? sensitivitiesV.length - 1 : best;
  }

  #cannotRange(lias: number): BenchError {
    const why = describeLias(lias) === '' ? 'the signal does not stay in any range' : describeLias(lias);
    return new BenchError(
      'device/not-valid',
      `${this.wire.from} found no sensitivity for this signal: ${why}. Nothing was stored; ${adviseOn(lias)}.`,
      {details: {lias}},
    );
  }

  /** Waits until a step has decayed and forgets what was latched meanwhile. */
  async waitSettled(residualRatio: number, options: CallOptions): Promise<void> {
    await this.#sleep(this.settleMs(residualRatio), options);
    this.#mustDiscardLatch = true;
  }

  #sleep(ms: number, options: CallOptions): Promise<void> {
    return this.wire.link.clock.sleepMs(ms, {signal: options.signal});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.wire.link.close();
  }
}
