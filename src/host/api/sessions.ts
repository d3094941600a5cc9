import type {SessionSummary} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {viewCalibrations} from '../calibrations/view-calibrations.ts';
import type {StoredNote} from '../store/ledger.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import {runSummaryFrom} from './runs.ts';
import type {HostServices} from './services.ts';

/** Sessions of the data folder: finding, opening, notes, tags, calibrations, exports. Nothing is ever deleted. */
export const sessionsApi = (services: HostServices) => {
  const {store} = services;
  return {
    search: os.sessions.search.handler(({input, signal}) =>
      dataServicesOf(services).analysis.ask('sessions', input, signal),
    ),

    get: os.sessions.get.handler(({input: {uid}}) => {
      const {details} = store.getSession(uid);
      return {
        summary: store.getSessionListing(uid),
        details: {...details},
        runs: store.listRuns(uid).map(runSummaryFrom),
        notes: store.listNotes(uid).map(noteFrom),
        calibrations: viewCalibrations(store, Date.now() / 1000).filter(({sessionUid}) => sessionUid === uid),
        artifacts: store.listArtifacts(uid).map(({uid: artifactUid, kind, name, mediaType, byteCount}) => ({
          uid: artifactUid,
          kind,
          name,
          mediaType,
          byteCount,
        })),
      };
    }),

    create: os.sessions.create.handler(({input: {title, operator}, context}) => {
      const {uid} = store.createSession({
        title,
        operator: operator === '' ? context.operator() : operator,
        benchName: openBenchName(services),
        details: {kind: 'session'},
      });
      services.bench.sessionUid = uid;
      return {uid};
    }),

    choose: os.sessions.choose.handler(({input: {uid}}) => {
      if (uid !== null) {
        const {isArchived, title} = store.getSessionListing(uid);
        if (isArchived)
          throw new BenchError(
            'plan/invalid',
            `The session "${title}" is archived, so nothing more goes into it. Take it out of the archive first, or begin another.`,
          );
      }
      services.bench.sessionUid = uid ?? undefined;
      return {};
    }),

    change: os.sessions.change.handler(({input: {uid, title, tags, isArchived}}): SessionSummary => {
      store.changeSession(uid, {
        ...(title === undefined ? {} : {title}),
        ...(tags === undefined ? {} : {tags}),
        ...(isArchived === undefined ? {} : {isArchived}),
      });
      if (isArchived === true && services.bench.sessionUid === uid) services.bench.sessionUid = undefined;
      return store.getSessionListing(uid);
    }),

    addNote: os.sessions.addNote.handler(({input: {sessionUid, runUid, text}, context}) => {
      if (sessionUid === undefined && runUid === undefined)
        throw new BenchError(
          'plan/invalid',
          'A note needs a session or a run that it belongs to. It was not kept; say which one it is about.',
        );
      const uid = store.addNote({
        text,
        author: context.operator() || context.client,
        ...(sessionUid === undefined ? {} : {sessionUid}),
        ...(runUid === undefined ? {} : {runUid}),
      });
      const session = runUid === undefined ? sessionUid : store.getRunSummary(runUid).sessionUid;
      const note = store.listNotes(session ?? '').find((candidate) => candidate.uid === uid);
      if (!note) throw new BenchError('internal', 'The note was stored but cannot be read back.');
      return noteFrom(note);
    }),

    calibrations: os.sessions.calibrations.handler(() => viewCalibrations(store, Date.now() / 1000)),

    export: os.sessions.export.handler(({input, signal}) =>
      dataServicesOf(services).analysis.ask('export', input, signal),
    ),

    artifact: os.sessions.artifact.handler(({input: {uid}}) => {
      const {name, mediaType} = store.getArtifact(uid);
      return {fileName: name, mediaType, bytes: Uint8Array.from(store.readArtifact(uid))};
    }),
  };
};

/** Name of the bench that is open, or '' while none is: a session may be prepared before. */
function openBenchName({bench}: HostServices): string {
  try {
    return bench.requireOpen().file.name;
  } catch (error) {
    if (error instanceof BenchError && error.code === 'bench/closed') return '';
    throw error;
  }
}

const noteFrom = ({uid, timeS, author, text, runUid}: StoredNote) => ({
  uid,
  timeS,
  author,
  text,
  runUid: runUid ?? null,
});
