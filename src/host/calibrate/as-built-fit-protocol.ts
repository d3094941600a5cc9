import type {HeightResolution} from '../../twin/calibration/height-resolution.ts';

/** Heights as printed, from the planes of a stored alignment. */
export interface FitHeightsRequest {
  readonly databasePath: string;
  readonly alignmentUid: string;
  /** Planes to fit to. */
  readonly runUids: readonly string[];
  /** How far errors of a print hang together, mm; 0 for independent pixels. */
  readonly correlationMm: number;
  /** Whether it is also found how well such planes show heights, which takes as long again. */
  readonly isJudged: boolean;
  readonly workerCount?: number | undefined;
}

export interface FitHeightsOutput {
  readonly valuesMm: Float32Array;
  readonly rmsMm: number;
  readonly resolutions: readonly HeightResolution[] | null;
  readonly pointCount: number;
}

/** How far it is, 0..1, and with what. */
export interface FitHeightsProgress {
  readonly doneRatio: number;
  readonly text: string;
}
