import {percentText} from '../../base/number-format.ts';
import type {ApiInputs} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {sFromH} from '../../contract/units.ts';
import {newPlateErrorsOf, unknownHeightMm} from '../calibrate/new-plate-errors.ts';
import {
  fitHeightsApart,
  learnReadOutApart,
  offersApart,
  reprintApart,
} from '../calibrate/calibrate-threads.ts';
import {recordedBench} from '../calibrate/recorded-bench.ts';
import {assertCanBeReprinted} from '../calibrate/reprint.ts';
import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {defaultRunUids} from '../planes/session-planes.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {getAsBuilt, listAsBuilt, storeAsBuilt} from '../placements/as-built-records.ts';
import {placeOfSession} from '../placements/placements.ts';
import {readOutKinds} from '../placements/read-out-records.ts';
import type {HostServices} from '../services.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {asBuiltLookups, readOutLookups, reprintLookups} from './calibrate-records.ts';
import {readOutCurveHandler} from './read-out-curve.ts';
import {dataServicesOf} from './data-services.ts';
import {calibrateInPlaceApi} from './calibrate-in-place.ts';
import {newDesignFolder} from './new-design-folder.ts';
import {os, type ApiContext} from './procedures.ts';
import {benchPathOf, newsTo} from './studies.ts';

const nowS = (): number => Date.now() / 1000;

/** What to do with a printed network that is not as designed. */
export const calibrateApi = (services: HostServices) => ({
  ...asBuiltLookups(services),
  ...readOutLookups(services),
  ...reprintLookups(services),
  recordAsBuilt: recordAsBuiltHandler(services),
  learnReadOut: learnReadOutHandler(services),
  readOutCurve: readOutCurveHandler(services),
  offers: offersHandler(services),
  reprint: reprintHandler(services),
  ...calibrateInPlaceApi(services),
});

const recordAsBuiltHandler = (services: HostServices) => {
  const {store} = services;
  const {computations} = dataServicesOf(services);
  return os.calibrate.recordAsBuilt.handler(({input, context}) => {
    const {alignmentUid, planeCount, correlationMm, isJudged, workerCount} = input;
    const {sessionUid, designName, planes} = getAlignment(store, alignmentUid);
    const by = context.operator();
    // The alignment's own planes first: it is of them that everything else was found.
    const own = planes.map(({runUid}) => runUid);
    const others = defaultRunUids(store, sessionUid, 'all').filter((uid) => !own.includes(uid));
    const runUids = [...own, ...others].slice(0, planeCount);
    return computations.start({
      kind: 'as-built',
      title: `how ${designName} was built`,
      whenStopped: 'Nothing was recorded.',
      async run({signal, onNote, onProgress}) {
        const fitted =
          runUids.length === 0
            ? null
            : await fitHeightsApart(
                {databasePath: store.path, alignmentUid, runUids, correlationMm, isJudged, workerCount},
                {
                  signal,
                  onProgress: ({doneRatio, text}) =>
                    onProgress({done: Math.round(1000 * doneRatio) / 10, total: 100, unit: '%'}, text),
                },
              );
        const uid = storeAsBuilt(store, alignmentUid, fitted && {...fitted, runUids}, {by});
        const {version} = getAsBuilt(store, uid).value;
        onNote(`Version ${version} of ${designName} as built is recorded.`);
        return {kind: 'as-built', uid, version};
      },
    });
  });
};

const learnReadOutHandler = (services: HostServices) => {
  const {store, settings} = services;
  const {computations} = dataServicesOf(services);
  return os.calibrate.learnReadOut.handler(({input, context}) => {
    const {sessionUids, simulatedCount, isKept, validForH, asBuiltUid, ...request} = input;
    const place = placeOfSession(store, sessionUids[0]);
    const {designName} = campaignDetailsOf(store.getSession(sessionUids[0]));
    const recordUid = simulatedCount === 0 ? null : (asBuiltUid ?? newestAsBuilt(store, sessionUids[0]));
    const by = context.operator();
    const hours = validForH ?? settings.get().calibrationHours.readOut;
    return computations.start({
      kind: 'learn-read-out',
      title: `read-out of ${designName}`,
      whenStopped: 'Nothing was changed.',
      async run({signal, onNote}) {
        const study = await learnReadOutApart(
          {...request, databasePath: store.path, sessionUids, asBuiltUid: recordUid, simulatedCount},
          {signal},
        );
        const {before, after, family} = study;
        onNote(
          `${percentText(before.ratio ?? 0)} of ${before.count} tested objects are read right as they are, ${percentText(after.ratio ?? 0)} corrected.`,
        );
        const atS = nowS();
        const uid =
          isKept && family !== null
            ? store.addCalibration({
                kind: readOutKinds.calibration,
                sessionUid: sessionUids.at(-1) ?? '',
                runUid: study.learnedRunUids[0],
                dependsOn: recordUid === null ? [] : [recordUid],
                timeS: atS,
                validUntilS: atS + sFromH(hours),
                value: {...place, designName, study, by, programVersion},
              })
            : null;
        return {kind: 'learn-read-out', uid, study};
      },
    });
  });
};

/** Throws `plan/invalid` where none was recorded. */
function newestAsBuilt(store: Store, sessionUid: string): string {
  const newest = listAsBuilt(store, placeOfSession(store, sessionUid)).at(-1);
  if (newest) return newest.uid;
  throw new BenchError(
    'plan/invalid',
    'Objects are simulated through the network as it was built, and nothing was recorded of that yet. Record it first (calibrate as-built), or learn from measured objects alone. Nothing was changed.',
  );
}

const offersHandler = (services: HostServices) => {
  const {store} = services;
  const {computations} = dataServicesOf(services);
  return os.calibrate.offers.handler(async ({input, context, signal: calling}) => {
    const {asBuiltUid, bench, ...request} = input;
    const {designName, alignmentUid} = getAsBuilt(store, asBuiltUid).value;
    const errors = await errorsOf(store, asBuiltUid, bench, {context, signal: calling});
    const planeS = planeSecondsOf(store, getAlignment(store, alignmentUid).sessionUid);
    return computations.start({
      kind: 'calibrate-offers',
      title: `what may be done about ${designName}`,
      whenStopped: 'Nothing of it is kept.',
      run: async (hooks) => ({
        kind: 'calibrate-offers',
        offers: await offersApart(
          {...request, databasePath: store.path, asBuiltUid, errors, planeS},
          {signal: hooks.signal, onProgress: newsTo(hooks)},
        ),
      }),
    });
  });
};

const reprintHandler = (services: HostServices) => {
  const {store} = services;
  const {computations} = dataServicesOf(services);
  return os.calibrate.reprint.handler(async ({input, context, signal: calling}) => {
    const {asBuiltUid, settings, bench, command, workerCount} = input;
    const {designName, benchName, benchSeed, alignmentUid} = getAsBuilt(store, asBuiltUid).value;
    const name = input.name ?? `${designName} with one plate printed again`;
    const folder = await newDesignFolder(services, {path: input.folder, name}, context);
    const errors = await errorsOf(store, asBuiltUid, bench, {context, signal: calling});
    const by = context.operator();
    const request = {
      ...{databasePath: store.path, asBuiltUid, settings, errors, folder, name, workerCount},
      command: command ?? `calibrate.reprint by ${by || context.client}`,
    };
    const {id} = computations.start({
      kind: 'reprint',
      title: `one plate of ${designName} again`,
      whenStopped:
        'Its last checkpoint is kept; started again with the same settings and folder it goes on from there.',
      async run(hooks) {
        const made = await reprintApart(request, {signal: hooks.signal, onProgress: newsTo(hooks)});
        const {planes, ...result} = made;
        const {designHash, lineage} = result;
        store.addCalibration({
          kind: 'plate-reprint',
          sessionUid: getAlignment(store, alignmentUid).sessionUid,
          dependsOn: [asBuiltUid],
          value: {
            ...{benchName, benchSeed, lineage, designHash, folder, by, programVersion},
            ...(planes && {planes}),
            designName: result.designName,
          },
        });
        return {kind: 'reprint', ...result};
      },
    });
    return {id, folder};
  });
};

/**
 * How far a new plate may be off on a bench, once it is known that a plate of this network can be designed again at all.
 */
async function errorsOf(
  store: Store,
  asBuiltUid: string,
  bench: ApiInputs['calibrate']['offers']['bench'],
  {context, signal}: {readonly context: ApiContext; readonly signal: AbortSignal | undefined},
) {
  const path = benchPathOf(bench, 'calibrate', context);
  const {bench: built, record} = await recordedBench(store, asBuiltUid);
  // Refused here, before it is a computation.
  assertCanBeReprinted(built);
  const errors = await newPlateErrorsOf(path, signal);
  return {...errors, unknown: {rmsMm: unknownHeightMm(record), correlationMm: errors.print.correlationMm}};
}

/** How long a plane of a campaign took, s; null where nothing says. */
function planeSecondsOf(store: Store, sessionUid: string): number | null {
  const times = store
    .listRuns(sessionUid)
    .filter(({planName, exitStatus}) => planName === 'campaign-scan' && exitStatus === 'success')
    .map(({timeS}) => timeS);
  return times.length < 2 ? null : (times[times.length - 1] - times[0]) / (times.length - 1);
}
