import {copyFileSync, existsSync, readdirSync, statSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {countOf} from '../../base/count-text.ts';
import {makePrivateFile} from '../files/private.ts';
import {isWriterAlive} from './instances.ts';
import {openDatabaseImage} from './recover/database-image.ts';

/**
 * SQLite reads a journal up to the first page that is damaged, and throws away what stands behind it. After a power cut
 * that is what the disk had not been given for good; after a disk's or a copy's fault it may be points. So where whole
 * pages stand behind a damaged one, database and journal are copied before they are opened. Returns a sentence on that,
 * or '' where there was nothing to keep.
 */
export function keepDamagedJournal(path: string): string {
  const journal = `${path}-wal`;
  if ((statSync(journal, {throwIfNoEntry: false})?.size ?? 0) === 0 || !existsSync(path)) return '';
  // Who has it open now reads it as it is.
  if (hasLivingWriter(path)) return '';
  using image = openDatabaseImage(path);
  const {damagedJournalPageCount: count} = image;
  if (count === 0) return '';
  const copy = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const [from, to] of [
    [path, copy],
    [journal, `${copy}-wal`],
  ]) {
    makePrivateFile(to);
    copyFileSync(from, to);
  }
  return `The journal of the database ${path} had ${countOf(count, 'damaged page')} with whole ones behind: the last points before the end (power cut, or a fault of the disk) may be missing. Everything before is as it was stored. Database and journal were kept as ${copy}; "data recover" from there salvages what can be read of them.`;
}

function hasLivingWriter(path: string): boolean {
  const start = `${basename(path)}-writer-`;
  return readdirSync(dirname(path)).some(
    (name) =>
      name.startsWith(start) && !name.endsWith('-journal') && isWriterAlive(path, name.slice(start.length)),
  );
}
