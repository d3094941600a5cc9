import {
  fullScalesV,
  highestDetectionHz,
  longestFreeTimeConstantIndex,
  lowRange,
  minimumTimeConstantIndex,
  reserveDb,
  timeConstantsS,
} from './sr830-tables.ts';
import {lockInEvent, type Sr830Status} from './sr830-status.ts';

export interface OutputOffset {
  percent: number;
  /** 0 x1, 1 x10, 2 x100. */
  expandIndex: number;
}

/** Everything that `SSET` keeps and `*RST` sets back. Names and indices are those of the commands. */
export interface Sr830Settings {
  phaseDeg: number;
  referenceSource: number;
  frequencyHz: number;
  referenceSlope: number;
  harmonic: number;
  sineLevelV: number;
  inputSource: number;
  inputGround: number;
  inputCoupling: number;
  lineFilter: number;
  sensitivity: number;
  reserve: number;
  timeConstant: number;
  slope: number;
  synchronous: number;
  /** CH1, CH2: what is displayed and the ratio. */
  display: [[number, number], [number, number]];
  frontOutput: [number, number];
  /** X, Y, R. */
  offsets: [OutputOffset, OutputOffset, OutputOffset];
  auxOutputV: [number, number, number, number];
  sampleRate: number;
  isLoop: number;
  triggerStarts: number;
  fastMode: number;
  keyClick: number;
  alarm: number;
  overrideRemote: number;
}

/** Standard settings (sr830.md section 4). */
export const standardSettings = (): Sr830Settings => ({
  phaseDeg: 0,
  referenceSource: 1,
  frequencyHz: 1000,
  referenceSlope: 0,
  harmonic: 1,
  sineLevelV: 1,
  inputSource: 0,
  inputGround: 0,
  inputCoupling: 0,
  lineFilter: 0,
  sensitivity: 26,
  reserve: 2,
  timeConstant: 8,
  slope: 1,
  synchronous: 0,
  display: [
    [0, 0],
    [0, 0],
  ],
  // The sheet does not say; the front outputs follow the displays until they are told otherwise.
  frontOutput: [0, 0],
  offsets: [
    {percent: 0, expandIndex: 0},
    {percent: 0, expandIndex: 0},
    {percent: 0, expandIndex: 0},
  ],
  auxOutputV: [0, 0, 0, 0],
  sampleRate: 4,
  isLoop: 1,
  triggerStarts: 0,
  fastMode: 0,
  keyClick: 1,
  alarm: 1,
  overrideRemote: 1,
});

export const fullScaleV = (settings: Sr830Settings): number => fullScalesV[settings.sensitivity];
export const timeConstantS = (settings: Sr830Settings): number => timeConstantsS[settings.timeConstant];
export const expandFactor = (offset: OutputOffset): number => 10 ** offset.expandIndex;

/** Rules that tie settings together; each reports what it changed through the status byte. */
export class SettingRules {
  private readonly status: Sr830Status;
  private isLowRange = false;

  constructor(status: Sr830Status) {
    this.status = status;
  }

  /** DC gain: dynamic reserve plus the largest expand, dB. */
  private gainDb(settings: Sr830Settings): number {
    const expand = Math.max(...settings.offsets.map((offset) => offset.expandIndex));
    return reserveDb(settings.sensitivity, settings.reserve) + 20 * expand;
  }

  /** Raises the time constant where gain and slope do not allow it. */
  enforceMinimumTimeConstant(settings: Sr830Settings): void {
    const minimum = minimumTimeConstantIndex(settings.slope, this.gainDb(settings));
    if (settings.timeConstant >= minimum) return;
    settings.timeConstant = minimum;
    this.status.lockIn.set(lockInEvent.timeConstant);
  }

  /** To be called when the detection frequency may have changed: range bit and the 30 s rule at 200 Hz. */
  noticeFrequency(settings: Sr830Settings, detectionHz: number): void {
    if (this.isLowRange && detectionHz > lowRange.upHz) {
      this.isLowRange = false;
      this.status.lockIn.set(lockInEvent.range);
    } else if (!this.isLowRange && detectionHz < lowRange.downHz) {
      this.isLowRange = true;
      this.status.lockIn.set(lockInEvent.range);
    }
    if (detectionHz >= lowRange.limitHz && settings.timeConstant > longestFreeTimeConstantIndex) {
      settings.timeConstant = longestFreeTimeConstantIndex;
      this.status.lockIn.set(lockInEvent.timeConstant);
      this.status.lockIn.set(lockInEvent.range);
    }
  }
}

/** `FREQ`: five digits or 0.1 mHz, whichever is coarser. */
export function roundFrequencyHz(frequencyHz: number): number {
  const digits = Number(frequencyHz.toPrecision(5));
  return Math.abs(digits) < 10 ? Math.round(frequencyHz * 1e4) / 1e4 : digits;
}

/** `HARM`: the largest harmonic that stays below the highest detection frequency. */
export const clampHarmonic = (harmonic: number, frequencyHz: number): number =>
  frequencyHz > 0 ? Math.max(1, Math.min(harmonic, Math.floor(highestDetectionHz / frequencyHz))) : harmonic;

/** `PHAS`: rounded to 0.01 degree and wrapped into (-180, 180]. */
export function wrapPhaseDeg(phaseDeg: number): number {
  const rounded = Math.round(phaseDeg * 100) / 100;
  const wrapped = rounded - 360 * Math.ceil((rounded - 180) / 360);
  return Math.round(wrapped * 100) / 100 + 0;
}
