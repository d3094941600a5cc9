import {workerData} from 'node:worker_threads';
import {
  listAlignSources,
  listAlignSummaries,
  readAlignDetail,
  readAlignPlanes,
  readAlignSummary,
  readCorrections,
} from '../views/align-views.ts';
import {listGuides, readGuidePlanes} from '../guide/guide-view.ts';
import {viewCalibrations} from '../views/view-calibrations.ts';
import {computeCampaign} from '../campaign/compute-campaign.ts';
import {compareSides, orderPrediction} from '../campaign/compare-sides.ts';
import {readDigitPlanes} from '../campaign/digit-planes.ts';
import {chooseTestDigits, digitPictureOf, listTestDigits, testDigitsById} from '../campaign/digits.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {evaluateCampaign} from '../campaign/evaluate-campaign.ts';
import {readMnistDigits, type MnistDigits} from '../data/mnist.ts';
import {documentLines, longestAnswer} from '../export/document-lines.ts';
import {exportSession, type ExportedFile} from '../export/session-export.ts';
import {readRunPlane, thinPlane} from '../runs/run-plane.ts';
import {runSummaryFrom} from '../runs/run-view.ts';
import {viewSession} from '../views/session-view.ts';
import {probeDigitsFrom} from '../probes/probe-digits.ts';
import {openStore} from '../store/open-store.ts';
import type {AnalysisJobs, AnalysisSpec} from './analysis-protocol.ts';
import {HandedOver, serveJobs} from '../threads/serve-jobs.ts';

// Entry of the thread that reads whole runs and sessions and computes with them, so that the loop that serves the
// instruments is never held up. It has a connection of its own, which sees what is committed and writes nothing.
const {databasePath} = workerData as AnalysisSpec;
/** Sessions or runs of one answer: the host's thread takes each in its hands, and more would hold it for too long. */
const longestList = 5000;
const store = openStore(databasePath, {readOnly: true});

let digits: MnistDigits | undefined;
/** Read when they are first asked for: it takes a third of a second. */
const mnist = (): MnistDigits => (digits ??= readMnistDigits());

/** A file in bytes of its own. */
const handedOver = (file: ExportedFile): HandedOver<ExportedFile> =>
  new HandedOver(file, [file.bytes.buffer]);

serveJobs<AnalysisJobs>({
  plane({runUid, quantity, largestSide}) {
    const plane = readRunPlane(store, runUid, quantity);
    const shown = plane && largestSide !== undefined ? thinPlane(plane, largestSide) : plane;
    return new HandedOver(shown, shown ? [shown.values.buffer] : []);
  },
  runs: ({text, sessionUid, planName, limit}) =>
    store
      .search({
        limit: Math.min(limit, longestList),
        ...(text === undefined ? {} : {text}),
        ...(sessionUid === undefined ? {} : {sessionUid}),
        ...(planName === undefined ? {} : {planName}),
      })
      .map(runSummaryFrom),
  session: ({uid, atS}) => viewSession(store, uid, atS),
  calibrations: ({atS}) => viewCalibrations(store, atS),
  artifact({uid}) {
    const {name, mediaType} = store.getArtifact(uid);
    return handedOver({fileName: name, mediaType, bytes: Uint8Array.from(store.readArtifact(uid))});
  },
  audit: ({limit}) =>
    store.listAudit(limit).map(({timeS, actor, action, subject, details}) => ({
      timeS,
      actor,
      action,
      subject,
      details: {...details},
    })),
  guides: ({live}) => listGuides(store, live),
  guidePlanes: ({artifactUid}) => readGuidePlanes(store, artifactUid),
  sessions: (search) => ({
    sessions: store.searchSessions({...search, limit: Math.min(search.limit, longestList)}),
    facets: store.sessionFacets(),
  }),
  campaignResult({sessionUid}) {
    const {result} = computeCampaign(store, sessionUid);
    return result.digits.length === 0 && result.excluded.length === 0 ? null : result;
  },
  evaluate: ({sessionUid, reportFolder}) => evaluateCampaign(store, sessionUid, reportFolder),
  digitPlanes: ({runUid}) => readDigitPlanes(store, runUid),
  listDigits: (request) => listTestDigits(request, mnist()),
  chooseDigits: ({ids, count, seed, design}) =>
    ids.length > 0 ? testDigitsById(ids, design, mnist()) : chooseTestDigits(count, seed, design, mnist()),
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
  designFolders: () => store.designFolders(),
  verify: () => store.verify(),
  export: (request) => handedOver(exportSession(store, request)),
  documents: ({runUid}) => documentLines(store, [runUid], longestAnswer),
});
