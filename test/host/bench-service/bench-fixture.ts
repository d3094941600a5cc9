import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {createRouterClient} from '@orpc/server';
import {appApi} from '../../../src/host/api/app.ts';
import {benchApi} from '../../../src/host/api/bench.ts';
import {instrumentsApi} from '../../../src/host/api/instruments.ts';
import {mountApi} from '../../../src/host/api/mount.ts';
import {runApi} from '../../../src/host/api/run.ts';
import {scanApi} from '../../../src/host/api/scan.ts';
import {sourceApi} from '../../../src/host/api/source.ts';
import {stageApi} from '../../../src/host/api/stage.ts';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import type {StartVirtualBench} from '../../../src/host/bench-service/open-choice.ts';
import type {LiveServices} from '../../../src/host/bench-service/live-bench.ts';
import {createHost, type Host} from '../../../src/host/create-host.ts';
import {createSmallDesign} from '../../virtual/small-design.ts';
import type {SceneOverrides} from '../../../src/virtual/scene-overrides.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';

export type Api = ReturnType<typeof clientOf>;

const clientOf = (services: LiveServices) =>
  createRouterClient(
    {
      app: appApi(services, {links: () => [], openApiPath: '/openapi.json'}),
      bench: benchApi(services),
      instruments: instrumentsApi(services),
      mount: mountApi(services),
      run: runApi(services),
      scan: scanApi(services),
      source: sourceApi(services),
      stage: stageApi(services),
    },
    {context: createCallerContext(services, {scope: 'admin', client: 'test'})},
  );

export interface HostOnBench extends AsyncDisposable {
  readonly host: Host;
  readonly services: LiveServices;
  readonly api: Api;
  readonly folder: string;
}

export interface TestHost extends HostOnBench {
  /** The virtual bench that was started last. */
  readonly virtual: () => VirtualBench;
}

interface HostOptions {
  readonly timeoutScale?: number;
  readonly smallPlates?: number;
  readonly scene?: SceneOverrides;
}

/**
 * A host with a data folder of its own, whose virtual benches the test can reach into. Instruments get ten times their
 * time to answer, for machines that are slow or busy; 1 is for tests in which one falls silent. With small
 * plates (`smallPlates` is how many) the light takes no time to compute: for tests in which it does not matter what is
 * measured; with `dimScene` it is as strong as that of the shipped design.
 */
export async function startHost({
  timeoutScale = 10,
  smallPlates = 0,
  scene,
}: HostOptions = {}): Promise<TestHost> {
  let virtual: VirtualBench | undefined;
  const small = smallPlates > 0 ? await createSmallDesign(8, {plateCount: smallPlates}) : undefined;
  const at = await startHostOn(
    async ({plateModel, ...request}) =>
      (virtual = await startVirtualBench({
        ...request,
        settings: {plateModel, ...scene},
        ...(small && request.designFolder === undefined ? {designFolder: small.folder} : {}),
      })),
    timeoutScale,
  );
  return {
    ...at,
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
      small?.[Symbol.dispose]();
    },
    virtual() {
      if (!virtual) throw new Error('No virtual bench was started.');
      return virtual;
    },
  };
}

/** A host with a data folder of its own, whose virtual benches come from the test. */
export async function startHostOn(start: StartVirtualBench, timeoutScale = 1): Promise<HostOnBench> {
  const folder = await mkdtemp(join(tmpdir(), 'd2nn-host-'));
  const host = await createHost({dataFolder: folder, startVirtualBench: start, timeoutScale});
  return {
    host,
    services: host.services,
    api: clientOf(host.services),
    folder,
    async [Symbol.asyncDispose]() {
      await host.shutDown('the test is over');
      await rm(folder, {recursive: true});
    },
  };
}

/**
 * STOP is required to be on the wires within 100 ms of its press; on a machine that is slow or busy with other things
 * only what no load explains is a failure of the program. `npm run bench stop` measures it.
 */
export const stopSentWithinMs = 1500;

/** Waits until `look` gives something; fails when nothing of the kind comes at all. */
export async function until<T>(
  look: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  everyMs = 25,
): Promise<T> {
  const limitMs = 120_000;
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > endMs) throw new Error(`Nothing of the kind within ${limitMs} ms.`);
    await sleepMs(everyMs);
  }
}

export const storedRuns = ({services: {store}}: HostOnBench) =>
  store.listSessions(100).flatMap(({uid}) => store.listRuns(uid));

/** The run as the store has it. */
export function storedRun(at: HostOnBench, uid: string | null | undefined) {
  const found = storedRuns(at).find((run) => run.uid === uid);
  if (!found) throw new Error(`The store has no run ${uid}.`);
  return found;
}

export const grid = (sideMm: number, stepMm = 1) =>
  ({plan: 'grid', widthMm: sideMm, heightMm: sideMm, stepMm}) as const;
