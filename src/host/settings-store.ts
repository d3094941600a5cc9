import {readFileSync, statSync} from 'node:fs';
import {readFile, rename, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {parseBoundedJson} from '../base/bounded-json.ts';
import {settingsSchema, type Settings} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import {settingsRecord} from '../contract/stored/file-records.ts';
import type {SettingsStore} from './services.ts';
import {fileLimitBytes} from './files/file-limits.ts';
import {hasErrorCode} from './files/read-if-there.ts';
import {sizeText} from './files/read-bounded.ts';
import {writeWhole} from './files/write-whole.ts';
import {withFileLock} from './store/file-lock.ts';

/**
 * The window's choices in `settings.json` of the data folder. Several programs may use one folder: each change is made
 * to what the file says then, while nobody else changes it, and what another one has changed is seen at the next look.
 * A file that cannot be used is put aside, `onDamaged` gets a sentence about it, and defaults hold.
 */
export async function openSettings(
  folder: string,
  onDamaged: (sentence: string) => void,
): Promise<SettingsStore> {
  const path = join(folder, 'settings.json');
  let settings = await readSettings(path, onDamaged);
  let seen = fingerprintOf(path);
  let writing: Promise<unknown> = Promise.resolve();

  const changeFile = async (changes: Partial<Settings>): Promise<Settings> => {
    // @position settings.locked
    const kept = await readSettings(path, onDamaged);
    const {choices, ...others} = changes;
    const changed = settingsSchema.parse({...kept, ...others, choices: {...kept.choices, ...choices}});
    const content = `${JSON.stringify(settingsRecord.toJson(changed), null, 2)}\n`;
    if (content.length > fileLimitBytes.settings / 4)
      throw new BenchError(
        'file/invalid',
        `The choices of the window would take ${sizeText(content.length)}; at most ${sizeText(fileLimitBytes.settings / 4)} are kept. Nothing was changed.`,
      );
    await writeWhole(path, content, {isPrivate: true});
    settings = changed;
    seen = fingerprintOf(path);
    return changed;
  };

  return {
    get() {
      const now = fingerprintOf(path);
      if (now !== seen) {
        settings = readChanged(path) ?? settings;
        seen = now;
      }
      return settings;
    },
    async change(changes) {
      // One after the other, here and among programs.
      const own = writing
        .catch(() => undefined) // told to whoever began it
        .then(() => withFileLock(path, () => changeFile(changes)));
      writing = own;
      return await own;
    },
  };
}

/** Every choice as it is before anybody chose; none can be changed, for the reason that is given. */
export const defaultSettings = (problem: BenchError): SettingsStore => ({
  get: () => settingsSchema.parse({}),
  change: () => Promise.reject(problem),
});

/** Changes whenever the file is written anew; '' while there is none. */
function fingerprintOf(path: string): string {
  const stats = statSync(path, {throwIfNoEntry: false, bigint: true});
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : '';
}

/** What another program has written; undefined for nothing that can be used, which the next change deals with. */
function readChanged(path: string): Settings | undefined {
  try {
    if ((statSync(path, {throwIfNoEntry: false})?.size ?? Infinity) > fileLimitBytes.settings)
      return undefined;
    return settingsRecord.readText(readFileSync(path, 'utf8')).value;
  } catch {
    return undefined;
  }
}

async function readSettings(path: string, onDamaged: (sentence: string) => void): Promise<Settings> {
  let size: number;
  try {
    ({size} = await stat(path));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return settingsSchema.parse({});
    throw error;
  }
  const isReadable = size <= fileLimitBytes.settings;
  const text = isReadable ? await readFile(path, 'utf8') : '';
  const problem = ((): string | Settings => {
    if (!isReadable)
      return `it has ${sizeText(size)}, and at most ${sizeText(fileLimitBytes.settings)} are read`;
    try {
      const read = settingsRecord.read(parseBoundedJson(text, fileLimitBytes.settings));
      return read.value ?? read.problem;
    } catch {
      return 'it is no JSON';
    }
  })();
  if (typeof problem !== 'string') return problem;
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  await rename(path, aside);
  onDamaged(
    `The choices of the window (${path}) could not be used: ${problem}. They were put aside as ${aside} and the defaults hold; no measurement is touched by this.`,
  );
  return settingsSchema.parse({});
}
