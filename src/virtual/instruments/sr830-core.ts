import type {Random} from '../../base/random.ts';
import type {VirtualTime} from '../time.ts';
import {TraceBuffers} from './sr830-buffer.ts';
import type {DetectorCables} from '../detector-input.ts';
import {Receiver} from './sr830-signal.ts';
import {
  SettingRules,
  fullScaleV,
  standardSettings,
  timeConstantS,
  wrapPhaseDeg,
  type Sr830Settings,
} from './sr830-settings.ts';
import {Sr830Status, lockInEvent} from './sr830-status.ts';
import {fullScalesV, reserveDb} from './sr830-tables.ts';

export interface Sr830CoreParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly input: DetectorCables;
  /** True while reply bytes wait to leave. */
  readonly hasOutput: () => boolean;
}

/** AGAN does nothing above this time constant, s. */
const longestAutoGainTimeConstantS = 1;
/** Auto gain and auto reserve take this many time constants (a choice: the sheet says "many"). */
const autoTimeConstants = 10;

/** The instrument behind its parser: settings, signal, buffers, status, auto functions. */
export class Sr830Core {
  readonly time: VirtualTime;
  readonly status = new Sr830Status();
  readonly rules = new SettingRules(this.status);
  readonly buffers = new TraceBuffers();
  readonly receiver: Receiver;
  outputInterface: 'rs232' | 'gpib' = 'gpib';
  localMode = 0;
  private readonly parts: Sr830CoreParts;
  private readonly memories = new Map<number, Sr830Settings>();
  private busyCount = 0;

  constructor(parts: Sr830CoreParts) {
    this.parts = parts;
    this.time = parts.time;
    this.receiver = new Receiver(standardSettings(), {
      time: parts.time,
      random: parts.random,
      input: parts.input,
      status: this.status,
      rules: this.rules,
      buffers: this.buffers,
    });
    this.announceSineOut();
  }

  get settings(): Sr830Settings {
    return this.receiver.settings;
  }

  announceSineOut(): void {
    const {frequencyHz, sineLevelV, referenceSource} = this.settings;
    this.parts.input.setSineOut(referenceSource === 1 ? frequencyHz : 0, sineLevelV);
  }

  /** Volts at an aux input, resolved to 1/3 mV. */
  readAuxInputV(index: number): number {
    return Math.round(this.parts.input.auxInputV(index) * 3000) / 3000 + 0;
  }

  pollByte(): number {
    return this.status.pollByte({
      isScanning: this.buffers.isScanning,
      isBusy: this.busyCount > 0,
      hasOutput: this.parts.hasOutput(),
    });
  }

  autoOffset(index: number): void {
    const {x, y, r} = this.receiver.read();
    const offset = this.settings.offsets[index];
    const shown = [x, y, r][index];
    const fullScale = fullScaleV(this.settings) * (this.settings.inputSource >= 2 ? 1e-6 : 1);
    const percent = offset.percent + (shown / fullScale) * 100;
    offset.percent = Math.max(-105, Math.min(105, Math.round(percent * 100) / 100)) + 0;
  }

  /** Turns the phase so that theta becomes zero; nothing while the phase is not stable. */
  autoPhase(): void {
    if (!this.receiver.isLocked) return;
    const [x, y] = this.receiver.filteredXy;
    if (x === 0 && y === 0) return;
    this.settings.phaseDeg = wrapPhaseDeg(this.settings.phaseDeg + (Math.atan2(y, x) * 180) / Math.PI);
  }

  /** Chooses the most sensitive full scale that holds the present signal. */
  autoGain(): void {
    if (timeConstantS(this.settings) > longestAutoGainTimeConstantS) return;
    this.runLater(() => {
      const [x, y] = this.receiver.filteredXy;
      const r = Math.hypot(x, y);
      const index = fullScalesV.findIndex((fullScale) => fullScale >= r * 1.02);
      this.settings.sensitivity = index < 0 ? fullScalesV.length - 1 : index;
      this.rules.enforceMinimumTimeConstant(this.settings);
    });
  }

  /** Chooses the lowest reserve that the signal at the input allows. */
  autoReserve(): void {
    this.runLater(() => {
      const peakV = this.parts.input.signalAt(this.time.nowS()).peakToPeakV / 2;
      const isEnough = (reserve: number): boolean =>
        peakV <=
        fullScaleV(this.settings) * 10 ** (reserveDb(this.settings.sensitivity, reserve) / 20) * Math.SQRT2;
      this.settings.reserve = [2, 1, 0].find(isEnough) ?? 0;
      this.rules.enforceMinimumTimeConstant(this.settings);
    });
  }

  sampleRateChanged(): void {
    if (this.buffers.isRunning) this.buffers.schedule(this.time.nowS(), this.settings);
  }

  trigger(): void {
    this.status.lockIn.set(lockInEvent.trigger);
    this.buffers.trigger(this.time.nowS(), this.settings);
    this.receiver.sync();
  }

  /** `STRD`: after 0.5 s. */
  startDelayed(): void {
    this.time.at(this.time.nowS() + 0.5, (timeS) => {
      this.receiver.sync();
      this.buffers.start(timeS, this.settings);
    });
  }

  storeSettings(index: number): void {
    this.memories.set(index, structuredClone(this.settings));
  }
  recallSettings(index: number): boolean {
    const stored = this.memories.get(index);
    if (!stored) return false;
    this.receiver.settings = structuredClone(stored);
    this.announceSineOut();
    return true;
  }

  /** `*RST`: standard settings, stored data lost; the interface set-up and the status enables stay. */
  restoreStandard(): void {
    this.receiver.settings = standardSettings();
    this.buffers.reset();
    this.localMode = 0;
    this.announceSineOut();
  }

  /** Runs `finish` after the time that an automatic function takes; the instrument is busy until then. */
  private runLater(finish: () => void): void {
    const durationS = this.time.isInstant ? 0 : autoTimeConstants * timeConstantS(this.settings);
    if (durationS === 0) return finish();
    this.busyCount++;
    this.time.at(this.time.nowS() + durationS, () => {
      this.receiver.sync();
      this.receiver.whenKnown(() => {
        finish();
        this.busyCount--;
      });
    });
  }
}
