import {copyFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createRouterClient} from '@orpc/server';
import {BenchError} from '../../../src/contract/errors.ts';
import {settingsSchema} from '../../../src/contract/api/index.ts';
import {disposeDataServices} from '../../../src/host/api/data-services.ts';
import type {ApiContext} from '../../../src/host/api/procedures.ts';
import {pageFeatures} from '../../../src/host/api/router.ts';
import type {HostServices, Job} from '../../../src/host/services.ts';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import {openStore} from '../../../src/host/store/open-store.ts';

/** A host's services on a real store in a folder of their own, with a bench only where a test gives one, on a copy of a database. */
export async function createHost(bench?: OpenBench, database?: URL) {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-api-'));
  if (database) copyFileSync(database, join(folder, 'bench.sqlite'));
  const store = openStore(join(folder, 'bench.sqlite'));
  const lines: Parameters<ApiContext['audit']>[0][] = [];
  let job: Promise<void> | undefined;
  const services: HostServices = {
    hostId: 'host-1',
    startedUtc: '2026-11-24T08:00:00.000Z',
    data: {path: folder, databasePath: store.path, reportFolder: folder},
    store,
    log: {add: () => undefined},
    settings: {
      get: () => settingsSchema.parse({operator: 'Ada'}),
      change: (changes) => Promise.resolve(settingsSchema.parse(changes)),
    },
    bench: {
      requireOpen() {
        if (!bench) throw new BenchError('bench/closed', 'No bench is open.');
        return bench;
      },
      get openBench() {
        return bench;
      },
      startJob(given: Job) {
        if (!bench) throw new BenchError('bench/closed', 'No bench is open.');
        job = given.run(bench, {
          signal: new AbortController().signal,
          onEvent: () => undefined,
          onText: () => undefined,
          onStart: () => undefined,
        });
        job.catch(() => undefined);
        return {id: 'job-1'};
      },
      isBusy: false,
      sessionUid: undefined,
    },
    clients: {count: 0, absentS: 0, enter: () => () => undefined},
  };
  const context: ApiContext = {
    scope: 'operate',
    client: 'test',
    operator: () => 'Ada',
    audit: (line) => lines.push(line),
  };
  return {
    services,
    store,
    folder,
    lines,
    client: createRouterClient(pageFeatures(services), {context}),
    /** Resolves when the job that was started has ended. */
    jobEnded: () => job,
    async [Symbol.asyncDispose]() {
      await disposeDataServices(services);
      store.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
