import type {z} from 'zod';
import type {alignStartSchema} from '../../contract/api/index.ts';
import type {AlignSessionRequest} from '../alignment/align-session.ts';
import {defaultRunUids} from '../planes/session-planes.ts';
import {findAlignment} from '../probes/probe-plan-on-bench.ts';
import type {HostServices} from '../services.ts';
import type {Store} from '../store/open-store.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';

/** Alignments of stored sessions: begun, followed, stopped, and what they have found; part of `align`. */
export const alignStartApi = (services: HostServices) => {
  const {store, hostId} = services;
  const threads = dataServicesOf(services);
  return {
    start: os.align.start.handler(({input}) => threads.alignJobs.start(sessionRequestFrom(store, input))),

    outcome: os.align.outcome.handler(({input: {id}}) => {
      const {sessionUid, uid: alignmentUid, result} = threads.alignOutcomes.get(id);
      return {sessionUid, alignmentUid, result};
    }),

    status: os.align.status.handler(async ({input: {after, waitMs}, signal}) => ({
      hostId,
      lostCount: 0,
      ...(await threads.alignJobs.follow({after, waitMs, signal})),
    })),

    stop: os.align.stop.handler(async ({context}) => ({
      hasStopped: await threads.alignJobs.stop(`stopped by ${context.operator() || context.client}`),
    })),

    find: os.align.find.handler(({input: {start}}) => {
      const {uid, benchName, benchSeed} = findAlignment(store, start);
      return {uid, benchName, benchSeed};
    }),
  };
};

/** Which planes are aligned, and which session keeps the result: the newest of them. */
function sessionRequestFrom(
  store: Store,
  {sessionUid: first, otherSessionUids, takesAllPlanes, runUids, ...how}: z.output<typeof alignStartSchema>,
): AlignSessionRequest {
  const uids = [first, ...otherSessionUids];
  const newest = uids.reduce((a, b) => (store.sessionOrder(b) > store.sessionOrder(a) ? b : a));
  if (runUids.length > 0) return {...how, sessionUid: newest, runUids};
  if (uids.length > 1)
    return {...how, sessionUid: newest, runUids: uids.flatMap((uid) => defaultRunUids(store, uid))};
  return {
    ...how,
    sessionUid: first,
    runUids: takesAllPlanes ? defaultRunUids(store, first, 'all') : [],
  };
}
