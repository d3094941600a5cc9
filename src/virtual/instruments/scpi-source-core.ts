import {Listeners} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import {expectRange} from './scpi-command.ts';
import {ScpiError} from './scpi-parser.ts';
import {
  isUnlevelled,
  outputFrequencyHz,
  outputLevelDbm,
  presetSettings,
  rfState,
  sourceLimits,
  type RfState,
  type SourceSettings,
} from './scpi-source-state.ts';
import {SourceStatus, operationBit, powerBit} from './scpi-status.ts';

/** The synthesiser behind its parser: settings, status, pending work. Shared by all conversations. */
export class ScpiSourceCore {
  readonly time: VirtualTime;
  readonly status = new SourceStatus();
  /** Called just before what leaves the connectors changes, with the time. */
  readonly beforeChange = new Listeners<[timeS: number]>();
  private current = presetSettings();
  /** What leaves the connectors, and of which settings: asked for at every step of the light. */
  private stateOf = this.current;
  private state = rfState(this.current);
  private readonly memories = new Map<number, SourceSettings>();
  private busyUntilS = -Infinity;
  private isSweeping = false;
  private cancelIdle: (() => void) | undefined;
  private isCompletionWanted = false;
  private waiting: (() => void)[] = [];

  constructor(time: VirtualTime) {
    this.time = time;
  }

  get settings(): SourceSettings {
    return this.current;
  }
  get rf(): RfState {
    if (this.stateOf !== this.current) {
      this.stateOf = this.current;
      this.state = rfState(this.current);
    }
    return this.state;
  }

  /** Takes new settings; what they move settles in `settleS`. */
  change(settings: SourceSettings, settleS: number): void {
    this.beforeChange.emit(this.time.nowS());
    this.current = settings;
    this.status.power.setCondition(powerBit.unlevelled, isUnlevelled(settings));
    if (settleS > 0) this.beBusy(settleS, operationBit.settling);
  }

  preset(): void {
    this.abortSweep();
    this.change(presetSettings(), 0.02);
  }

  setDisplayOffset(offsetHz: number): void {
    const outputHz = outputFrequencyHz(this.current);
    const frequencyHz = outputHz * this.current.frequencyMultiplier + offsetHz;
    this.change({...this.current, frequencyOffsetHz: offsetHz, frequencyHz}, 0);
  }
  /** The multiplier changes what is displayed, not what leaves the connector (section 3). */
  setDisplayMultiplier(multiplier: number): void {
    const outputHz = outputFrequencyHz(this.current);
    const frequencyHz = outputHz * multiplier + this.current.frequencyOffsetHz;
    this.change({...this.current, frequencyMultiplier: multiplier, frequencyHz}, 0);
  }
  /** As the multiplier: the connector goes on delivering what it did. */
  setLevelOffset(levelOffsetDb: number): void {
    const levelDbm = Number((outputLevelDbm(this.current) + levelOffsetDb).toFixed(6));
    this.change({...this.current, levelOffsetDb, levelDbm}, 0);
  }

  save(index: number): void {
    this.memories.set(index, {...this.current});
  }
  recall(index: number): void {
    const stored = this.memories.get(index);
    if (!stored) throw new ScpiError(-224);
    expectRange(outputFrequencyHz(stored), sourceLimits.frequencyHz);
    this.change({...stored}, 0.02);
  }

  startSweep(): void {
    this.isSweeping = true;
    this.beBusy(this.current.sweepDwellS * this.current.sweepPoints, operationBit.sweeping);
  }
  abortSweep(): void {
    if (!this.isSweeping) return;
    this.becomeIdle();
  }

  get isBusy(): boolean {
    return !this.time.isInstant && this.time.nowS() < this.busyUntilS;
  }
  /** `*OPC`: sets bit 0 of the event byte when pending work is over. */
  reportCompletion(): void {
    if (this.isBusy) this.isCompletionWanted = true;
    else this.status.completeOperation();
  }
  /** Calls back once when pending work is over. */
  whenIdle(callback: () => void): void {
    this.waiting.push(callback);
  }

  clearStatus(): void {
    this.isCompletionWanted = false;
    this.status.clear();
  }

  private beBusy(durationS: number, bit: number): void {
    if (this.time.isInstant) return;
    this.status.operation.setCondition(bit, true);
    this.busyUntilS = Math.max(this.busyUntilS, this.time.nowS() + durationS);
    this.cancelIdle?.();
    this.cancelIdle = this.time.at(this.busyUntilS, () => this.becomeIdle());
  }
  private becomeIdle(): void {
    this.cancelIdle?.();
    this.cancelIdle = undefined;
    this.busyUntilS = -Infinity;
    this.isSweeping = false;
    this.status.operation.setCondition(operationBit.settling, false);
    this.status.operation.setCondition(operationBit.sweeping, false);
    if (this.isCompletionWanted) {
      this.isCompletionWanted = false;
      this.status.completeOperation();
    }
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback();
  }
}
