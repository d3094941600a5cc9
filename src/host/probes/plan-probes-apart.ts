import {moduleUrl} from '../../base/module-url.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ProbePlan} from '../../contract/probe-plan.ts';
import {onThread} from '../threads/run-once.ts';
import type {ProbeChoices} from './probe-plan-on-bench.ts';
import type {ScanTimes} from './probe-scans.ts';

/** What is planned for: a first measurement, or one more beside those of an alignment. */
export type ProbePlanSubject =
  | {
      readonly kind: 'first';
      readonly designFolder: string;
      /** The design's own where the bench says none. */
      readonly illumination: Illumination | null;
      readonly probe: Probe;
      readonly scans: readonly ScanTimes[];
    }
  | {
      readonly kind: 'next';
      readonly databasePath: string;
      readonly alignmentUid: string;
      /** Null takes the pace at which the alignment's planes were measured. */
      readonly scans: readonly ScanTimes[] | null;
    };

export interface ProbePlanRequest {
  readonly subject: ProbePlanSubject;
  readonly choices: ProbeChoices;
}

export interface ProbePlanProgress {
  readonly doneRatio: number;
  readonly text: string;
}

/** Plans what to measure next on threads of its own; an abort ends them. See `planFirstProbes`, `planNextProbes`. */
export const planProbesApart = onThread<ProbePlanRequest, ProbePlan, ProbePlanProgress>(
  moduleUrl('./plan-probes-worker.ts', import.meta.url),
  'The thread that plans what to measure has ended. Nothing was computed.',
);
