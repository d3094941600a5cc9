import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createRouterClient} from '@orpc/server';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {dataApi} from '../../../src/host/api/data.ts';
import {createHost} from '../../../src/host/create-host.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {writeRun} from '../store/sample-run.ts';

let folder: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-damaged-'));
  database = join(folder, 'bench.sqlite');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const startVirtualBench = (): Promise<never> => Promise.reject(new Error('No bench is opened here.'));

async function start() {
  const host = await createHost({startVirtualBench, dataFolder: folder, servesDamaged: true});
  const {services} = host;
  return {
    host,
    services,
    client: createRouterClient(dataApi(services), {
      context: createCallerContext(services, {scope: 'admin', client: 'test'}),
    }),
    operator: createRouterClient(dataApi(services), {
      context: createCallerContext(services, {scope: 'operate', client: 'test'}),
    }),
  };
}

test('a program started on a damaged database serves windows, salvages it and puts the new one in its place', async () => {
  {
    using store = openStore(database);
    const session = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    writeRun(store.recorder(session.uid), {pointCount: 200});
  }
  const bytes = readFileSync(database);
  // The second page is gone: a table of our own begins there.
  bytes.fill(0xa5, 4096, 8192);
  writeFileSync(database, bytes);

  const damaged = await start();
  expect(damaged.services.status().saved.damage).toContain('data recover');
  expect(() => damaged.services.store.listSessions(1)).toThrow(/damaged/);
  await expect(damaged.operator.recover({})).rejects.toMatchObject({code: 'BENCH_ERROR'});
  const report = await damaged.client.recover({});
  expect(report).toMatchObject({from: database, pointCount: 200, lostPointCount: 0});
  expect(readFileSync(database).equals(bytes)).toBe(true);
  // Only a folder with a salvaged database is taken.
  await expect(damaged.client.putInPlace({folder: join(folder, 'backups')})).rejects.toThrow(/no folder in/);
  expect(readFileSync(database).equals(bytes)).toBe(true);
  const {keptFolder} = await damaged.client.putInPlace({folder: dirname(report.to)});
  expect(readFileSync(join(keptFolder, 'bench.sqlite')).equals(bytes)).toBe(true);
  expect(await damaged.host.shutDown('it is started again')).toEqual([]);

  const again = await start();
  expect(again.services.status().saved.damage).toBe('');
  expect(again.services.store.search({}).map(({pointCount}) => pointCount)).toEqual([200]);
  expect(again.services.store.verify()).toMatchObject({damageCount: 0});
  // A database that is in use is not taken for a damaged one.
  await expect(again.client.putInPlace({folder: dirname(report.to)})).rejects.toThrow(/in use/);
  expect(await again.host.shutDown('the test is over')).toEqual([]);
  expect(readdirSync(folder).filter((name) => /^bench\.sqlite-/.test(name))).toEqual([]);
  expect(existsSync(report.to)).toBe(false);
});

test('without that, a damaged database is refused as before', async () => {
  writeFileSync(database, Buffer.alloc(8192, 0xa5));
  await expect(createHost({startVirtualBench, dataFolder: folder})).rejects.toMatchObject({
    code: expect.stringMatching(/^store\//) as string,
  });
});
