import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {alignedBenchOf} from '../placements/aligned-predictions.ts';
import {getAlignment, type StoredAlignment} from '../placements/alignment-records.ts';
import {getAsBuilt, readHeights, type AsBuiltValue} from '../placements/as-built-records.ts';
import type {PrintHeights} from '../../twin/alignment/print-heights.ts';
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
  const bench = await benchOfAlignment(store, getAlignment(store, record.alignmentUid));
  return {bench: {...bench, prints: printsOf(store, record)}, uid, record};
}

/** Heights that a record knows: its own, whatever a newer record of the same alignment has found; undefined as designed. */
export const printsOf = (store: Store, {heightsArtifactUid}: AsBuiltValue): PrintHeights | undefined =>
  heightsArtifactUid === null ? undefined : readHeights(store, heightsArtifactUid);

/** A network as an alignment found it, with the heights that are known of its plates, read as its session read it. */
export async function benchOfAlignment(store: Store, alignment: StoredAlignment): Promise<AsBuiltBench> {
  const {probe, stepMm} = campaignDetailsOf(store.getSession(alignment.sessionUid));
  const design = await loadSessionDesign(store, alignment.sessionUid);
  return {...alignedBenchOf(store, alignment), design, probe, scanStepMm: stepMm};
}
