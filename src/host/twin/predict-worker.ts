import {serveOnce} from '../threads/serve-once.ts';
import {predictIntensity, type PredictRequest} from './plane-jobs.ts';

// Entry of the thread that computes one prediction for `predictApart`.
await serveOnce(
  (request: PredictRequest, {signal}) => predictIntensity(request, signal),
  ({intensity}) => [intensity.buffer],
);
