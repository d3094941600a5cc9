import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import type {Design} from '../../twin/design/load.ts';
import type {PlateHeightErrors} from '../../twin/design/printed-design.ts';
import type {FrameRegistration} from '../../twin/metrics/index.ts';
import type {BenchFit, KnownPlane} from './bench-fit.ts';
import type {AlignedBench} from '../placements/aligned-bench.ts';
import type {AlignedPlaneRequest} from './prediction.ts';
import type {FieldPlanes, FieldsRequest} from '../twin/fields.ts';

/** What the twin's thread is made for: one design seen by one probe. */
export interface TwinSpec {
  readonly design: Design;
  readonly probe: Probe;
}

export interface PredictRequest {
  /** Of the light; the design's own unless given. `illumination` is as it is at the design's own. */
  readonly frequencyHz?: number | undefined;
  readonly object: ComplexPlane;
  readonly illumination: Illumination;
  readonly frame: FrameRegistration;
  /** The plates as they were measured; as designed without it. */
  readonly heights?: PlateHeightErrors | undefined;
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
}

/** What a bench is fitted to. */
export interface FitRequest {
  readonly illumination: Illumination;
  readonly planes: readonly KnownPlane[];
  /** The plates as they were measured; as designed without it. */
  readonly heights?: PlateHeightErrors | undefined;
}

/** A type, not an interface: only types are open to the index that a map of jobs is. */
export type TwinJobs = {
  readonly fit: {
    readonly input: FitRequest;
    readonly output: BenchFit;
  };
  readonly predictAligned: {
    readonly input: AlignedBench & AlignedPlaneRequest;
    readonly output: Float64Array;
  };
  readonly predict: {readonly input: PredictRequest; readonly output: Float64Array};
  readonly fields: {readonly input: FieldsRequest; readonly output: FieldPlanes};
};
