import {moduleUrl} from '../../base/module-url.ts';
import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import {onThread} from '../threads/run-once.ts';

export interface SensitivityRequest {
  readonly designFolder: string;
  /** Test digits that it is computed for. */
  readonly objectCount: number;
  readonly workerCount?: number | undefined;
}

/** As `sensitivityOfDesign`, on threads of its own; an abort ends them. */
export const sensitivityApart = onThread<SensitivityRequest, AlignmentSensitivity>(
  moduleUrl('./sensitivity-worker.ts', import.meta.url),
  'The thread that computes sensitivities has ended. Nothing was computed.',
);
