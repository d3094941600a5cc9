import {
  listAlignSources,
  listAlignSummaries,
  readAlignDetail,
  readAlignPlanes,
  readAlignSummary,
  readCorrections,
} from '../views/align-views.ts';
import {listGuides, readGuidePlanes} from '../guide/guide-view.ts';
import {computeCampaign} from '../campaign/compute-campaign.ts';
import {compareSides, orderPrediction} from '../campaign/compare-sides.ts';
import {readDigitPlanes} from '../campaign/digit-planes.ts';
import {
  assertDigitsAreClasses,
  chooseCampaignDigits,
  chooseTestDigits,
  digitPictureOf,
  listTestDigits,
  testDigitsById,
} from '../campaign/digits.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {evaluateCampaign} from '../campaign/evaluate-campaign.ts';
import {readMnistDigits, type MnistDigits} from '../data/mnist.ts';
import {exportSession} from '../export/session-export.ts';
import {probeDigitsFrom} from '../probes/probe-digits.ts';
import type {Store} from '../store/open-store.ts';
import type {JobHandlers} from '../threads/serve-jobs.ts';
import type {AnalysisJobs} from './analysis-protocol.ts';
import {handedOver, type LookupKind} from './stored-lookups.ts';

/** What is computed with stored runs and sessions. It loads much of the program, which a look-up does without. */
export function createStoredComputations(store: Store): Omit<JobHandlers<AnalysisJobs>, LookupKind> {
  let digits: MnistDigits | undefined;
  /** Read when they are first asked for: it takes a third of a second. */
  const mnist = (): MnistDigits => (digits ??= readMnistDigits());
  return {
    guides: ({live}) => listGuides(store, live),
    guidePlanes: ({artifactUid}) => readGuidePlanes(store, artifactUid),
    campaignResult({sessionUid}) {
      const {result} = computeCampaign(store, sessionUid);
      return result.digits.length === 0 && result.excluded.length === 0 ? null : result;
    },
    evaluate: ({sessionUid, reportFolder}) => evaluateCampaign(store, sessionUid, reportFolder),
    digitPlanes: ({runUid}) => readDigitPlanes(store, runUid),
    listDigits: (request) => listTestDigits(request, mnist()),
    chooseDigits: ({ids, count, seed, design}) =>
      ids.length > 0 ? testDigitsById(ids, design, mnist()) : chooseTestDigits(count, seed, design, mnist()),
    campaignDigits({ids, count, seed, design}) {
      const digits =
        ids.length > 0
          ? testDigitsById(ids, design, mnist())
          : chooseCampaignDigits(count, seed, design, mnist());
      assertDigitsAreClasses(digits, design);
      return digits;
    },
    namedDigits: ({names, design}) =>
      names.length === 0
        ? []
        : probeDigitsFrom(names, design).map(({label, sample, index}) => ({label, sample, index})),
    sessionDesign: async ({sessionUid}) => (await loadSessionDesign(store, sessionUid)).file,
    digitPictures: ({indices}) => indices.map((index) => digitPictureOf(index, mnist())),
    orderPrediction: (side) => orderPrediction(store, side),
    compare: (request) => compareSides(store, request),
    alignSources: (request) => listAlignSources(store, request),
    alignPlanes: ({sessionUid}) => readAlignPlanes(store, sessionUid),
    alignSummaries: ({atS, ...filter}) => listAlignSummaries(store, filter, atS),
    alignSummary: ({uid, atS}) => readAlignSummary(store, uid, atS),
    alignDetail: ({uid, atS}) => readAlignDetail(store, uid, atS),
    alignCorrections: ({uid}) => readCorrections(store, uid),
    export: (request) => handedOver(exportSession(store, request)),
  };
}
