import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {alignedBenchOf} from '../placements/aligned-predictions.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {getAsBuilt, type AsBuiltValue} from '../placements/as-built-records.ts';
import type {Store} from '../store/open-store.ts';
import type {AsBuiltBench} from './reprint.ts';

/** A network as it was built, and the record that says so. */
export interface RecordedBench {
  readonly bench: AsBuiltBench;
  readonly uid: string;
  readonly record: AsBuiltValue;
}

/** A network as a record says that it was built, read as its session read it. */
export async function recordedBench(store: Store, uid: string): Promise<RecordedBench> {
  const {value: record} = getAsBuilt(store, uid);
  const alignment = getAlignment(store, record.alignmentUid);
  const {probe, stepMm} = campaignDetailsOf(store.getSession(alignment.sessionUid));
  const design = await loadSessionDesign(store, alignment.sessionUid);
  return {bench: {...alignedBenchOf(store, alignment), design, probe, scanStepMm: stepMm}, uid, record};
}
