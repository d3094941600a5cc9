import type {RunSummary} from '../../contract/api/index.ts';
import type {RunSummary as StoredSummary} from '../store/run-reading.ts';

/** A stored run in the words of the API, which knows null instead of absence. */
export const runSummaryFrom = (run: StoredSummary): RunSummary => ({
  uid: run.uid,
  scanId: run.scanId,
  sessionUid: run.sessionUid,
  timeS: run.timeS,
  planName: run.planName,
  operator: run.operator,
  sample: run.sample ?? '',
  purpose: run.purpose ?? '',
  designHash: run.designHash ?? null,
  campaignIndex: run.campaignIndex ?? null,
  exitStatus: run.exitStatus ?? null,
  reason: run.reason ?? '',
  pointCount: run.pointCount,
  isGrid: run.isGrid,
  continuesUid: run.continuesUid ?? null,
});
