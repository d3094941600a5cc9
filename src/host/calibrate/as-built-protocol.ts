import type {DesignFile} from '../../contract/design-file.ts';
import type {AsBuiltDraw, AsBuiltSpec, ChangedPlate} from '../../twin/calibration/as-built-network.ts';
import type {ClassLossSettings} from '../../twin/calibration/class-loss.ts';
import type {BatchGradient} from '../../twin/calibration/plate-training.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';

/** Samples along the side of a pixel: fine predicts benches, coarse is a sixth of the time. */
export type AsBuiltGrain = 'fine' | 'coarse';

/** What the threads that compute a network as it was built have to know. */
export interface AsBuiltWork {
  readonly network: Omit<AsBuiltSpec, 'stack'> & {readonly stack: Omit<AsBuiltSpec['stack'], 'oversample'>};
  readonly detector: Pick<DesignFile['detector'], 'regions' | 'readOut'>;
  readonly grid: DesignFile['grid'];
  readonly object: DesignFile['object'];
  readonly images: LabelledImages;
  readonly loss: ClassLossSettings;
}

/** Some objects of the set behind a changed plate. */
export interface AsBuiltJob extends ChangedPlate {
  readonly grain: AsBuiltGrain;
  readonly draw: AsBuiltDraw;
  readonly indices: readonly number[];
}

/** A batch whose way back begins with energies that a bench has measured of each object, in the order of the indices. */
export interface GradientJob extends AsBuiltJob {
  readonly measured?: readonly Float64Array[] | undefined;
}

/** Jobs of those threads; a gradient is a sum over the objects. */
export type AsBuiltJobs = {
  readonly gradient: {readonly input: GradientJob; readonly output: BatchGradient};
  readonly energies: {readonly input: AsBuiltJob; readonly output: readonly Float64Array[]};
  /** Of the first object of the job, on a raster of this step. */
  readonly plane: {
    readonly input: AsBuiltJob & {readonly stepMm: number};
    readonly output: {readonly side: number; readonly power: Float64Array};
  };
};
