import {isCampaignScan} from '../plans/object-scans.ts';
import type {Probe} from '../../contract/illumination.ts';
import type {Design} from '../../twin/design/load.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  frequencyOfRun,
  maskOf,
  objectOf,
  scanOf,
} from '../campaign/campaign-results.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import type {Store} from '../store/open-store.ts';
import type {TwinThread} from '../campaign/twin-thread.ts';
import {
  alignedBenchOf,
  alignedKinds,
  storeAligned,
  type PlacedBench,
} from '../placements/aligned-predictions.ts';

/** Where predictions are computed: one thread for each design seen by a probe. */
export type WithTwin = <Value>(
  design: Design,
  probe: Probe,
  work: (twin: Pick<TwinThread, 'predictAligned'>) => Promise<Value>,
) => Promise<Value>;

/**
 * Predicts every finished digit of the session that a placement was found from, so that its campaign can be compared
 * with the bench as aligned at once.
 */
export async function predictSession(
  store: Store,
  placed: PlacedBench,
  {withTwin, signal}: {readonly withTwin: WithTwin; readonly signal?: AbortSignal | undefined},
): Promise<void> {
  const {sessionUid} = placed.alignment;
  const {probe} = campaignDetailsOf(store.getSession(sessionUid));
  const artifacts = store.listArtifacts(sessionUid, artifactKinds.mask);
  const design = await loadSessionDesign(store, sessionUid);
  await withTwin(design, probe, async (twin) => {
    for (const {uid: runUid, planName, exitStatus} of store.listRuns(sessionUid)) {
      const mask = isCampaignScan(planName) && exitStatus === 'success' && maskOf(store, artifacts, runUid);
      // A campaign under way predicts by itself what it has measured since the placement was made.
      if (!mask || hasPrediction(store, sessionUid, runUid, placed)) continue;
      const {xMm, yMm} = scanOf(store, runUid);
      const object = objectOf(mask);
      const values = await twin.predictAligned(
        alignedBenchOf(store, placed.alignment),
        {object, xMm, yMm, frequencyHz: frequencyOfRun(store.getRun(runUid))},
        signal,
      );
      storeAligned(store, {sessionUid, runUid, kind: alignedKinds.points}, placed, values);
    }
  });
}

const hasPrediction = (
  store: Store,
  sessionUid: string,
  runUid: string,
  {placementUid}: PlacedBench,
): boolean =>
  store
    .listArtifacts(sessionUid, alignedKinds.points)
    .some(
      (artifact) =>
        artifact.runUid === runUid &&
        store.readMetadata(artifact.uid, alignedKinds.points).placementUid === placementUid,
    );
