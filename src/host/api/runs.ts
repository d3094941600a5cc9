import {setTimeout as delay} from 'node:timers/promises';
import type {Plane} from '../../contract/api/index.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredRun} from '../store/run-reading.ts';
import type {PointPage} from '../store/point-feed.ts';
import {damageText} from '../store/stored-points.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import {runSummaryFrom} from '../runs/run-view.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';
import {readWholePage} from '../runs/whole-run.ts';

/** Points that come within this time of the first one go with it: a window draws no faster. */
const gatherMs = 20;
/** How often a run that another process records is looked at. */
const pollMs = 50;
/** Largest page: reading it holds the loop for some ms. The caller asks again for the rest. */
const maximumPage = 4000;
const thumbnailSide = 48;
const keptThumbnailCount = 1000;

/** Stored runs and runs under way, as the window reads them. */
export const runsApi = (services: HostServices) => {
  const {store} = services;

  return {
    get: os.runs.get.handler(({input: {runUid}}) => storedRunFrom(store, runUid)),

    find: os.runs.find.handler(({input: {start}}) =>
      runSummaryFrom(store.getRunSummary(store.findUid('run', start))),
    ),

    search: os.runs.search.handler(({input, signal}) =>
      dataServicesOf(services).lookups.ask('runs', input, signal),
    ),

    points: pointsHandler(services),

    plane: os.runs.plane.handler(({input: {runUid, quantity}, signal}) =>
      dataServicesOf(services).analysis.ask('plane', {runUid, quantity}, signal),
    ),

    thumbnail: thumbnailHandler(services),

    documents: os.runs.documents.handler(async ({input: {runUid}, signal}) => ({
      jsonLines: await dataServicesOf(services).analysis.ask('documents', {runUid}, signal),
    })),
  };
};

function storedRunFrom(store: Store, runUid: string) {
  const run = store.getRun(runUid);
  return {
    summary: runSummaryFrom(store.getRunSummary(runUid)),
    detector: detectorViewOf(run),
    start: {...run.start},
    streams: streamsFrom(run),
    stop: run.stop ? {...run.stop} : null,
  };
}

const detectorViewOf = (run: StoredRun) => {
  const {columns, signal} = detectorOfRun(run);
  return {columns: columns.map(({name, label, unit}) => ({name, label, unit})), signal};
};

const pointsHandler = ({store, hostId}: HostServices) =>
  os.runs.points.handler(async ({input, signal}) => {
    const {runUid, stream, after} = input;
    const limit = Math.min(input.limit, maximumPage);
    const read = (): PointPage => readWholePage(store, {runUid, stream, after, limit});
    const untilMs = performance.now() + input.waitMs;
    const wait = (ms: number): Promise<void> => delay(Math.max(0, Math.min(ms, untilMs - performance.now())));
    // A caller who asks at once again after each point is held to the same pace.
    if (input.waitMs > 0 && store.changes.isRecording(runUid)) await wait(gatherMs);
    let page = read();
    while (page.count === 0 && !page.isLast && !signal?.aborted) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) break;
      if (store.changes.isRecording(runUid)) {
        await store.changes.next(runUid, leftMs, signal);
        await wait(gatherMs);
      } else await wait(pollMs);
      page = read();
    }
    return {
      hostId,
      last: page.count === 0 ? after : page.firstSeqNum + page.count - 1,
      lostCount: page.count === 0 ? 0 : page.firstSeqNum - after - 1,
      count: page.count,
      timeS: page.timeS,
      columns: page.columns.map(({name, unit}, i) => ({name, unit, values: page.values[i]})),
      damage: page.damage.map((own) => ({seqNum: own.seqNum, text: damageText(own)})),
      doubtful: page.doubt,
      suspended: [...page.suspended],
      hasEnded: page.isLast,
    };
  });

const thumbnailHandler = (services: HostServices) => {
  const {store} = services;
  const thumbnails = new Map<string, Plane | null>();
  return os.runs.thumbnail.handler(async ({input: {runUid}, signal}) => {
    const known = thumbnails.get(runUid);
    if (known !== undefined) return known;
    const {exitStatus, isGrid} = store.getRunSummary(runUid);
    const thumbnail = isGrid
      ? await dataServicesOf(services).analysis.ask(
          'plane',
          {runUid, quantity: '', largestSide: thumbnailSide},
          signal,
        )
      : null;
    // A run under way goes on changing.
    if (exitStatus !== undefined) {
      const [oldest] = thumbnails.keys();
      if (thumbnails.size >= keptThumbnailCount) thumbnails.delete(oldest);
      thumbnails.set(runUid, thumbnail);
    }
    return thumbnail;
  });
};

const streamsFrom = ({descriptors, pointCounts}: StoredRun) =>
  descriptors.map(({name, data_keys, configuration}) => ({
    name,
    pointCount: pointCounts[name] ?? 0,
    columns: Object.entries(data_keys)
      .filter(([, {dtype}]) => dtype === 'number' || dtype === 'integer')
      .map(([column, {units}]) => ({name: column, unit: units})),
    configuration: Object.fromEntries(
      Object.entries(configuration).map(([role, {data}]) => [role, {...data}]),
    ),
  }));
