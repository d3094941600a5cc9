import {isCampaignScan} from '../plans/object-scans.ts';
import {encodeNpy} from '../../base/npy.ts';
import type {RunDocument, RunStart} from '../../contract/run-records.ts';
import {
  alignedBenchOf,
  alignedKinds,
  storeAligned,
  type AlignedKind,
} from '../placements/aligned-predictions.ts';
import {measuredHeightsOf} from '../placements/measured-heights.ts';
import {campaignPlacementOf} from '../placements/campaign-alignments.ts';
import {activePlacement, placeOfSession} from '../placements/placements.ts';
import {noRegistration} from '../../twin/metrics/index.ts';
import {cellCentresOf, gridFrameOf} from '../runs/run-plane.ts';
import type {Store} from '../store/open-store.ts';
import type {TwinThread} from './twin-thread.ts';
import {
  artifactKinds,
  findRegistration,
  frequencyOfRun,
  scanOf,
  storePrediction,
  type CampaignDetails,
  type PredictionPlace,
} from './campaign-results.ts';
import type {TestDigit} from './digits.ts';

type ViewKind = PredictionPlace['kind'];

/** What is computed of a campaign while it measures, and where it is kept. */
export interface CampaignTwin {
  readonly store: Store;
  readonly sessionUid: string;
  readonly twin: TwinThread;
  readonly details: CampaignDetails;
  readonly digits: readonly TestDigit[];
}

/** Points of a plane, mm. */
interface PlanePoints {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
}

/** Under which kinds the views of a plane are stored. */
interface ViewKinds {
  readonly nominal: ViewKind;
  readonly registered: ViewKind;
  readonly aligned: AlignedKind;
}

/** Predicts each digit's plane at the points that were really measured, as soon as its scan is done, and before on
 * the grid that it is to fill. */
export function createPredictions(
  campaign: CampaignTwin,
  /** Called when a digit's planes are stored: from then on it can be compared. */
  onReady: (runUid: string) => void,
) {
  const {store, sessionUid, digits} = campaign;
  const runs = new Map<string, number>();
  const jobs = new Map<string, Promise<void>>();
  const previews: Promise<void>[] = [];
  const storeMask = createMaskStore(campaign);
  const predict = async (runUid: string, digit: TestDigit): Promise<void> => {
    storeMask(runUid, digit);
    const kinds = {...artifactKinds, aligned: alignedKinds.points};
    await storeViews(campaign, {runUid, digit, points: scanOf(store, runUid)}, kinds);
    onReady(runUid);
  };
  const preview = async (start: RunStart, digit: TestDigit): Promise<void> => {
    const frame = gridFrameOf(start);
    if (!frame) return;
    await storeViews(
      campaign,
      {runUid: start.uid, digit, points: cellCentresOf(frame)},
      {
        nominal: artifactKinds.nominalPreview,
        registered: artifactKinds.registeredPreview,
        aligned: alignedKinds.preview,
      },
    );
    onReady(start.uid);
  };
  const start = (runUid: string, index: number): void => {
    if (jobs.has(runUid)) return;
    const job = predict(runUid, digits[index]);
    // What fails here is reported by `finish`, which waits for all of them: the measurement goes on meanwhile.
    job.catch(() => undefined);
    jobs.set(runUid, job);
  };
  return {
    onDocument([name, document]: RunDocument): void {
      if (name === 'start' && isCampaignScan(document.plan_name) && document.campaign_index !== undefined) {
        runs.set(document.uid, document.campaign_index);
        // At once, so that it can be looked at while the scan runs and stays with one that is broken off.
        const digit = digits[document.campaign_index];
        storeMask(document.uid, digit);
        const job = preview(document, digit);
        job.catch(() => undefined); // told by `finish`
        previews.push(job);
      }
      if (name !== 'stop') return;
      const index = runs.get(document.run_start);
      if (index === undefined || document.exit_status !== 'success') return;
      start(document.run_start, index);
    },
    /** Waits for all of them. The store decides what there is: a listener may miss a document, the store does not. */
    async finish(): Promise<void> {
      const predicted = predictedRuns(campaign);
      for (const {uid, planName, exitStatus, campaignIndex} of store.listRuns(sessionUid)) {
        if (!isCampaignScan(planName) || exitStatus !== 'success' || campaignIndex === undefined) continue;
        if (!predicted.has(uid)) start(uid, campaignIndex);
      }
      await Promise.all([...previews, ...jobs.values()]);
    },
  };
}

/** Runs whose planes are simulated already: of a campaign that goes on, those from before. */
const predictedRuns = ({store, sessionUid}: CampaignTwin): ReadonlySet<string | undefined> =>
  new Set(store.listArtifacts(sessionUid, artifactKinds.registered).map(({runUid}) => runUid));

/** Stores the mask that stands in the light during a run, once for each run. */
function createMaskStore({store, sessionUid}: CampaignTwin): (runUid: string, digit: TestDigit) => void {
  const masked = new Set<string>();
  return (runUid, {sample, label, object}) => {
    if (masked.has(runUid)) return;
    masked.add(runUid);
    const {count, pitchMm} = object.grid;
    store.addArtifact({
      sessionUid,
      runUid,
      kind: artifactKinds.mask,
      name: `${sample}.npy`,
      mediaType: 'application/x-npy',
      bytes: encodeNpy({shape: [count, count], dtype: '<f4', re: object.re}),
      metadata: {pitchMm, label},
    });
  };
}

/** Stores how a digit's plane is expected at the given points: as designed, as registered, and as aligned. */
async function storeViews(
  {store, sessionUid, twin, details}: CampaignTwin,
  {
    runUid,
    digit: {object},
    points: {xMm, yMm},
  }: {readonly runUid: string; readonly digit: TestDigit; readonly points: PlanePoints},
  kinds: ViewKinds,
): Promise<void> {
  const frequencyHz = frequencyOfRun(store.getRun(runUid));
  const calibration = findRegistration(store, sessionUid);
  const place = placeOfSession(store, sessionUid);
  const measured = measuredHeightsOf(store, place);
  const views = [
    {
      kind: kinds.nominal,
      illumination: details.illuminationNominal,
      frame: noRegistration,
      heights: undefined,
    },
    {
      kind: kinds.registered,
      illumination: calibration?.illumination ?? details.illuminationKnown,
      frame: calibration?.frame ?? noRegistration,
      heights: measured,
    },
  ];
  for (const {kind, illumination, frame, heights} of views) {
    const values = await twin.predict({object, illumination, frame, heights, xMm, yMm, frequencyHz});
    storePrediction(store, {sessionUid, runUid, kind}, values, {
      illumination,
      frame,
      probe: details.probe,
      ...(heights && {measuredHeights: heights.artifactUids}),
    });
  }
  const placed = campaignPlacementOf(store, sessionUid) ?? activePlacement(store, place, Date.now() / 1000);
  if (placed.placementUid === null) return;
  const values = await twin.predictAligned(alignedBenchOf(store, placed.alignment), {
    object,
    xMm,
    yMm,
    frequencyHz,
  });
  storeAligned(store, {sessionUid, runUid, kind: kinds.aligned}, placed, values);
}
