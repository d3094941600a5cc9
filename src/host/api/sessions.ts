import type {ApiOutputs, SessionSummary} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {storedCampaignJson} from '../compare/campaign-json.ts';
import {findSession} from '../find-session.ts';
import {noteFrom} from '../views/session-view.ts';
import type {AnalysisThread} from '../analysis/analysis-thread.ts';
import {placeOfSession} from '../placements/placements.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';
import type {Store} from '../store/open-store.ts';

/** Sessions of the data folder: finding, opening, notes, tags, calibrations, exports. Nothing is ever deleted. */
export const sessionsApi = (services: HostServices) => ({
  ...lookingAt(services),
  ...changing(services),
  ...filesOf(services),
});

const lookupsOf = (services: HostServices): AnalysisThread => dataServicesOf(services).lookups;

const lookingAt = (services: HostServices) => {
  const {store} = services;
  return {
    search: os.sessions.search.handler(({input, signal}) =>
      lookupsOf(services).ask('sessions', input, signal),
    ),

    find: os.sessions.find.handler(({input: {start}}) => foundSession(store, start)),

    get: os.sessions.get.handler(({input: {uid}, signal}) =>
      lookupsOf(services).ask('session', {uid, atS: Date.now() / 1000}, signal),
    ),

    calibrations: os.sessions.calibrations.handler(({signal}) =>
      lookupsOf(services).ask('calibrations', {atS: Date.now() / 1000}, signal),
    ),
  };
};

const changing = (services: HostServices) => {
  const {store} = services;
  return {
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
  };
};

/** What is made of stored points, and whether they are as they were stored. */
const filesOf = (services: HostServices) => {
  const {store} = services;
  return {
    export: os.sessions.export.handler(({input, signal}) =>
      dataServicesOf(services).analysis.ask('export', input, signal),
    ),

    verify: os.sessions.verify.handler(async ({signal}) => {
      const check = await dataServicesOf(services).analysis.ask('verify', null, signal);
      return {path: store.path, ...check, damage: [...check.damage]};
    }),

    report: os.sessions.report.handler(async ({input: {sessionUid}, signal}) => {
      const {result, reportPath} = await dataServicesOf(services).analysis.ask(
        'evaluate',
        {sessionUid, reportFolder: services.data.reportFolder},
        signal,
      );
      return {result, reportPath, json: storedCampaignJson(store.getSession(sessionUid), result, reportPath)};
    }),

    artifact: os.sessions.artifact.handler(({input: {uid}, signal}) =>
      lookupsOf(services).ask('artifact', {uid}, signal),
    ),
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

/** The session whose uid begins so, and of which bench it is. */
function foundSession(store: Store, start: string): ApiOutputs['sessions']['find'] {
  const {uid, title} = findSession(store, start);
  const {benchName, benchSeed} = placeOfSession(store, uid);
  return {uid, title, benchName, benchSeed};
}
