import {moduleUrl} from '../../base/module-url.ts';
import type {BenchFit} from './bench-fit.ts';
import type {AlignedBench} from '../placements/aligned-bench.ts';
import type {AlignedPlaneRequest} from './prediction.ts';
import type {FieldPlanes, FieldsRequest} from '../twin/fields.ts';
import {createJobThread} from '../threads/job-thread.ts';
import type {FitRequest, PredictRequest, TwinJobs, TwinSpec} from './twin-protocol.ts';

/** The twin on a thread of its own: predicts readings and fits the bench without holding up this one. */
export interface TwinThread extends AsyncDisposable {
  predict(request: PredictRequest, signal?: AbortSignal): Promise<Float64Array>;
  /** As `predict`, with every part where an alignment found it. */
  predictAligned(
    bench: AlignedBench,
    request: AlignedPlaneRequest,
    signal?: AbortSignal,
  ): Promise<Float64Array>;
  /** An abort ends the waiting, not the thread's work. */
  fit(request: FitRequest, signal?: AbortSignal): Promise<BenchFit>;
  /** The field at planes along the beam, everything where the design has it. */
  fields(request: FieldsRequest, signal?: AbortSignal): Promise<FieldPlanes>;
}

export function createTwinThread(spec: TwinSpec): TwinThread {
  const thread = createJobThread<TwinJobs>(
    moduleUrl('./twin-worker.ts', import.meta.url),
    spec,
    'computes predictions',
  );
  return {
    predict: (request, signal) => thread.ask('predict', request, signal),
    predictAligned: (
      {state, arrangement, method, plateOptics, prints},
      {object, frequencyHz, xMm, yMm},
      signal,
    ) =>
      thread.ask(
        'predictAligned',
        {state, arrangement, method, plateOptics, prints, object, frequencyHz, xMm, yMm},
        signal,
      ),
    fit: (request, signal) => thread.ask('fit', request, signal),
    fields: (request, signal) => thread.ask('fields', request, signal),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
