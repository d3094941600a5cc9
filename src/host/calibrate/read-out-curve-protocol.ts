import type {MeasurementModel} from '../../contract/measurement.ts';
import type {RecordedBench} from './recorded-bench.ts';

/** Simulated objects that say how many measured ones a read-out has to be learnt from. */
export interface ReadOutCurveRequest {
  /** A network as it was built, or a design on benches that are drawn from how one measures. */
  readonly of:
    | ({readonly kind: 'built'} & Pick<RecordedBench, 'bench' | 'uid'>)
    | {
        readonly kind: 'drawn';
        readonly designFolder: string;
        readonly model: MeasurementModel;
        readonly benchCount: number;
        /** One sample a pixel. */
        readonly isQuick: boolean;
      };
  readonly learnedCount: number;
  readonly testedCount: number;
  readonly seed: number;
  readonly workerCount?: number | undefined;
}
