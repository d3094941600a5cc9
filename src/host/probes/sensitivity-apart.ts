import {moduleUrl} from '../../base/module-url.ts';
import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import {runOnce} from '../threads/run-once.ts';

export interface SensitivityRequest {
  readonly designFolder: string;
  /** Test digits that it is computed for. */
  readonly objectCount: number;
  readonly workerCount?: number | undefined;
}

/** As `sensitivityOfDesign`, on threads of its own; an abort ends them. */
export const sensitivityApart = (
  request: SensitivityRequest,
  signal?: AbortSignal,
): Promise<AlignmentSensitivity> =>
  runOnce<never, AlignmentSensitivity>(
    moduleUrl('./sensitivity-worker.ts', import.meta.url),
    request,
    'The thread that computes sensitivities has ended. Nothing was computed.',
    {signal},
  );
