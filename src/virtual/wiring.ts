import {Listeners} from './byte-line.ts';
import {wavelengthMmFromHz} from '../contract/units.ts';
import type {Grbl} from './instruments/grbl.ts';
import type {AxisValues} from './instruments/grbl-settings.ts';
import type {ScpiSource} from './instruments/scpi-source.ts';
import type {DetectorSignal, DetectorCables} from './detector-input.ts';
import type {Scene} from './scene.ts';
import {createAxisFrame, driftRatio, rippleRatio} from './scene-light.ts';
import type {SceneTruth} from './scene-truth.ts';
import {StagePlay} from './stage-play.ts';
import type {VirtualTime} from './time.ts';

export interface WiringParts {
  readonly time: VirtualTime;
  readonly truth: SceneTruth;
  readonly scene: Scene;
  readonly stage: Grbl;
  readonly source: ScpiSource;
  /** Where the stage's carriage has the probe on the optical axis, in the carriage's frame, mm. */
  readonly axisBodyMm: Readonly<AxisValues>;
  readonly hasNoise: boolean;
}

/** Longest steps in which the light may be taken as constant, s: carriage in motion and at rest. */
const longestStep = {moving: 0.005, resting: 1} as const;
/** Noise bandwidth at 30 ms and 12 dB/oct, Hz: where the scene states its noise. */
const statedBandwidthHz = 1 / (8 * 0.03);
/** The fundamental of a square wave is sqrt(2)/pi of its swing. */
const swingOverFundamental = Math.PI / Math.SQRT2;
/** Above the nominal drive the chain gives at most this much more power. */
const saturationRatio = 1.1;

const dark = (): number => 0;

/** Cables and light path: source to illumination, carriage to probe, power detector and chop to the instruments. */
export class Wiring implements DetectorCables {
  readonly noiseDensityV: number;
  readonly videoBandwidthHz: number;
  isBeamBlocked = false;
  private readonly parts: WiringParts;
  private readonly play: StagePlay;
  private readonly changes = new Listeners<[timeS: number]>();
  private readonly toAxisFrame: ReturnType<typeof createAxisFrame>;
  private sineOut = {frequencyHz: 0, levelV: 0};

  constructor(parts: WiringParts) {
    this.parts = parts;
    const {settings, placements} = parts.truth;
    this.toAxisFrame = createAxisFrame(placements.output);
    this.play = new StagePlay(settings, parts.truth.leadScrewPhaseRad, this.bodyMm(parts.time.nowS()));
    this.noiseDensityV = parts.hasNoise
      ? (settings.signalMaximumV * 10 ** (-settings.noiseBelowMaximumDb / 10)) / Math.sqrt(statedBandwidthHz)
      : 0;
    this.videoBandwidthHz = settings.powerDetector.videoBandwidthHz;
    parts.stage.axes.motion.beforeChange.add((timeS) => this.announce(timeS));
    parts.source.core.beforeChange.add((timeS) => this.announce(timeS));
  }

  /** Tells the lock-in that the light is about to change. */
  announce(timeS: number = this.parts.time.nowS()): void {
    // The lock-in first: it still looks at the way up to here.
    this.changes.emit(timeS);
    this.play.follow(this.bodyMm(timeS));
    // The stage may come to rest by what is announced, the source have another frequency; that is seen when it has.
    queueMicrotask(() => {
      this.noticeRest();
      this.noticeLight();
    });
  }

  /** On its way along the beam the detector passes more planes than can be computed: the light follows when it rests. */
  private noticeRest(): void {
    if (!this.parts.stage.axes.motion.isMovingAlong(2))
      this.parts.scene.noticeDetectorZ(this.probeMm(this.parts.time.nowS())[2]);
  }

  /** Without light there is no frequency to follow. */
  private noticeLight(): void {
    if (this.sourceRatio() > 0) this.parts.scene.noticeFrequency(this.lightHz);
  }

  blockBeam(isBlocked: boolean): void {
    this.announce();
    this.isBeamBlocked = isBlocked;
  }

  /** The carriage of the stage slips against its counter, mm. */
  slipStage(xMm: number, yMm: number): void {
    this.announce();
    this.parts.stage.axes.mechanics.slip([xMm, yMm, 0]);
    this.announce();
  }

  // ---- DetectorCables

  syncTo(timeS: number): void {
    this.parts.stage.axes.motion.advanceTo(timeS);
    this.noticeRest();
    this.noticeLight();
  }
  get isKnown(): boolean {
    return this.parts.scene.isCurrent;
  }
  onKnown(listener: () => void): () => void {
    return this.parts.scene.onCurrent(listener);
  }
  onBeforeChange(listener: (timeS: number) => void): () => void {
    return this.changes.add(listener);
  }
  referenceHz(): number | null {
    return this.parts.source.core.rf.syncHz;
  }
  longestStepS(): number {
    return this.parts.stage.axes.motion.isMoving ? longestStep.moving : longestStep.resting;
  }
  auxInputV(): number {
    return 0;
  }
  setSineOut(frequencyHz: number, levelV: number): void {
    this.sineOut = {frequencyHz, levelV};
  }

  signalAt(timeS: number): DetectorSignal {
    const {truth, source} = this.parts;
    const {rf} = source.core;
    const {chop} = rf;
    const frequencyHz = chop.source === 'external' ? this.sineOut.frequencyHz : chop.frequencyHz;
    const isChopped = chop.source !== 'none' && frequencyHz > 0;
    const {signalMaximumV, darkOffset, powerDetector} = truth.settings;
    const power = this.lightAt(timeS);
    // The detector's output is proportional to the power (square law in the field).
    const voltage = (ratio: number): number => power() * ratio * signalMaximumV * swingOverFundamental;
    const choppedRatio = isChopped ? chop.depthRatio : 0;
    return {
      frequencyHz: isChopped ? frequencyHz : 0,
      get peakToPeakV() {
        return voltage(choppedRatio);
      },
      get steadyV() {
        return powerDetector.offsetV + voltage(1 - choppedRatio);
      },
      dutyRatio: chop.dutyRatio,
      pickupV: isChopped ? darkOffset * signalMaximumV : 0,
      phaseDeg: truth.signalPhaseDeg,
    };
  }

  // ---- Light

  /** Power at the detector as part of the brightest point of a plain figure. */
  powerAt(timeS: number): number {
    return this.lightAt(timeS)();
  }

  /** As `powerAt`, everything but the field as it is now: that may be looked up later, when it is known. */
  private lightAt(timeS: number): () => number {
    const sourceRatio = this.sourceRatio();
    if (sourceRatio === 0 || this.isBeamBlocked) return dark;
    const {truth, scene} = this.parts;
    const [x, y, z] = this.probeMm(timeS);
    const [axisX, axisY] = this.toAxisFrame(x, y);
    const ratio =
      sourceRatio *
      driftRatio(truth, timeS) *
      rippleRatio(truth, {
        wavelengthMm: wavelengthMmFromHz(this.lightHz),
        designWavelengthMm: wavelengthMmFromHz(scene.frequenciesHz[0]),
        zMm: z,
      });
    return () => scene.powerAt(axisX, axisY, z) * ratio;
  }

  /** True position of the probe in the scan frame, mm. */
  probeMm(timeS: number): AxisValues {
    const body = this.play.positionMm(this.bodyMm(timeS));
    return body.map((mm, i) => mm - this.parts.axisBodyMm[i]) as AxisValues;
  }

  private bodyMm(timeS: number): AxisValues {
    const {stage} = this.parts;
    return stage.axes.mechanics.bodyMm(stage.axes.motion.positionMm(timeS));
  }

  /** Frequency behind the multiplier chain, Hz. */
  private get lightHz(): number {
    return this.parts.source.core.rf.frequencyHz * this.parts.truth.settings.chain.multiplier;
  }

  /** What the multiplier chain makes of the drive. */
  private sourceRatio(): number {
    const {rf} = this.parts.source.core;
    const {chain} = this.parts.truth.settings;
    if (!rf.isOutputOn) return 0;
    const {frequenciesHz} = this.parts.scene;
    const isInBand =
      this.lightHz >= Math.min(...frequenciesHz) * (1 - chain.bandwidthRatio) &&
      this.lightHz <= Math.max(...frequenciesHz) * (1 + chain.bandwidthRatio);
    if (!isInBand) return 0;
    return Math.min(saturationRatio, 10 ** ((rf.levelDbm - chain.nominalDbm) / 10));
  }
}
