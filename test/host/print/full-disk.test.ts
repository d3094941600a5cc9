import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {createFileSet} from '../../../src/host/files/file-set.ts';

/** A disk of 1 MB; undefined where this user may not make one. */
function mountDisk(): {readonly path: string; readonly unmount: () => void} | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'd2nn-disk-'));
  const {status} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'd2nn-test', path]);
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

const probe = mountDisk();
probe?.unmount();

describe('files that appear together', () => {
  it.skipIf(probe === undefined)('leave a full disk as it was, and say so', async () => {
    const disk = mountDisk();
    if (!disk) throw new Error('A disk could be mounted a moment ago.');
    try {
      writeFileSync(join(disk.path, 'plate-1.stl'), 'of yesterday');
      const write = async (): Promise<void> => {
        await using files = await createFileSet(disk.path);
        await files.add('plate-1.stl', new Uint8Array(300_000));
        await files.add('plate-2.stl', new Uint8Array(900_000));
        await files.commit();
      };
      await expect(write()).rejects.toMatchObject({
        code: 'store/full',
        message: expect.stringMatching(/plate-2\.stl is full, so none of these files was written/) as unknown,
      });
      expect(readdirSync(disk.path)).toEqual(['plate-1.stl']);
      expect(readFileSync(join(disk.path, 'plate-1.stl'), 'utf8')).toBe('of yesterday');
    } finally {
      disk.unmount();
    }
  });

  it('take a folder away that was made for nothing, and only that', async () => {
    const root = mkdtempSync(join(tmpdir(), 'd2nn-files-'));
    try {
      const folder = join(root, 'new');
      const fail = async (name: string): Promise<void> => {
        await using files = await createFileSet(folder);
        await files.add(name, 'text');
        expect(readdirSync(folder)).not.toContain(name);
        throw new Error('ended');
      };
      await expect(fail('a.txt')).rejects.toThrow('ended');
      expect(readdirSync(root)).toEqual([]);
      {
        await using files = await createFileSet(folder);
        await files.add('a.txt', 'text');
        expect(await files.commit()).toEqual([{name: 'a.txt', bytes: 4}]);
      }
      await expect(fail('b.txt')).rejects.toThrow();
      expect(readdirSync(folder)).toEqual(['a.txt']);
    } finally {
      rmSync(root, {recursive: true, force: true});
    }
  });
});
