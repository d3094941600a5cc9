import {acceptAlignment, revokeAlignment} from '../placements/placements.ts';
import {predictSession} from '../alignment/predict-session.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {addingCampaign} from '../alignment/further-campaigns.ts';
import {defaultRunUids} from '../planes/session-planes.ts';
import {defaultSensitivityCount} from '../probes/sensitivity-cache.ts';
import {dataServicesOf} from './data-services.ts';
import {startFurtherCampaign} from './further-campaign.ts';
import {mayChange, os} from './procedures.ts';
import type {HostServices} from '../services.ts';

const nowS = (): number => Date.now() / 1000;

/** What there is to align, and what was found. */
const alignLookups = (services: HostServices) => {
  const threads = dataServicesOf(services);
  return {
    sources: os.align.sources.handler(async ({input, signal}) => ({
      sources: await threads.lookups.ask('alignSources', input, signal),
    })),

    planes: os.align.planes.handler(({input: {sessionUid}, signal}) =>
      threads.analysis.ask('alignPlanes', {sessionUid}, signal),
    ),

    results: os.align.results.handler(async ({input, signal}) => ({
      alignments: await threads.lookups.ask('alignSummaries', {...input, atS: nowS()}, signal),
    })),

    result: os.align.result.handler(({input: {uid}, signal}) =>
      threads.analysis.ask('alignDetail', {uid, atS: nowS()}, signal),
    ),
  };
};

/** Alignments from stored planes: found, looked at, accepted, revoked. */
export const alignApi = (services: HostServices) => {
  const {store, bench} = services;
  const threads = dataServicesOf(services);
  /** Designs whose table could not be computed: it is not begun again by every look at corrections. */
  const hopeless = new Set<string>();
  const summary = (uid: string, signal?: AbortSignal) =>
    threads.analysis.ask('alignSummary', {uid, atS: nowS()}, signal);
  return {
    ...alignLookups(services),

    accept: os.align.accept.handler(
      async ({
        input: {uid, validForH = services.settings.get().calibrationHours.placement},
        context,
        signal,
      }) => {
        const alignment = getAlignment(store, uid);
        const author = context.operator();
        const placementUid = acceptAlignment(store, uid, {validForH, author, atS: nowS()});
        // Its own campaign can be compared as aligned from now on, whoever has left meanwhile.
        await predictSession(store, {placementUid, alignment}, threads);
        return summary(uid, signal);
      },
    ),

    undo: os.align.undo.handler(({input: {uid}, signal}) => {
      revokeAlignment(store, uid);
      return summary(uid, signal);
    }),

    nextProbe: os.align.nextProbe.handler(({input, context}) =>
      threads.probes.next({...input, mayStore: mayChange(context)}),
    ),

    measureNext: os.align.measureNext.handler(async ({input: {uid, objects}, context}) => {
      const alignment = getAlignment(store, uid);
      const operator = context.operator();
      const adding = await addingCampaign(store, bench.requireOpen(), alignment, objects);
      return startFurtherCampaign(services, adding, operator, (sessionUid) => ({
        sessionUid,
        free: alignment.result.parameters.map(({name}) => name),
        runUids: [...defaultRunUids(store, sessionUid, 'all'), ...alignment.planes.map(({runUid}) => runUid)],
      }));
    }),

    planeOrder: os.align.planeOrder.handler(({input: {sessionUid}, context}) =>
      threads.probes.order({sessionUid, mayStore: mayChange(context)}),
    ),

    sensitivity: os.align.sensitivity.handler(({input, context}) =>
      threads.sensitivities.get({...input, mayStore: mayChange(context)}),
    ),

    corrections: os.align.corrections.handler(async ({input: {uid}, context, signal}) => {
      const found = await threads.analysis.ask('alignCorrections', {uid}, signal);
      const {designHash} = getAlignment(store, uid);
      // Computed in the background, so that the next call has the table; an error shows where the table itself is
      // opened.
      if (mayChange(context) && !found.isByDesign && !hopeless.has(designHash))
        void threads.sensitivities
          .get({designHash, objectCount: defaultSensitivityCount, mayStore: true})
          .catch(() => hopeless.add(designHash));
      return found;
    }),
  };
};
