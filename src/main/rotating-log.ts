import {appendFileSync, chmodSync, mkdirSync, renameSync, statSync} from 'node:fs';
import {join} from 'node:path';

/**
 * The shell's log: what it and the host say, one line each with the time, in `shell.log`; older files are kept as
 * `shell.1.log` and `shell.2.log`. Written at once, because the last lines before a crash are the ones that matter.
 */
export class RotatingLog {
  readonly path: string;
  private readonly folder: string;
  private readonly limitBytes: number;
  private readonly now: () => Date;
  private sizeBytes: number | undefined;

  constructor(folder: string, {limitBytes = 2_000_000, now = () => new Date()} = {}) {
    this.folder = folder;
    this.path = join(folder, 'shell.log');
    this.limitBytes = limitBytes;
    this.now = now;
  }

  /** Never throws: a full disk must not take the window down. */
  write(source: 'shell' | 'host' | 'window', text: string): void {
    const lines = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => `${this.now().toISOString()} ${source}: ${line}\n`)
      .join('');
    if (lines === '') return;
    try {
      this.sizeBytes ??= this.open();
      if (this.sizeBytes + lines.length > this.limitBytes && this.sizeBytes > 0) this.rotate();
      appendFileSync(this.path, lines, {mode: 0o600});
      this.sizeBytes += Buffer.byteLength(lines);
    } catch {
      this.sizeBytes = undefined; // tried anew with the next line
    }
  }

  private open(): number {
    mkdirSync(this.folder, {recursive: true, mode: 0o700});
    const stats = statSync(this.path, {throwIfNoEntry: false});
    // What is logged is for this user's eyes; a log of an earlier version was for everybody's.
    if (stats && process.platform !== 'win32' && (stats.mode & 0o077) !== 0) chmodSync(this.path, 0o600);
    return stats?.size ?? 0;
  }

  private rotate(): void {
    for (const [from, to] of [
      ['shell.1.log', 'shell.2.log'],
      ['shell.log', 'shell.1.log'],
    ] as const)
      if (statSync(join(this.folder, from), {throwIfNoEntry: false}))
        renameSync(join(this.folder, from), join(this.folder, to));
    this.sizeBytes = 0;
  }
}
