import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createHost} from '../../src/host/create-host.ts';
import {openDataFolder} from '../../src/host/data-folder.ts';
import {createPortLocks} from '../../src/host/serial/port-lock.ts';
import {defaultLockFolder} from '../../src/host/serial/lock-folder.ts';
import {openStore} from '../../src/host/store/open-store.ts';

let parent: string;
let previousMask: number;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'd2nn-private-'));
  // As on most computers: what is made without care can be read by everybody.
  previousMask = process.umask(0o022);
});
afterEach(() => {
  process.umask(previousMask);
  rmSync(parent, {recursive: true, force: true});
});

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

/** Mode of everything in a folder. */
const modesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => [
      name,
      modeOf(join(folder, name)),
    ]),
  );

describe.skipIf(process.platform === 'win32')('only this user sees what is stored', () => {
  it('in a new data folder, while a host writes into it', async () => {
    const folder = join(parent, 'data');
    await using host = await createHost({
      dataFolder: folder,
      startVirtualBench: () => Promise.reject(new Error('not here')),
    });
    await host.services.settings.change({operator: 'Ada'});
    host.services.store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    expect(modeOf(folder)).toBe('700');
    const modes = modesIn(folder);
    expect(Object.keys(modes)).toEqual(
      expect.arrayContaining([
        'bench.sqlite',
        'bench.sqlite-wal',
        'bench.sqlite-shm',
        'settings.json',
        'reports',
      ]),
    );
    expect(modes['reports']).toBe('700');
    delete modes['reports'];
    expect(new Set(Object.values(modes))).toEqual(new Set(['600']));
  });

  it('in one of an earlier version, which is tightened and said so once', async () => {
    const folder = join(parent, 'data');
    mkdirSync(join(folder, 'reports'), {recursive: true, mode: 0o755});
    openStore(join(folder, 'bench.sqlite')).close();
    chmodSync(join(folder, 'bench.sqlite'), 0o644);
    writeFileSync(join(folder, 'settings.json'), '{}');
    writeFileSync(join(folder, 'reports', 'one.html'), '');
    writeFileSync(join(folder, 'my-notes.txt'), 'of the person, and none of ours');
    const {notices} = await openDataFolder({D2NN_BENCH_DATA: folder});
    expect(notices).toHaveLength(1);
    expect(notices?.[0]).toMatch(/Other users .* From now on only you can/);
    expect(modeOf(folder)).toBe('700');
    expect(modesIn(folder)).toEqual({
      'bench.sqlite': '600',
      'settings.json': '600',
      reports: '700',
      [join('reports', 'one.html')]: '600',
      'my-notes.txt': '644',
    });
    expect((await openDataFolder({D2NN_BENCH_DATA: folder})).notices).toEqual([]);
  });

  it('but neither what a link leads to nor a folder that all users share is changed', async () => {
    const elsewhere = join(parent, 'elsewhere.html');
    writeFileSync(elsewhere, '');
    const folder = join(parent, 'data');
    mkdirSync(join(folder, 'reports'), {recursive: true});
    symlinkSync(elsewhere, join(folder, 'reports', 'link.html'));
    await openDataFolder({D2NN_BENCH_DATA: folder});
    expect(modeOf(elsewhere)).toBe('644');
    const shared = join(parent, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    const {notices} = await openDataFolder({D2NN_BENCH_DATA: shared});
    expect(notices?.[0]).toMatch(/all users share/);
    expect(modeOf(shared)).toBe('1777');
  });
});

describe.skipIf(process.platform === 'win32')('the folder where open ports are noted', () => {
  const key = {kind: 'tcp', host: 'h', port: 1} as const;

  it("is the user's own, and not where everybody can write", () => {
    expect(defaultLockFolder({}).startsWith(tmpdir())).toBe(false);
    expect(defaultLockFolder({HOME: '/somewhere/else', XDG_RUNTIME_DIR: '/run/x', TMPDIR: '/tmp/y'})).toBe(
      defaultLockFolder({}),
    );
    expect(defaultLockFolder({D2NN_BENCH_LOCKS: '/my/locks'})).toBe('/my/locks');
  });

  it('is made for this user alone, and tightened where it is wider', async () => {
    const folder = join(parent, 'a', 'locks');
    await using held = await createPortLocks(folder).acquire(key);
    expect(held).toBeDefined();
    expect(modeOf(folder)).toBe('700');
    expect(Object.values(modesIn(folder))).toEqual(['600']);
    chmodSync(folder, 0o777);
    await expect(createPortLocks(folder).acquire(key)).rejects.toMatchObject({code: 'port/busy'});
    expect(modeOf(folder)).toBe('700');
  });

  it('is refused where a link or a file stands in its place', async () => {
    const target = join(parent, 'target');
    mkdirSync(target);
    symlinkSync(target, join(parent, 'link'));
    writeFileSync(join(parent, 'file'), '');
    for (const name of ['link', 'file']) {
      await expect(createPortLocks(join(parent, name)).acquire(key)).rejects.toMatchObject({
        code: 'port/open-failed',
        message: expect.stringContaining('Nothing was opened') as string,
      });
    }
    expect(readdirSync(target)).toEqual([]);
  });

  it('holds no note that is a link: it says nothing of who holds the port', async () => {
    const folder = join(parent, 'locks');
    mkdirSync(folder);
    const elsewhere = join(parent, 'note');
    writeFileSync(
      elsewhere,
      JSON.stringify({pid: process.pid, processStart: '', token: 'x', port: 'h:1', since: 's'}),
    );
    symlinkSync(elsewhere, join(folder, 'tcp-h-1.lock'));
    expect(await createPortLocks(folder).holderOf(key)).toBeUndefined();
    await using held = await createPortLocks(folder).acquire(key);
    expect(held).toBeDefined();
    expect(lstatSync(elsewhere).isFile()).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0)('is refused where it belongs to another user', async () => {
    const {chownSync} = await import('node:fs');
    const folder = join(parent, 'locks');
    mkdirSync(folder);
    chownSync(folder, 65534, 65534);
    await expect(createPortLocks(folder).acquire(key)).rejects.toMatchObject({
      code: 'port/open-failed',
      message: expect.stringContaining('belongs to another user') as string,
    });
  });
});
