/** What comes out of the bench's power detector at one time. */
export interface DetectorSignal {
  /** Chop frequency, Hz; 0 when nothing is chopped. */
  readonly frequencyHz: number;
  /** Swing of the rectangular signal, V. To be looked at only while the input is known (`DetectorInput.isKnown`). */
  readonly peakToPeakV: number;
  /** On time over period of the chop, 0..1. */
  readonly dutyRatio: number;
  /** Electrical pick-up at the chop frequency that is there without light, V rms at the fundamental. */
  readonly pickupV: number;
  /** Phase of the fundamental against the reference, degrees. */
  readonly phaseDeg: number;
  /**
   * Below the swing, V: the amplifier's offset and the light that is not chopped. 0 unless given. To be looked at as
   * `peakToPeakV`.
   */
  readonly steadyV?: number;
}

/** What the signal input of a detector's instrument is plugged into. */
export interface DetectorInput {
  /** Brings the rest of the bench to `timeS`; changes on the way are announced to `onBeforeChange` listeners. */
  syncTo(timeS: number): void;
  /** `listener(timeS)` is called just before the signal changes its course at `timeS`. */
  onBeforeChange(listener: (timeS: number) => void): () => void;
  signalAt(timeS: number): DetectorSignal;
  /** False while what comes to the input is still being found out: whatever depends on it has to wait. */
  readonly isKnown: boolean;
  /** `listener` is called when it is known again. */
  onKnown(listener: () => void): () => void;
  /** Longest step in which the signal may be taken as constant, s. */
  longestStepS(): number;
  /** White noise at the input, V / sqrt(Hz). */
  readonly noiseDensityV: number;
  /** Corner of the power detector's own low pass, Hz; none unless given. */
  readonly videoBandwidthHz?: number;
}

/** All that the bench has cables for. */
export interface DetectorCables extends DetectorInput {
  /** Frequency at the source's sync output, Hz; null when nothing is there. */
  referenceHz(): number | null;
  auxInputV(index: number): number;
  /** Tells the bench the internal oscillator of an instrument, for a source that is modulated from it. */
  setSineOut(frequencyHz: number, levelV: number): void;
}

/** Nothing plugged in. */
export const openInput: DetectorCables = {
  syncTo: () => undefined,
  referenceHz: () => null,
  onBeforeChange: () => () => undefined,
  signalAt: () => ({frequencyHz: 0, peakToPeakV: 0, dutyRatio: 0.5, pickupV: 0, phaseDeg: 0}),
  isKnown: true,
  onKnown: () => () => undefined,
  longestStepS: () => Infinity,
  noiseDensityV: 6e-9,
  auxInputV: () => 0,
  setSineOut: () => undefined,
};
