import {randomUUID} from 'node:crypto';
import {createFeed, type Feed} from '../base/feed.ts';
import {longestSafeWithinMs} from '../contract/durability.ts';
import {BenchError, benchErrorFrom, hasCode} from '../contract/errors.ts';
import type {LogEntry} from '../contract/api/index.ts';
import {createClients} from './api/clients.ts';
import {disposeQueue} from './api/queue.ts';
import {disposeBackups} from './backups/backup-keeper.ts';
import {disposeDataServices} from './api/data-services.ts';
import type {HostLog, SettingsStore} from './services.ts';
import {BenchHost} from './bench-service/bench-host.ts';
import type {StartVirtualBench} from './bench-service/open-choice.ts';
import type {LiveServices} from './bench-service/live-bench.ts';
import {createHostGuard, type HostGuard} from './guard/host-guard.ts';
import {logReports} from './guard/log-reports.ts';
import {assertNotEmptied, dataFolderAt, openDataFolder, type DataFolder} from './data-folder.ts';
import {withDeadline} from './engine/deadlines.ts';
import {defaultSettings, openSettings} from './settings-store.ts';
import {clockStepText} from './store/clock-watch.ts';
import {openStoreLazily} from './store/lazy-store.ts';
import {openStore, type Store, type StoreOptions} from './store/open-store.ts';

export interface HostOptions {
  readonly startVirtualBench: StartVirtualBench;
  /** Instead of the system's own place for data. */
  readonly dataFolder?: string | undefined;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
  /** Of the process unless given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly store?: StoreUse | undefined;
  /** Serves windows also on a damaged database, so that it can be salvaged from them; everything that is stored fails then. */
  readonly servesDamaged?: boolean | undefined;
  /** Whether the bench that is opened is the one that the next start opens by itself; true unless given. */
  readonly remembersBench?: boolean | undefined;
}

/**
 * How a host uses the database. `write`: open from the start, and at least to be looked at where nothing can be
 * written. `look`: also where it cannot be written at all. `read-only`: never written, not even what an
 * earlier start left open. `when-needed`: opened by what first uses it, so that nothing
 * that is wrong with it keeps an instrument from being stopped. `untouched`: never opened.
 */
export type StoreUse = 'write' | 'look' | 'read-only' | 'when-needed' | 'untouched';

/** Everything of one host but its doors. Disposing it is `shutDown`. */
export interface Host extends AsyncDisposable {
  readonly services: LiveServices;
  /** Resolves with the problems once somebody has shut the host down, from wherever. */
  readonly ended: Promise<readonly string[]>;
  /** Ends the run, RF off, stages stopped, virtual bench ended, store closed, each with its time limit. Once. */
  shutDown(reason: string): Promise<string[]>;
}

const logCapacity = 5000;
const benchMs = 30_000;
const quietMs = 33;
const repeatMs = 500;
/** A clock that was set is noticed within this time, whether anything is measured or not. */
const clockLookMs = 1000;

/** Opens data folder, store and settings; no bench is open yet. Throws what keeps the store from being used. */
export async function createHost(options: HostOptions): Promise<Host> {
  const {startVirtualBench, dataFolder, timeoutScale, env = process.env, store: use = 'write'} = options;
  const {data, problem} = await openOrName(
    dataFolder === undefined ? env : {...env, D2NN_BENCH_DATA: dataFolder},
    use,
  );
  // Settings are opened after the store, whose runs ask for them.
  const known: {settings?: SettingsStore} = {};
  const {store, damage} = openOrServeDamaged(options, data, () => safeWithinMs(known.settings));
  const logFeed = createFeed<Omit<LogEntry, 'id'>>({capacity: logCapacity, quietMs});
  const log = createLog(logFeed);
  logStart(log, store, data, damage);
  const clockTimer = setInterval(() => store.clockWatch.look(), clockLookMs);
  clockTimer.unref();
  const settings = await settingsOf(data, problem, log);
  known.settings = settings;
  const hostId = randomUUID();
  const onStandstill = (seconds: number): void => bench.noteStandstill(seconds);
  const guard = createHostGuard({dataPath: data.path, hostId, timeoutScale, env, log, onStandstill});
  // A command that runs once has its operator at its terminal.
  const absentS = (): number => (options.remembersBench === false ? 0 : clients.absentS);
  const bench = new BenchHost({startVirtualBench, timeoutScale, data, store, log, guard, absentS});
  // A command that only stops an instrument must not be kept from it by the database.
  if (!damage && (use === 'write' || use === 'look')) await logReports(data.path, store, log);
  const clients = createClients(() => bench.changeSignal.notify());
  const ended = Promise.withResolvers<readonly string[]>();
  let ending: Promise<string[]> | undefined;

  const shutDown = (reason: string): Promise<string[]> =>
    (ending ??= endHost({services, bench, guard}, reason).then((problems) => {
      clearInterval(clockTimer);
      ended.resolve(problems);
      return problems;
    }));

  const services: LiveServices = {
    hostId,
    startedUtc: new Date().toISOString(),
    data,
    store,
    log,
    logFeed,
    settings,
    bench,
    guard,
    clients,
    remembersBench: options.remembersBench ?? true,
    shutDown,
    status: () => ({
      ...bench.parts,
      ...(damage && {saved: {...bench.parts.saved, damage: damage.message}}),
      hostId: services.hostId,
      utc: new Date().toISOString(),
      clientCount: clients.count,
    }),
  };
  return {
    services,
    ended: ended.promise,
    shutDown,
    async [Symbol.asyncDispose]() {
      await shutDown('the program ends');
    },
  };
}

/** The store; where it is damaged and windows are served all the same, one whose every use says so. */
function openOrServeDamaged(
  {store: use = 'write', servesDamaged = false}: HostOptions,
  data: DataFolder,
  safeWithinMs: () => number,
): {readonly store: Store; readonly damage?: BenchError} {
  try {
    return {store: openStoreFor(use, data, safeWithinMs)};
  } catch (error) {
    if (!servesDamaged || !hasCode(error, 'store/damaged')) throw error;
    return {
      damage: error,
      store: openStoreLazily(data.databasePath, () => {
        throw error;
      }),
    };
  }
}

/** Within which points are safe from a power cut, as far as it is known what was chosen. */
const safeWithinMs = (settings: SettingsStore | undefined): number =>
  settings?.get().pointsSafeWithinMs ?? longestSafeWithinMs;

/** What a start finds, and every step of the clock from then on. */
function logStart(log: HostLog, store: Store, data: DataFolder, damage: BenchError | undefined): void {
  if (damage) log.add({level: 'error', source: 'store', text: damage.message, code: damage.code});
  if (store.readOnlyBecause)
    log.add({
      level: 'error',
      source: 'store',
      text: store.readOnlyBecause.message,
      code: store.readOnlyBecause.code,
    });
  if (store.journalNotice !== '')
    log.add({level: 'error', source: 'store', text: store.journalNotice, code: 'store/damaged'});
  for (const run of store.recoveredRuns)
    log.add({
      level: 'attention',
      source: 'store',
      text: `Run ${run.scanId} of an earlier start was closed as failed: ${run.reason}.`,
      code: null,
    });
  for (const text of data.notices ?? []) log.add({level: 'attention', source: 'app', text, code: null});
  store.clockWatch.onStep((step) =>
    log.add({
      level: 'attention',
      source: 'store',
      text: `${clockStepText(step)} Nothing is chosen or put in order by it; times before and after it are not of one scale.`,
      code: null,
    }),
  );
  store.pointSync.onProblem(({kind, text}) =>
    log.add({level: kind === 'slow' ? 'attention' : 'error', source: 'store', text, code: null}),
  );
}

/** Every choice as it is by default where the data folder cannot be used. */
const settingsOf = async (
  {path}: DataFolder,
  problem: BenchError | undefined,
  log: HostLog,
): Promise<SettingsStore> =>
  problem
    ? defaultSettings(problem)
    : openSettings(path, (text) => log.add({level: 'attention', source: 'app', text, code: 'file/invalid'}));

/** The data folder; one that cannot be made keeps no instrument from being stopped: only what is stored fails then. */
async function openOrName(
  env: NodeJS.ProcessEnv,
  use: StoreUse,
): Promise<{readonly data: DataFolder; readonly problem?: BenchError}> {
  try {
    return {data: await openDataFolder(env)};
  } catch (error) {
    if ((use !== 'when-needed' && use !== 'untouched') || !hasCode(error, 'store/read-only')) throw error;
    return {data: {...dataFolderAt(env), notices: [error.message]}, problem: error};
  }
}

function openStoreFor(use: StoreUse, data: DataFolder, safeWithinMs: () => number): Store {
  const {databasePath: path} = data;
  if (use === 'untouched')
    return openStoreLazily(path, () => {
      throw new BenchError('store/read-only', `${path} is not opened by this command, so nothing is stored.`);
    });
  const open = (how: 'write' | 'look' | 'read-only'): Store => {
    assertNotEmptied(data);
    return openOrShow(path, how, {safeWithinMs});
  };
  return use === 'when-needed' ? openStoreLazily(path, () => open('write')) : open(use);
}

/** The store; where it cannot be written (a full disk) or is only to be read, it is opened for reading. */
function openOrShow(path: string, use: 'write' | 'look' | 'read-only', options: StoreOptions): Store {
  if (use === 'read-only') return openStore(path, {readOnly: true});
  try {
    return openStore(path, options);
  } catch (error) {
    if (use === 'look' && hasCode(error, 'store/read-only', 'store/locked', 'store/full'))
      return openStore(path, {readOnly: true, readOnlyBecause: error});
    if (!hasCode(error, 'store/full')) throw error;
    return openStore(path, {
      readOnly: true,
      readOnlyBecause: new BenchError(
        'store/full',
        `The disk that holds ${path} was full when the program was started: everything stored before can be looked at, and nothing more is stored. Make room and start the program again.`,
        {cause: error, details: {path}},
      ),
    });
  }
}

async function endHost(
  {services, bench, guard}: {services: LiveServices; bench: BenchHost; guard: HostGuard},
  reason: string,
): Promise<string[]> {
  const {store, log} = services;
  const problems: string[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      problems.push(benchErrorFrom(error).message);
    }
  };
  log.add({level: 'info', source: 'app', text: `The program ends: ${reason}.`, code: null});
  // Before the run is ended, or the queue would begin the next one.
  await attempt(() => disposeQueue(services));
  await attempt(async () => {
    problems.push(...(await withDeadline(bench.close(reason), benchMs, 'Making the bench safe')));
  });
  await attempt(async () => bench[Symbol.asyncDispose]());
  await attempt(async () => guard[Symbol.asyncDispose]());
  disposeBackups(services);
  await attempt(() => disposeDataServices(services));
  await attempt(async () => store.close());
  return problems;
}

/** A text that comes twice at once, from the bench and with the refusal of what was asked for, is logged once. */
function createLog(feed: Feed<Omit<LogEntry, 'id'>>): HostLog {
  let last = {text: '', atMs: 0};
  return {
    add(entry) {
      const atMs = performance.now();
      const isRepeated = entry.text === last.text && atMs - last.atMs < repeatMs;
      last = {text: entry.text, atMs};
      if (!isRepeated) feed.add({...entry, utc: new Date().toISOString()});
    },
  };
}
