import {spawnSync} from 'node:child_process';
import {appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {createRouter} from '../../src/host/api/router.ts';
import {startHttpTransport} from '../../src/host/api/transport/http.ts';
import {createHost, type Host} from '../../src/host/create-host.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, dimScene, type SmallDesign} from '../virtual/small-design.ts';
import {grid, until} from './bench-service/bench-fixture.ts';

/** A disk of its own that is soon full; undefined where this user may not make one. */
function mountDisk(megabytes: number): {readonly path: string; readonly unmount: () => void} | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'd2nn-disk-'));
  const {status} = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'd2nn-test', path]);
  const remove = (): void => rmSync(path, {recursive: true, force: true});
  if (status !== 0) return void remove();
  return {
    path,
    unmount() {
      spawnSync('umount', ['-l', path]);
      remove();
    },
  };
}

const probe = mountDisk(1);
probe?.unmount();

describe.skipIf(probe === undefined)('on a full disk', () => {
  let small: SmallDesign;
  beforeAll(async () => void (small = await createSmallDesign()));
  afterAll(() => small[Symbol.dispose]());
  let disk: NonNullable<ReturnType<typeof mountDisk>>;
  beforeEach(() => {
    const mounted = mountDisk(6);
    if (!mounted) throw new Error('A disk could be mounted a moment ago.');
    disk = mounted;
  });
  afterEach(() => disk.unmount());

  const ballast = (): string => join(disk.path, 'ballast');
  /** Takes all room to the last byte. */
  function fill(): void {
    for (const size of [1 << 20, 1 << 16, 1 << 12, 256, 1])
      for (;;) {
        try {
          appendFileSync(ballast(), Buffer.alloc(size));
        } catch {
          break;
        }
      }
  }
  const makeRoom = (): void => writeFileSync(ballast(), '');

  const tokens = {read: 'r'.repeat(24), operate: 'o'.repeat(24), admin: 'a'.repeat(24)};
  async function serve(host: Host) {
    const router = createRouter(host.services, {links: () => [], openApiPath: '/openapi.json'});
    const transport = await startHttpTransport({
      services: host.services,
      router,
      tokens,
      port: 0,
      pageFolder: disk.path,
    });
    return {
      ask: async (path: string, body: unknown = {}) => {
        const answer = await fetch(`http://127.0.0.1:${transport.port}/api/v1${path}`, {
          method: 'POST',
          headers: {authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json'},
          body: JSON.stringify(body),
        });
        return {status: answer.status, body: (await answer.json()) as Record<string, unknown>};
      },
      [Symbol.asyncDispose]: () => transport.close(),
    };
  }
  const start = (): Promise<Host> =>
    createHost({
      dataFolder: join(disk.path, 'data'),
      startVirtualBench: (request) =>
        startVirtualBench({...request, designFolder: small.folder, settings: dimScene}),
      timeoutScale: 10,
    });

  it('a run ends as failed with its points kept, everything is shown, and what cannot be stored is 507', async () => {
    await using host = await start();
    await using api = await serve(host);
    expect((await api.ask('/bench/open', {kind: 'virtual', speed: 50})).status).toBe(200);
    expect((await api.ask('/scan/start', {plan: grid(40)})).status).toBe(200);
    const run = async () =>
      (await api.ask('/bench/status')).body['run'] as {
        state: string;
        runUid: string;
        pointCount: number;
        exitStatus: string;
        reason: string;
      } | null;
    await until(async () => ((await run())?.pointCount ?? 0) > 5);
    fill();
    const ended = await until(async () => {
      const now = await run();
      return now?.state === 'ended' && now;
    });
    expect(ended).toMatchObject({exitStatus: 'fail', reason: expect.stringContaining('is full') as string});

    const points = await api.ask('/runs/points', {runUid: ended.runUid});
    expect(points.status).toBe(200);
    expect(points.body['count']).toBeGreaterThan(5);
    for (const path of ['/runs/search', '/sessions/search', '/settings', '/audit', '/calibrations', '/log'])
      expect((await api.ask(path)).status, path).toBe(200);
    expect((await api.ask('/runs/plane', {runUid: ended.runUid})).status).toBe(200);

    for (const [path, body] of [
      ['/sessions/create', {title: 'one more'}],
      ['/settings/change', {operator: 'Ada'}],
      ['/sessions/add-note', {runUid: ended.runUid, text: 'x'.repeat(9000)}],
      ['/scan/start', {plan: grid(3)}],
    ] as const) {
      const answer = await api.ask(path, body);
      expect(answer, path).toMatchObject({status: 507, body: {code: 'store/full'}});
    }
    expect((await api.ask('/halt')).status).toBe(200);
    const status = await api.ask('/bench/status');
    expect(status.body['saved']).toMatchObject({problem: expect.stringMatching(/full|left/) as string});

    makeRoom();
    expect((await api.ask('/sessions/create', {title: 'again'})).status).toBe(200);
    expect((await api.ask('/settings/change', {operator: 'Ada'})).status).toBe(200);
    expect((await api.ask('/scan/start', {plan: grid(3)})).status).toBe(200);
    await until(async () => (await run())?.state === 'ended');
    expect(await run()).toMatchObject({exitStatus: 'success'});
  });

  it('a host that is started shows what is there', async () => {
    {
      await using host = await start();
      host.services.store.createSession({title: 'before', operator: 'Ada', benchName: 'fake'});
    }
    fill();
    await using host = await start();
    await using api = await serve(host);
    const {status, body} = await api.ask('/sessions/search');
    expect([status, (body['sessions'] as {title: string}[]).map(({title}) => title)]).toEqual([
      200,
      ['before'],
    ]);
    expect((await api.ask('/sessions/create', {title: 'one more'})).status).toBe(507);
    expect(host.services.logFeed.last).toBeGreaterThan(0);
  });

  it('a host that is started after one that was killed shows also what was in the journal', async () => {
    const alive = join(disk.path, 'alive');
    const data = join(disk.path, 'data');
    mkdirSync(alive);
    mkdirSync(data);
    {
      using store = openStore(join(alive, 'bench.sqlite'));
      store.createSession({title: 'in the journal', operator: 'Ada', benchName: 'fake'});
      // As a kill leaves them: the journal not yet taken into the database.
      for (const name of ['bench.sqlite', 'bench.sqlite-wal'])
        copyFileSync(join(alive, name), join(data, name));
    }
    rmSync(alive, {recursive: true});
    fill();
    await using host = await start();
    expect(host.services.store.listSessions().map(({title}) => title)).toEqual(['in the journal']);
  });
});
