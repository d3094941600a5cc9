import type {Illumination} from '../../contract/illumination.ts';
import type {Augmentation} from './augment.ts';
import type {LossSettings} from './loss.ts';

/** How a network is trained. Lengths in mm; everything random comes from `seed`. */
export interface TrainingSettings {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Adam's rate at the start and at the end of a half cosine, in radians of phase. */
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly augmentation: Augmentation;
  /** Vaccination: each batch draws every plate's lateral and axial error uniformly from +- these. */
  readonly lateralErrorMm: number;
  readonly axialErrorMm: number;
  /** Share of the batches that are lit by a random Gaussian beam instead of the design's illumination. */
  readonly beamShare: number;
  readonly illumination: Illumination;
  readonly loss: LossSettings;
  /**
   * Share that a running average of the parameters keeps at each step; the average is what is printed. 0 prints the
   * last parameters themselves. Averages over the end of a training generalise better (Izmailov et al. 2018).
   */
  readonly averageDecay: number;
  /** How far the light may differ from `illumination`, drawn anew for each batch; no effect on a plane wave. */
  readonly illuminationErrors: {
    /** Largest relative change of the beam's radius. */
    readonly radiusRatio: number;
    /** Largest shift of its centre along each axis. */
    readonly centerMm: number;
    /** Largest relative change of the wavefront's curvature 1 / R. */
    readonly curvatureRatio: number;
  };
  /** Step of the raster scan that reads the regions, its offset drawn for each batch; null reads every sample. */
  readonly scanStepMm: number | null;
  /** Phase of the flat plates that a training begins with, rad: away from 0, where a phase wraps to a whole turn. */
  readonly startPhaseRad: number;
  /** Part of the steps, 0..1, behind which heights are rounded to the levels; before it they are continuous. */
  readonly levelsFromRatio: number;
  /** Rate of a dense read-out at the start, where one is trained; it falls as that of the plates does. */
  readonly readOut?: {readonly learningRate: number};
}

/** What Adam moves, a row of numbers each, with all that it keeps of them. */
export interface VariablesState {
  readonly parameters: readonly Float32Array[];
  /** Running average of the parameters. */
  readonly averages: readonly Float32Array[];
  /** Adam's first and second moments, one pair a row. */
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
}

/**
 * The state of a training between two batches, as plain data: stored, it goes on as if it had not stopped. Its rows are
 * the layers.
 */
export interface TrainingCheckpoint extends VariablesState {
  readonly step: number;
  /** One row: the dense read-out that is trained with the plates; see read-out-parameters.ts. */
  readonly readOut?: VariablesState | undefined;
}

/** Parameters that nothing has moved yet. */
export function unmoved(parameters: readonly Float32Array[]): VariablesState {
  const zeros = (): Float32Array[] => parameters.map((row) => new Float32Array(row.length));
  return {parameters, averages: parameters, firstMoments: zeros(), secondMoments: zeros()};
}
