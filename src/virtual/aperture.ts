import type {DetectorInput, DetectorSignal} from './detector-input.ts';

interface Piece {
  readonly fromS: number;
  readonly toS: number;
  /** As it was in the middle of the piece. */
  readonly signal: DetectorSignal;
}

/** What an integrating instrument has seen of its input. */
export interface ApertureResult {
  readonly meanV: number;
  /** Root mean square of what is left without the mean: what true-rms AC volts show. */
  readonly alternatingV: number;
  /** Of the chop at the end, Hz; 0 for none. */
  readonly chopHz: number;
}

/** A time during which an instrument integrates its input: opened at its begin, closed once. */
export class Aperture {
  private readonly input: DetectorInput;
  private readonly fromS: number;
  private readonly pieces: Piece[] = [];
  private readonly stopListening: () => void;
  private lastS: number;

  constructor(input: DetectorInput, fromS: number) {
    this.input = input;
    this.fromS = fromS;
    this.lastS = fromS;
    // Another course of the signal begins: what was before is looked at now.
    this.stopListening = input.onBeforeChange((timeS) => this.follow(timeS));
  }

  /** Ends the integration. Its result may be asked for as soon as the input is known. */
  close(toS: number): () => ApertureResult {
    this.input.syncTo(toS);
    this.follow(toS);
    this.stopListening();
    const {pieces, fromS} = this;
    return () => resultOf(pieces, toS - fromS, this.input.videoBandwidthHz ?? Infinity);
  }

  /** Gives it up. */
  abandon(): void {
    this.stopListening();
  }

  private follow(timeS: number): void {
    if (timeS <= this.lastS) return;
    const count = Math.max(1, Math.ceil((timeS - this.lastS) / this.input.longestStepS()));
    const stepS = (timeS - this.lastS) / count;
    for (let i = 0; i < count; i++) {
      const fromS = this.lastS + i * stepS;
      this.pieces.push({fromS, toS: fromS + stepS, signal: this.input.signalAt(fromS + stepS / 2)});
    }
    this.lastS = timeS;
  }
}

function resultOf(pieces: readonly Piece[], durationS: number, videoBandwidthHz: number): ApertureResult {
  let sum = 0;
  let sumOfSquares = 0;
  let chopHz = 0;
  for (const {fromS, toS, signal} of pieces) {
    const weight = (toS - fromS) / durationS;
    const low = signal.steadyV ?? 0;
    const high = low + signal.peakToPeakV;
    const on = onRatio(signal, fromS, toS);
    sum += weight * (high * on + low * (1 - on));
    sumOfSquares += weight * (high * high * on + low * low * (1 - on) + signal.pickupV ** 2);
    chopHz = signal.frequencyHz;
  }
  // The detector's low pass leaves the mean as it is.
  const alternatingV = Math.sqrt(
    Math.max(0, sumOfSquares - sum * sum) / (1 + (chopHz / videoBandwidthHz) ** 2),
  );
  return {meanV: sum, alternatingV, chopHz};
}

/** Part of a time in which a rectangular chop lets light through; exact, whole periods or not. */
export function onRatio(
  {frequencyHz, dutyRatio, phaseDeg}: DetectorSignal,
  fromS: number,
  toS: number,
): number {
  if (frequencyHz === 0) return 0;
  const onPeriods = (timeS: number): number => {
    const periods = frequencyHz * timeS + phaseDeg / 360;
    const whole = Math.floor(periods);
    return whole * dutyRatio + Math.min(periods - whole, dutyRatio);
  };
  return (onPeriods(toS) - onPeriods(fromS)) / (frequencyHz * (toS - fromS));
}
