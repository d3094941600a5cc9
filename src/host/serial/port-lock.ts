import {randomUUID} from 'node:crypto';
import {link, readFile, realpath, rename, unlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import {lockRecord} from '../../contract/stored/file-records.ts';
import type {RecordValue} from '../../contract/stored/record.ts';
import {isAlive, processStartOf} from '../files/living-process.ts';
import {hasErrorCode} from '../files/read-if-there.ts';
import {isOwnFile, prepareLockFolder, defaultLockFolder} from './lock-folder.ts';

/**
 * Who holds which port. The serial library's own lock covers serial devices on one system; ptys and network ports have
 * none, so each open port also has a file in a folder that all instances of this program of one user share.
 */
export interface PortLocks {
  /** Takes the port or throws `port/busy` naming the holder. Disposing gives it back. */
  acquire(key: PortKey): Promise<AsyncDisposable>;
  /** The living process that holds the port now; undefined when nobody does. */
  holderOf(key: PortKey): Promise<PortHolder | undefined>;
}

export interface PortHolder {
  readonly pid: number;
  /** UTC, ISO 8601. */
  readonly since: string;
}

export type PortKey =
  | {readonly kind: 'serial'; readonly path: string}
  | {readonly kind: 'tcp'; readonly host: string; readonly port: number};

type LockRecord = RecordValue<typeof lockRecord>;

const attemptCount = 8;

const portName = (key: PortKey): string => (key.kind === 'serial' ? key.path : `${key.host}:${key.port}`);

async function fileNameFor(key: PortKey): Promise<string> {
  if (key.kind === 'tcp') {
    const host = /^(localhost|127\.0\.0\.1|::1)$/i.test(key.host) ? 'localhost' : key.host.toLowerCase();
    return `tcp-${host}-${key.port}.lock`.replaceAll(/[^\w.-]/g, '_');
  }
  // Links such as /dev/serial/by-id/... must meet the device they point to. Windows names have no such path.
  const path = await realpath(key.path).catch(() => key.path);
  return `serial-${path}.lock`.replaceAll(/[^\w.-]/g, '_');
}

async function readRecord(file: string): Promise<LockRecord | undefined> {
  try {
    if (!(await isOwnFile(file))) return undefined;
    return lockRecord.readText(await readFile(file, 'utf8')).value;
  } catch {
    // Gone meanwhile, or cut short by a power failure: nobody holds it.
    return undefined;
  }
}

/** Takes a dead holder's file away, unless another process was quicker and it is a new one by now. */
async function removeStale(file: string, stale: LockRecord | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await readRecord(aside);
  if (moved !== undefined && moved.token !== stale?.token)
    await link(aside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await unlink(aside);
}

export function createPortLocks(folder = defaultLockFolder()): PortLocks {
  const acquire = async (key: PortKey): Promise<AsyncDisposable> => {
    await prepareLockFolder(folder);
    const file = join(folder, await fileNameFor(key));
    const record: LockRecord = {
      pid: process.pid,
      processStart: await processStartOf(process.pid),
      token: randomUUID(),
      port: portName(key),
      since: new Date().toISOString(),
    };
    for (let attempt = 0; attempt < attemptCount; attempt++) {
      // Written aside and linked, so that nobody ever reads half a record.
      const draft = `${file}.${record.token}`;
      await writeFile(draft, lockRecord.write(record), {flag: 'wx', mode: 0o600});
      try {
        await link(draft, file);
        return releaseOf(file, record.token);
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw error;
      } finally {
        await unlink(draft);
      }
      const holder = await readRecord(file);
      if (holder !== undefined && (await isAlive(holder))) throw busy(portName(key), holder);
      await removeStale(file, holder);
    }
    throw new BenchError(
      'port/busy',
      `${portName(key)} could not be reserved: its lock file ${file} keeps changing.`,
    );
  };
  const holderOf = async (key: PortKey): Promise<PortHolder | undefined> => {
    const record = await readRecord(join(folder, await fileNameFor(key)));
    return record !== undefined && (await isAlive(record))
      ? {pid: record.pid, since: record.since}
      : undefined;
  };
  return {acquire, holderOf};
}

function releaseOf(file: string, token: string): AsyncDisposable {
  let isReleased = false;
  return {
    async [Symbol.asyncDispose]() {
      if (isReleased) return;
      isReleased = true;
      if ((await readRecord(file))?.token !== token) return;
      await unlink(file);
    },
  };
}

function busy(port: string, holder: LockRecord): BenchError {
  const who = holder.pid === process.pid ? 'this program itself' : `process ${holder.pid}`;
  return new BenchError(
    'port/busy',
    `${port} is in use by ${who} since ${holder.since}. Nothing was sent to it and that run goes on untouched; ` +
      'end the other program first, or wait until it is done.',
    {details: {port, pid: holder.pid, since: holder.since}},
  );
}
