import type {Random} from '../../base/random.ts';
import type {VirtualTime} from '../time.ts';
import type {TraceBuffers} from './sr830-buffer.ts';
import {LowPassCascade, StepNoise} from './sr830-filter.ts';
import type {DetectorSignal, DetectorCables} from '../detector-input.ts';
import {outputsOf, outputStepPower, overloadRatio, thetaStepPower, type Outputs} from './sr830-outputs.ts';
import {
  expandFactor,
  fullScaleV,
  timeConstantS,
  type Sr830Settings,
  type SettingRules,
} from './sr830-settings.ts';
import {lockInEvent, type Sr830Status} from './sr830-status.ts';
import {noiseBandwidthFactor, reserveDb, sectionCount} from './sr830-tables.ts';

/** Rate at which R, theta, displays and buffers are refreshed, Hz (section 5). */
const refreshHz = 512;
/** The filter has forgotten everything (24 dB/oct: below 1e-12) after this many time constants. */
const memoryInTimeConstants = 40;
const maximumInputPeakV = 1.4;
/** Recalled, unverified: lock takes two cycles and 5 ms, at least 40 ms. */
const lockTimeS = (frequencyHz: number): number => Math.max(2 / frequencyHz + 0.005, 0.04);
const nothingMixed = (): readonly [number, number] => [0, 0];

export interface ReceiverParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly input: DetectorCables;
  readonly status: Sr830Status;
  readonly rules: SettingRules;
  readonly buffers: TraceBuffers;
}

/** From the connector to X, Y, R, theta: mixer, filter, overload detection, refresh, quantisation, storage. */
export class Receiver {
  settings: Sr830Settings;
  private readonly parts: ReceiverParts;
  private readonly filter = new LowPassCascade();
  private filteredToS: number;
  private heldTick = -1;
  private held: Outputs = {x: 0, y: 0, r: 0, thetaDeg: 0};
  private seenReferenceHz: number | null = null;
  private lockedFromS = Infinity;
  private readonly stopListening: readonly (() => void)[];
  /** What happened since the signal was known last, in order. */
  private readonly waiting: (() => void)[] = [];
  /** Copy of the settings, as long as no command has come. */
  private kept: Sr830Settings | undefined;

  constructor(settings: Sr830Settings, parts: ReceiverParts) {
    this.settings = settings;
    this.parts = parts;
    this.filteredToS = parts.time.nowS();
    this.stopListening = [
      parts.input.onBeforeChange((timeS) => this.catchUp(timeS)),
      parts.input.onKnown(() => {
        for (const act of this.waiting.splice(0)) act();
      }),
    ];
  }

  dispose(): void {
    for (const stop of this.stopListening) stop();
  }

  /** Does what needs the signal, in order: at once, or when it is known. */
  whenKnown(act: () => void): void {
    if (this.waiting.length === 0 && this.parts.input.isKnown) act();
    else this.waiting.push(act);
  }
  /** As `whenKnown`, for what happens under the settings of now, whatever they are by then. */
  private underPresentSettings(act: () => void): void {
    if (this.waiting.length === 0 && this.parts.input.isKnown) return act();
    const settings = (this.kept ??= structuredClone(this.settings));
    this.waiting.push(() => {
      const own = this.settings;
      this.settings = settings;
      act();
      this.settings = own;
    });
  }

  /** Brings bench, filter and buffers to the present. To be called before any setting changes. */
  sync(): number {
    const nowS = this.parts.time.nowS();
    this.parts.input.syncTo(nowS);
    this.catchUp(nowS);
    this.kept = undefined;
    return nowS;
  }

  /** Reference frequency in use, Hz; in external mode the last one that was there. */
  get referenceHz(): number {
    if (this.settings.referenceSource === 1) return this.settings.frequencyHz;
    return this.seenReferenceHz ?? 0;
  }

  get isLocked(): boolean {
    if (this.settings.referenceSource === 1) return true;
    return this.seenReferenceHz !== null && this.parts.time.nowS() >= this.lockedFromS;
  }

  /** X, Y, R, theta of the last refresh. */
  read(): Outputs {
    const nowS = this.parts.time.nowS();
    this.parts.input.syncTo(nowS);
    if (this.parts.time.isInstant) {
      this.catchUp(nowS);
      this.held = this.computeOutputs();
      return this.held;
    }
    const tick = Math.floor(nowS * refreshHz);
    if (tick > this.heldTick) {
      this.catchUp(tick / refreshHz);
      this.heldTick = tick;
      this.held = this.computeOutputs();
    }
    return this.held;
  }

  /** Values of CH1 and CH2 as displayed (`OUTR?`, buffers): source and ratio. */
  readDisplay(channel: 0 | 1, outputs: Outputs = this.read()): number {
    const [what, ratio] = this.settings.display[channel];
    const aux = (index: number): number => this.parts.input.auxInputV(index);
    const noise = this.parts.input.noiseDensityV * this.unitFactor;
    const sources =
      channel === 0
        ? [outputs.x, outputs.r, noise, aux(1), aux(2)]
        : [outputs.y, outputs.thetaDeg, noise, aux(3), aux(4)];
    const value = sources[what];
    if (ratio === 0) return value;
    const divisor = aux(2 * channel + ratio);
    // The smallest aux step keeps the ratio finite when nothing is plugged in.
    return value / (Math.abs(divisor) < 1 / 3000 ? 1 / 3000 : divisor);
  }

  /** Power of two of the resolution of a displayed channel, for the compact buffer format. */
  displayStepPower(channel: 0 | 1): number {
    const what = this.settings.display[channel][0];
    if (channel === 1 && what === 1) return thetaStepPower;
    if (what > 2) return -11;
    const offset = this.settings.offsets[channel === 0 && what === 1 ? 2 : channel];
    return outputStepPower(fullScaleV(this.settings) * this.unitFactor, expandFactor(offset));
  }

  /** Unquantised X and Y behind the filter, V. */
  get filteredXy(): readonly [number, number] {
    const sections = sectionCount(this.settings.slope);
    return [this.filter.output(0, sections), this.filter.output(1, sections)];
  }

  /** The sensitivities of the current inputs are those of the voltage inputs times 1e-6 A/V. */
  private get unitFactor(): number {
    return this.settings.inputSource >= 2 ? 1e-6 : 1;
  }

  private catchUp(timeS: number): void {
    while (this.filteredToS < timeS) {
      const dueS = this.parts.buffers.nextDueS(timeS, this.settings);
      this.noticeReference();
      let untilS = Math.min(timeS, Math.max(dueS, this.filteredToS));
      if (this.lockedFromS > this.filteredToS && this.lockedFromS < untilS) untilS = this.lockedFromS;
      this.filterTo(untilS);
      if (dueS <= untilS) {
        this.storeSample();
        this.parts.buffers.sampleTaken(this.settings);
      }
    }
    if (this.parts.buffers.takePendingTrigger()) this.storeSample();
  }

  private storeSample(): void {
    this.underPresentSettings(() => {
      const outputs = this.computeOutputs();
      this.parts.buffers.store(this.readDisplay(0, outputs), this.readDisplay(1, outputs), this.settings);
    });
  }

  private noticeReference(): void {
    const referenceHz = this.parts.input.referenceHz();
    if (referenceHz !== this.seenReferenceHz) {
      this.seenReferenceHz = referenceHz;
      if (referenceHz === null || referenceHz < 0.001 || referenceHz > 102_000) this.lockedFromS = Infinity;
      else this.lockedFromS = this.filteredToS + (this.parts.time.isInstant ? 0 : lockTimeS(referenceHz));
    }
    if (this.settings.referenceSource === 0 && this.filteredToS < this.lockedFromS)
      this.parts.status.lockIn.set(lockInEvent.unlock);
    const detectionHz = this.referenceHz * this.settings.harmonic;
    if (detectionHz > 0) this.parts.rules.noticeFrequency(this.settings, detectionHz);
  }

  private filterTo(timeS: number): void {
    const {time, input, random} = this.parts;
    const timeConstant = timeConstantS(this.settings);
    if (time.isInstant) {
      // No physical delay: the filter stands at the present input, with the noise that its bandwidth lets through.
      const factor = noiseBandwidthFactor[this.settings.slope];
      const noiseV = input.noiseDensityV * Math.sqrt(factor / timeConstant);
      const signal = input.signalAt(timeS);
      const mix = this.mixerAt(timeS, signal);
      const noise = [noiseV * random.normal(), noiseV * random.normal()] as const;
      this.filteredToS = timeS;
      this.underPresentSettings(() => {
        const [x, y] = mix();
        this.filter.settleAt([x + noise[0], y + noise[1]]);
        this.detectOverload(signal);
      });
      return;
    }
    const fromS = Math.max(this.filteredToS, timeS - memoryInTimeConstants * timeConstant);
    const density = input.noiseDensityV;
    const longestS = Math.min(input.longestStepS(), this.longestBeatStepS());
    const stepCount = Math.max(1, Math.ceil((timeS - fromS) / longestS - 1e-9));
    const stepS = (timeS - fromS) / stepCount;
    const stepNoise = density > 0 && stepS > 0 ? new StepNoise(stepS, timeConstant) : undefined;
    for (let i = 0; i < stepCount && stepS > 0; i++) {
      const middleS = fromS + (i + 0.5) * stepS;
      const signal = input.signalAt(middleS);
      const mix = this.mixerAt(middleS, signal);
      this.underPresentSettings(() => {
        this.filter.advance(mix(), stepS, timeConstant);
        if (stepNoise) this.filter.addNoise(random, stepNoise, density);
        this.detectOverload(signal);
      });
    }
    this.filteredToS = timeS;
  }

  /** Difference of chop and internal oscillator, Hz: 0 when the reference comes with the chop. */
  private beatHz(): number {
    if (this.settings.referenceSource === 0) return 0;
    const {frequencyHz} = this.parts.input.signalAt(this.filteredToS);
    return frequencyHz === 0 ? 0 : frequencyHz - this.settings.frequencyHz;
  }
  private longestBeatStepS(): number {
    const beatHz = Math.abs(this.beatHz());
    return beatHz === 0 || beatHz * timeConstantS(this.settings) > 5 ? Infinity : 1 / (16 * beatHz);
  }

  /** In-phase and quadrature part of the signal at the detection frequency, V rms, for when the signal is known. */
  private mixerAt(timeS: number, signal: DetectorSignal): () => readonly [number, number] {
    const settings = this.settings;
    if (signal.frequencyHz === 0) return nothingMixed;
    if (settings.referenceSource === 0 && timeS < this.lockedFromS) return nothingMixed;
    const beatHz = this.beatHz();
    // A beat far outside the filter averages out; following it would only cost time.
    if (Math.abs(beatHz) * timeConstantS(settings) > 5) return nothingMixed;
    const h = settings.harmonic;
    const phaseRad =
      ((h * signal.phaseDeg - settings.phaseDeg) * Math.PI) / 180 + 2 * Math.PI * beatHz * timeS;
    return () => {
      // Fourier series of a rectangle: sqrt(2)/(pi h) sin(pi h d) of the swing; 0.450 for a square wave.
      const amplitudeV =
        ((signal.peakToPeakV * Math.SQRT2) / (Math.PI * h)) * Math.sin(Math.PI * h * signal.dutyRatio) +
        (h === 1 ? signal.pickupV : 0);
      return [amplitudeV * Math.cos(phaseRad), amplitudeV * Math.sin(phaseRad)];
    };
  }

  private detectOverload(signal: DetectorSignal): void {
    const {status} = this.parts;
    const settings = this.settings;
    const fullScale = fullScaleV(settings);
    const [x, y] = this.filteredXy;
    const r = Math.hypot(x, y);
    const isOver = [x, y, r].some((value, i) => {
      const offset = settings.offsets[i];
      return (
        Math.abs(value - (offset.percent / 100) * fullScale) * expandFactor(offset) >
        overloadRatio * fullScale
      );
    });
    if (isOver) status.lockIn.set(lockInEvent.output);
    if (this.filter.firstSectionV > 2 * overloadRatio * fullScale) status.lockIn.set(lockInEvent.filter);
    const limitV = Math.min(
      maximumInputPeakV,
      fullScale * 10 ** (reserveDb(settings.sensitivity, settings.reserve) / 20) * Math.SQRT2,
    );
    if (signal.peakToPeakV / 2 > limitV) status.lockIn.set(lockInEvent.input);
  }

  private computeOutputs(): Outputs {
    return outputsOf(this.settings, this.filteredXy, this.unitFactor);
  }
}
