import {BenchError} from '../../contract/errors.ts';
import {os} from './procedures.ts';
import type {HostServices} from './services.ts';

/** Alignments from stored planes: found, looked at, accepted, taken back. */
export const alignApi = ({store}: HostServices) => {
  const notYet = (): never => {
    throw new BenchError(
      'plan/invalid',
      `Alignments of the sessions in ${store.path} cannot be made by this version yet. Nothing was changed.`,
    );
  };
  return {
    sources: os.align.sources.handler(notYet),
    planes: os.align.planes.handler(notYet),
    start: os.align.start.handler(notYet),
    status: os.align.status.handler(notYet),
    stop: os.align.stop.handler(notYet),
    results: os.align.results.handler(notYet),
    result: os.align.result.handler(notYet),
    accept: os.align.accept.handler(notYet),
    undo: os.align.undo.handler(notYet),
    corrections: os.align.corrections.handler(notYet),
  };
};
