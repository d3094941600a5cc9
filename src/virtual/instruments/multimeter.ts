import type {Random} from '../../base/random.ts';
import {Aperture, type ApertureResult} from '../aperture.ts';
import type {DetectorInput} from '../detector-input.ts';
import type {VirtualTime} from '../time.ts';
import {resetSettings, type FunctionSettings, type MultimeterSpec} from './multimeter-settings.ts';
import {expectRange, type ScpiCore} from './scpi-command.ts';
import {ScpiError, formatNr3, parseNumber} from './scpi-parser.ts';
import {ScpiStatus, StatusRegister} from './scpi-status.ts';
import {TraceBuffer} from './scpi-trace.ts';
import {TriggerModel, freeRunning, oneShot} from './scpi-trigger.ts';

/** Measurement register (manual, 5-53) and operation register (5-55). */
const measurementBit = {overflow: 0, available: 5} as const;
const operationBit = {measuring: 4, idle: 10} as const;

/** Over-range 120 %; from below 10 % of a range the instrument goes to a lower one by itself. */
const [overRange, underRange] = [1.2, 0.1];
export interface MultimeterOptions {
  readonly time: VirtualTime;
  readonly input: DetectorInput;
  readonly random: Random;
}

/** A multimeter behind its interface: settings, conversions, ranges, filter, readings. */
export class Multimeter implements ScpiCore {
  private readonly registers = {
    measurement: new StatusRegister(),
    questionable: new StatusRegister(),
    operation: new StatusRegister(),
  };
  readonly status = new ScpiStatus({
    queueLength: 10,
    noErrorText: '0,"No error"',
    summaries: [
      [0, this.registers.measurement],
      [3, this.registers.questionable],
      [7, this.registers.operation],
    ],
  });
  readonly trace = new TraceBuffer();
  readonly trigger: TriggerModel;
  readonly switches = {isAutozeroOn: true, isBeeperOn: true, isDisplayOn: true};
  name = 'VOLT:DC';
  private settings = new Map<string, FunctionSettings>();
  private readonly spec: MultimeterSpec;
  private readonly options: MultimeterOptions;
  private filter: number[] = [];
  private latest: {readonly text: string; readonly isFresh: boolean} | undefined;
  private isCompletionWanted = false;
  private stopWaiting: (() => void) | undefined;

  constructor(spec: MultimeterSpec, options: MultimeterOptions) {
    this.spec = spec;
    this.options = options;
    this.trigger = new TriggerModel(
      options.time,
      (delayS, onDone) => this.takeReading(delayS, onDone),
      () => this.spec.overhead.autoDelayS,
    );
    this.preset();
  }

  register(name: keyof Multimeter['registers']): StatusRegister {
    return this.registers[name];
  }
  get isBusy(): boolean {
    return this.trigger.isBusy;
  }
  whenIdle(callback: () => void): void {
    this.trigger.whenIdle(callback);
  }

  settingsOf(name: string): FunctionSettings {
    const known = this.settings.get(name) ?? resetSettings(this.spec.kinds[name]);
    this.settings.set(name, known);
    return known;
  }
  /** Settings of now on do not suit readings of before. */
  change(name: string, change: Partial<FunctionSettings>): void {
    Object.assign(this.settingsOf(name), change);
    this.forget();
  }
  select(name: string): void {
    this.name = name;
    this.forget();
  }
  private forget(): void {
    this.filter = [];
    this.latest = undefined;
  }

  /** `*RST`: one-shot; `:SYSTem:PRESet` and power-on: free-running behind the moving filter. */
  reset(): void {
    this.trigger.abort();
    this.settings = new Map();
    this.trigger.settings = oneShot();
    this.trace.isFilling = false;
    Object.assign(this.switches, {isAutozeroOn: true});
    this.select('VOLT:DC');
  }
  preset(): void {
    this.reset();
    this.trigger.settings = freeRunning();
    for (const name of Object.keys(this.spec.kinds)) this.change(name, {isFilterOn: true, filterKind: 'MOV'});
  }
  /** `:CONFigure` (manual, 5-3): the function as `*RST` leaves it, one-shot, idle. */
  configure(name: string, range: string | undefined): void {
    this.trigger.abort();
    this.trigger.settings = oneShot();
    this.settings.delete(name);
    this.select(name);
    if (range !== undefined && !/^DEF/i.test(range)) this.setRange(name, parseNumber(range, 'V'));
  }
  setRange(name: string, value: number): void {
    const {ranges, maximum} = this.spec.kinds[name];
    expectRange(Math.abs(value), [0, maximum]);
    this.change(name, {
      range: ranges.find((range) => Math.abs(value) <= range) ?? ranges.at(-1) ?? maximum,
      isAutoRange: false,
    });
  }
  acquireReference(name: string): void {
    const value = Number(this.latest?.text);
    if (name !== this.name || !Number.isFinite(value)) throw new ScpiError(-230);
    Object.assign(this.settingsOf(name), {reference: value});
  }

  /** `:READ?` begins (manual, 5-6): abort, initiate. */
  beginRead(): void {
    if (this.trigger.settings.isContinuous) throw new ScpiError(-213);
    this.trigger.abort();
    this.latest = undefined;
    this.trigger.initiate();
  }
  /** The latest reading. Throws -230 when there is none, or none that was not read before. */
  read(isFreshWanted = false): string {
    const {latest} = this;
    if (!latest || (isFreshWanted && !latest.isFresh)) throw new ScpiError(-230);
    this.latest = {...latest, isFresh: false};
    return latest.text;
  }
  /** `*OPC`. */
  reportCompletion(): void {
    if (!this.isBusy) return this.status.completeOperation();
    this.isCompletionWanted = true;
    this.whenIdle(() => {
      if (this.isCompletionWanted) this.status.completeOperation();
      this.isCompletionWanted = false;
    });
  }
  clear(): void {
    this.isCompletionWanted = false;
    this.trigger.abort();
  }
  dispose(): void {
    this.clear();
  }

  /** One reading: as many conversions as the filter wants. */
  private takeReading(delayS: number, onDone: () => void): () => void {
    let breakOff = (): void => undefined;
    this.registers.operation.setCondition(operationBit.measuring, true);
    this.registers.operation.setCondition(operationBit.idle, false);
    const next = (waitS: number): void => {
      breakOff = this.convert(waitS, (value) => {
        const {isFilterOn, filterCount, filterKind} = this.settingsOf(this.name);
        if (isFilterOn) this.filter.push(value);
        if (isFilterOn && this.filter.length < filterCount) return next(0);
        const mean = this.filter.reduce((sum, one) => sum + one, 0) / this.filter.length;
        this.filter = isFilterOn && filterKind === 'MOV' ? this.filter.slice(1) : [];
        this.finishReading(isFilterOn ? mean : value);
        onDone();
      });
    };
    next(delayS);
    return () => {
      breakOff();
      this.filter = [];
      this.rest();
    };
  }

  /** One conversion: delay, integration, autozero. Gives the way to break it off. */
  private convert(waitS: number, onValue: (value: number) => void): () => void {
    const {time, input} = this.options;
    const settings = this.settingsOf(this.name);
    const integrationS = settings.lineCycles / this.spec.lineHz;
    const restS = (this.switches.isAutozeroOn ? integrationS : 0) + this.spec.overhead.conversionS;
    let aperture: Aperture | undefined;
    let cancel = time.at(time.nowS() + waitS, (fromS) => {
      aperture = new Aperture(input, fromS);
      cancel = time.at(fromS + integrationS, (toS) => {
        const result = aperture?.close(toS);
        aperture = undefined;
        cancel = time.at(toS + restS, () =>
          // What the light is may still be under calculation: a reading comes later rather than from other light.
          this.whenKnown(
            () =>
              result &&
              this.settle(result(), integrationS, {
                onValue,
                again: (waitS) => {
                  cancel = this.convert(waitS, onValue);
                },
              }),
          ),
        );
      });
    });
    return () => {
      cancel();
      aperture?.abandon();
      this.stopWaiting?.();
    };
  }

  private whenKnown(act: () => void): void {
    const {input} = this.options;
    if (input.isKnown) return act();
    const stop = input.onKnown(() => {
      stop();
      this.stopWaiting = undefined;
      act();
    });
    this.stopWaiting = stop;
  }

  /** The value of a conversion, or another one on a range that suits it. */
  private settle(
    result: ApertureResult,
    integrationS: number,
    {onValue, again}: {onValue: (value: number) => void; again: (waitS: number) => void},
  ): void {
    const {ranges, maximum, valueFrom} = this.spec.kinds[this.name];
    const settings = this.settingsOf(this.name);
    const value = valueFrom(result) + this.noiseOf(integrationS);
    const limitOf = (range: number): number => Math.min(range * overRange, maximum);
    const size = Math.abs(value);
    if (settings.isAutoRange && ranges.length > 1) {
      const fitting = ranges.find((range) => size <= limitOf(range)) ?? ranges.at(-1) ?? settings.range;
      if (fitting > settings.range || (fitting < settings.range && size < settings.range * underRange)) {
        settings.range = fitting;
        return again(this.spec.overhead.rangeChangeS);
      }
    }
    onValue(size > limitOf(settings.range) ? Infinity : value);
  }

  private noiseOf(integrationS: number): number {
    const {input, random} = this.options;
    if (input.noiseDensityV === 0 || !this.name.startsWith('VOLT')) return 0;
    const {lineCycles, range} = this.settingsOf(this.name);
    // An integration over T lets through 1 / (2 T) of white noise.
    const detectorV = input.noiseDensityV / Math.sqrt(2 * integrationS);
    return Math.hypot(detectorV, this.spec.conversionNoiseV(lineCycles, range)) * random.normal();
  }

  private finishReading(raw: number): void {
    const {range, digits, isReferenceOn, reference} = this.settingsOf(this.name);
    const step = range * 10 ** (1 - digits);
    const value = Math.round((raw - (isReferenceOn ? reference : 0)) / step) * step;
    const isOver = !Number.isFinite(raw);
    const text = isOver ? this.spec.overflowText : formatNr3(value, 8);
    this.latest = {text, isFresh: true};
    const {measurement} = this.registers;
    for (const bit of [
      isOver ? measurementBit.overflow : measurementBit.available,
      ...this.trace.store(text),
    ]) {
      measurement.setCondition(bit, false);
      measurement.setCondition(bit, true);
    }
    this.rest();
  }
  private rest(): void {
    this.registers.operation.setCondition(operationBit.measuring, false);
    this.registers.operation.setCondition(operationBit.idle, true);
  }
}
