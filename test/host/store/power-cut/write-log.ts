import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Random} from '../../../../src/base/random.ts';

/** One thing that a process asked of the system (write-log.c), in its order. */
export type LoggedAct =
  | {readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Buffer}
  | {readonly kind: 'cut'; readonly file: string; readonly length: number}
  | {readonly kind: 'sync-asked' | 'synced' | 'removed'; readonly file: string}
  /** What it printed: somebody has seen it. */
  | {readonly kind: 'printed'; readonly text: string};

/** The library that writes the list, compiled into `folder`; undefined where there is no compiler or no such system. */
export function buildWriteLog(folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const source = fileURLToPath(new URL('write-log.c', import.meta.url));
  const library = join(folder, 'write-log.so');
  const {status} = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return status === 0 ? library : undefined;
}

/** The list at `path` of what was done to files of `folder`; that folder itself is the file ''. */
export function readWriteLog(path: string, folder: string): LoggedAct[] {
  const bytes = readFileSync(path);
  const acts: LoggedAct[] = [];
  for (let at = 0; at < bytes.length;) {
    const kind = String.fromCharCode(bytes[at]);
    const nameLength = bytes.readUInt16LE(at + 1);
    const offset = Number(bytes.readBigUInt64LE(at + 3));
    const count = bytes.readUInt32LE(at + 11);
    const nameAt = at + 15;
    const name = bytes.toString('utf8', nameAt, nameAt + nameLength);
    const file = name === folder ? '' : basename(name);
    const content = bytes.subarray(nameAt + nameLength, nameAt + nameLength + count);
    at = nameAt + nameLength + count;
    if (kind === 'm') acts.push({kind: 'printed', text: content.toString('utf8')});
    else if (kind === 'w') acts.push({kind: 'write', file, offset, bytes: content});
    else if (kind === 't') acts.push({kind: 'cut', file, length: offset});
    else if (kind === 'b') acts.push({kind: 'sync-asked', file});
    else if (kind === 's') acts.push({kind: 'synced', file});
    else acts.push({kind: 'removed', file});
  }
  return acts;
}

/** What a disk writes at once. */
const sectorBytes = 512;

/**
 * Lays into `folder` what a disk holds after the power went off behind act `cutAt`: all that was written before the last
 * answered request for a file, and of what came later any sectors, each by chance with `keptShare`.
 */
export function layOutAfterCut(
  acts: readonly LoggedAct[],
  cutAt: number,
  {
    folder,
    files,
    random,
    keptShare,
  }: {
    readonly folder: string;
    readonly files: readonly string[];
    readonly random: Random;
    readonly keptShare: number;
  },
): void {
  const isKept = (): boolean => random.uniform() < keptShare;
  const namesSafeUntil = lastSafe(acts, cutAt, '');
  for (const file of files) {
    const safeUntil = lastSafe(acts, cutAt, file);
    let content: FileImage | undefined;
    for (let i = 0; i <= cutAt; i++) {
      const act = acts[i];
      if (act.kind === 'printed' || act.file !== file) continue;
      const isSafe = i < safeUntil;
      if (act.kind === 'removed') content = i < namesSafeUntil || isKept() ? undefined : content;
      else if (act.kind === 'cut' && (isSafe || isKept())) (content ??= new FileImage()).resize(act.length);
      else if (act.kind === 'write')
        for (let from = 0; from < act.bytes.length; from += sectorBytes)
          if (isSafe || isKept())
            (content ??= new FileImage()).write(
              act.offset + from,
              act.bytes.subarray(from, from + sectorBytes),
            );
    }
    if (content) writeFileSync(join(folder, file), content.bytes());
  }
}

/** Acts on a file below this number are safe: the disk was asked behind them, and it answered before the cut. */
function lastSafe(acts: readonly LoggedAct[], cutAt: number, file: string): number {
  const asked: number[] = [];
  let safe = 0;
  for (let i = 0; i <= cutAt; i++) {
    const act = acts[i];
    if (act.kind === 'printed' || act.file !== file) continue;
    if (act.kind === 'sync-asked') asked.push(i);
    // Of two requests under way at once the earlier one counts: it vouches for less.
    else if (act.kind === 'synced') safe = asked.shift() ?? safe;
  }
  return safe;
}

/** The bytes of a file that grows. */
class FileImage {
  #room: Buffer = Buffer.alloc(1 << 20);
  #length = 0;

  resize(length: number): void {
    if (length > this.#room.length) {
      const larger = Buffer.alloc(2 * length);
      this.#room.copy(larger, 0, 0, this.#length);
      this.#room = larger;
    }
    if (length < this.#length) this.#room.fill(0, length, this.#length);
    this.#length = length;
  }

  write(offset: number, bytes: Buffer): void {
    if (offset + bytes.length > this.#length) this.resize(offset + bytes.length);
    bytes.copy(this.#room, offset);
  }

  bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }
}
