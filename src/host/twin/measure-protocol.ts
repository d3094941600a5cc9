import type {MeasurementCause, MeasurementModel} from '../../contract/measurement.ts';
import type {ImagingBenchResult} from '../../twin/measurement/imaging-quality.ts';
import type {MeasuredEnergies} from '../../twin/measurement/losses.ts';
import type {DrawnModel} from '../../twin/measurement/measured-bench.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import type {MadePlate} from '../../twin/training/neurons.ts';
import type {FoundBench} from './predict.ts';

/** What the threads that measure a design on drawn benches are started with. */
export interface MeasureSpec {
  readonly designFolder: string;
  /** Plates instead of the folder's own. */
  readonly plates?: readonly MadePlate[];
  readonly model: MeasurementModel;
  readonly images: LabelledImages;
  /** Pictures that are wanted of the images, in their order, for a design that images its objects. */
  readonly pictures?: LabelledImages;
  /** The bench as it was found, for what is asked of that. */
  readonly found?: FoundBench | undefined;
}

/** Some images on one drawn bench. */
export interface BenchRequest {
  readonly causes: readonly MeasurementCause[];
  readonly seed: string;
  /** Numbers of images. */
  readonly indices: readonly number[];
}

/** Some images on one drawn bench, whose planes are read in one or several ways. */
export interface SharedBenchRequest {
  readonly optics: DrawnModel;
  readonly readings: readonly DrawnModel[];
  readonly indices: readonly number[];
}

export type MeasureJobs = {
  readonly read: {readonly input: BenchRequest; readonly output: readonly MeasuredEnergies[]};
  /** What a bench makes of the images of a design that images its objects, and of targets of bars. */
  readonly image: {readonly input: BenchRequest; readonly output: ImagingBenchResult};
  /** The same of the bench as it was found. */
  readonly imageFound: {
    readonly input: Pick<BenchRequest, 'indices'>;
    readonly output: ImagingBenchResult;
  };
  /** For each way of reading, what was read of the images. */
  readonly readShared: {
    readonly input: SharedBenchRequest;
    readonly output: readonly (readonly MeasuredEnergies[])[];
  };
};
