import type {VirtualTime} from '../time.ts';
import {expectRange, scpiCommand, type ScpiCommand, type ScpiCore} from './scpi-command.ts';
import {ScpiError, formatNr3, parseBoolean, parseChoice, parseNumber} from './scpi-parser.ts';

/** Takes one reading and says when it is there; gives the way to break it off. */
export type TakeReading = (delayS: number, onDone: () => void) => () => void;

const sources = ['IMMediate', 'EXTernal', 'TIMer', 'MANual', 'BUS'] as const;
const infinite = 9.9e37;

interface TriggerSettings {
  source: string;
  /** Triggers of a series; `Infinity` for as long as it is not aborted. */
  count: number;
  samplesPerTrigger: number;
  delayS: number;
  isDelayAutomatic: boolean;
  timerS: number;
  isContinuous: boolean;
}

/** `*RST` and `:SYSTem:PRESet` of the Model 2000 (manual, tables of chapter 5). */
export const oneShot = (): TriggerSettings => ({
  source: 'IMM',
  count: 1,
  samplesPerTrigger: 1,
  delayS: 0,
  isDelayAutomatic: false,
  timerS: 0.1,
  isContinuous: false,
});
export const freeRunning = (): TriggerSettings => ({
  ...oneShot(),
  count: Infinity,
  isDelayAutomatic: true,
  isContinuous: true,
});

/**
 * Trigger model of SCPI-99 (volume 2, chapter 24) with one layer: idle, wait for the source, delay, readings, again.
 * A free-running instrument takes the readings that somebody looks at: the one that is asked for begins with the
 * question, as if it had just been due.
 */
export class TriggerModel {
  settings = freeRunning();
  private readonly time: VirtualTime;
  private readonly take: TakeReading;
  private readonly autoDelayS: () => number;
  private triggersLeft = 0;
  private samplesLeft = 0;
  private isWaiting = false;
  private breakOff: (() => void) | undefined;
  private waiting: (() => void)[] = [];

  constructor(time: VirtualTime, take: TakeReading, autoDelayS: () => number) {
    this.time = time;
    this.take = take;
    this.autoDelayS = autoDelayS;
  }

  get isBusy(): boolean {
    return this.triggersLeft > 0;
  }
  whenIdle(callback: () => void): void {
    this.waiting.push(callback);
  }

  /** `:INITiate`. Throws -213 while it runs already. */
  initiate(): void {
    if (this.settings.isContinuous || this.isBusy) throw new ScpiError(-213);
    this.start(this.settings.count);
  }
  /** A reading of a free-running instrument; nothing where one is under way or the instrument does not run freely. */
  lookAtNext(): void {
    if (this.settings.isContinuous && !this.isBusy) this.start(1);
  }
  /** Back to idle; a free-running instrument goes on. */
  abort(): void {
    this.breakOff?.();
    this.triggersLeft = 0;
    this.becomeIdle();
  }
  /** `*TRG`. Throws -211 when nothing waits for it. */
  trigger(): void {
    if (!this.isWaiting || this.settings.source !== 'BUS') throw new ScpiError(-211);
    this.fire();
  }

  private start(count: number): void {
    this.triggersLeft = count;
    this.awaitSource();
  }
  private awaitSource(): void {
    const {source, timerS} = this.settings;
    if (source === 'IMM') return this.fire();
    this.isWaiting = true;
    this.breakOff = source === 'TIM' ? this.time.at(this.time.nowS() + timerS, () => this.fire()) : undefined;
  }
  private fire(): void {
    this.isWaiting = false;
    this.samplesLeft = this.settings.samplesPerTrigger;
    const {isDelayAutomatic, delayS} = this.settings;
    this.sample(isDelayAutomatic ? this.autoDelayS() : delayS);
  }
  private sample(delayS: number): void {
    this.breakOff = this.take(delayS, () => {
      this.breakOff = undefined;
      this.samplesLeft -= 1;
      if (this.samplesLeft > 0) return this.sample(0);
      this.triggersLeft -= 1;
      if (this.triggersLeft > 0) this.awaitSource();
      else this.becomeIdle();
    });
  }
  private becomeIdle(): void {
    this.breakOff = undefined;
    this.isWaiting = false;
    for (const callback of this.waiting.splice(0)) callback();
  }
}

/** Commands of the trigger model. */
export function triggerCommands<
  Core extends ScpiCore & {readonly trigger: TriggerModel},
>(): readonly ScpiCommand<Core>[] {
  const count = (pattern: string, key: 'count' | 'samplesPerTrigger', highest: number): ScpiCommand<Core> =>
    scpiCommand<Core>({
      pattern,
      setCount: [1, 1],
      set: ({trigger}, [text]) => {
        const isInfinite = key === 'count' && /^INF(inity)?$/i.test(text);
        trigger.settings[key] = isInfinite
          ? Infinity
          : Math.round(expectRange(parseNumber(text, ''), [1, highest]));
      },
      query: ({trigger}) => String(Math.min(trigger.settings[key], infinite)).replace('e+', 'E+'),
    });
  const seconds = (pattern: string, key: 'delayS' | 'timerS', lowest: number): ScpiCommand<Core> =>
    scpiCommand<Core>({
      pattern,
      setCount: [1, 1],
      set: ({trigger}, [text]) => {
        trigger.settings[key] = expectRange(parseNumber(text, 's'), [lowest, 999_999.999]);
        if (key === 'delayS') trigger.settings.isDelayAutomatic = false;
      },
      query: ({trigger}) => formatNr3(trigger.settings[key], 6),
    });
  const flag = (pattern: string, key: 'isContinuous' | 'isDelayAutomatic'): ScpiCommand<Core> =>
    scpiCommand<Core>({
      pattern,
      setCount: [1, 1],
      set: ({trigger}, [text]) => {
        trigger.settings[key] = parseBoolean(text);
      },
      query: ({trigger}) => (trigger.settings[key] ? '1' : '0'),
    });
  return [
    scpiCommand<Core>({pattern: ':INITiate[:IMMediate]', set: ({trigger}) => trigger.initiate()}),
    flag(':INITiate:CONTinuous', 'isContinuous'),
    scpiCommand<Core>({pattern: ':ABORt', set: ({trigger}) => trigger.abort()}),
    scpiCommand<Core>({pattern: '*TRG', set: ({trigger}) => trigger.trigger()}),
    count(':TRIGger[:SEQuence]:COUNt', 'count', 9999),
    count(':SAMPle:COUNt', 'samplesPerTrigger', 1024),
    seconds(':TRIGger[:SEQuence]:DELay', 'delayS', 0),
    flag(':TRIGger[:SEQuence]:DELay:AUTO', 'isDelayAutomatic'),
    seconds(':TRIGger[:SEQuence]:TIMer', 'timerS', 0.001),
    scpiCommand<Core>({
      pattern: ':TRIGger[:SEQuence]:SOURce',
      setCount: [1, 1],
      set: ({trigger}, [text]) => {
        trigger.settings.source = parseChoice(text, sources);
      },
      query: ({trigger}) => trigger.settings.source,
    }),
  ];
}
