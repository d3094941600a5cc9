import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import type {Design} from '../../twin/design/load.ts';
import type {FrameRegistration} from '../../twin/metrics/index.ts';
import type {BenchFit, KnownPlane} from '../campaign/bench-fit.ts';

/** What the twin's thread is made for: one design seen by one probe. */
export interface TwinSpec {
  readonly design: Design;
  readonly probe: Probe;
}

export interface PredictRequest {
  readonly object: ComplexPlane;
  readonly illumination: Illumination;
  readonly frame: FrameRegistration;
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
}

export type TwinRequest =
  | {
      readonly id: number;
      readonly kind: 'fit';
      readonly illumination: Illumination;
      readonly planes: readonly KnownPlane[];
    }
  | ({readonly id: number; readonly kind: 'predict'} & PredictRequest);

export type TwinReply =
  | {readonly id: number; readonly kind: 'fit'; readonly value: BenchFit}
  | {readonly id: number; readonly kind: 'predict'; readonly value: Float64Array}
  | {readonly id: number; readonly kind: 'error'; readonly error: {code: string; message: string}};
