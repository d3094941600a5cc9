import type {ExportedFile} from '../export/session-export.ts';
import {documentLines, longestAnswer} from '../export/document-lines.ts';
import {readRunPlane, thinPlane} from '../runs/run-plane.ts';
import {runSummaryFrom} from '../runs/run-view.ts';
import type {Store} from '../store/open-store.ts';
import {HandedOver, type JobHandlers} from '../threads/serve-jobs.ts';
import {viewCalibrations} from '../views/view-calibrations.ts';
import {viewSession} from '../views/session-view.ts';
import type {AnalysisJobs} from './analysis-protocol.ts';

/** Jobs that read what is stored and compute next to nothing. */
export type LookupKind =
  | 'plane'
  | 'runs'
  | 'session'
  | 'sessions'
  | 'calibrations'
  | 'artifact'
  | 'audit'
  | 'designFolders'
  | 'verify'
  | 'documents';

/** Sessions or runs of one answer: the host's thread takes each in its hands, and more would hold it for too long. */
const longestList = 5000;

/** A file in bytes of its own. */
export const handedOver = (file: ExportedFile): HandedOver<ExportedFile> =>
  new HandedOver(file, [file.bytes.buffer]);

export const createStoredLookups = (store: Store): Pick<JobHandlers<AnalysisJobs>, LookupKind> => ({
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
  sessions: (search) => ({
    sessions: store.searchSessions({...search, limit: Math.min(search.limit, longestList)}),
    facets: store.sessionFacets(),
  }),
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
  designFolders: () => store.designFolders(),
  verify: () => store.verify(),
  documents: ({runUid}) => documentLines(store, [runUid], longestAnswer),
});
