import {BenchError} from '../../contract/errors.ts';

/** The refusal of a file that cannot be learnt from: `what` says why, as the rest of its sentence. */
export const untrainable = (path: string, what: string): BenchError =>
  new BenchError('file/invalid', `${path} cannot be trained on: ${what}. Nothing was computed.`, {
    details: {path},
  });
