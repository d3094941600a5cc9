import {workerData} from 'node:worker_threads';
import {documentLines} from '../export/document-lines.ts';
import {exportSession} from '../export/session-export.ts';
import {readRunPlane, thinPlane} from '../runs/run-plane.ts';
import {openStore} from '../store/open-store.ts';
import type {AnalysisJobs, AnalysisSpec} from './analysis-protocol.ts';
import {serveJobs} from './serve-jobs.ts';

// Entry of the thread that reads whole runs and sessions and computes with them, so that the loop that serves the
// instruments is never held up. It has a connection of its own, which sees what is committed and writes nothing.
const {databasePath} = workerData as AnalysisSpec;
const store = openStore(databasePath, {readOnly: true});

serveJobs<AnalysisJobs>({
  plane({runUid, quantity, largestSide}) {
    const plane = readRunPlane(store, runUid, quantity);
    return plane && largestSide !== undefined ? thinPlane(plane, largestSide) : plane;
  },
  sessions: (search) => ({sessions: store.searchSessions(search), facets: store.sessionFacets()}),
  export: (request) => exportSession(store, request),
  documents: ({runUid}) => documentLines(store, [runUid]),
});
