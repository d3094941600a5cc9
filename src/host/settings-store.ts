import {readFile, rename, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {parseBoundedJson} from '../base/bounded-json.ts';
import {settingsSchema, type Settings} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import {firstIssueText} from '../contract/schema-issue.ts';
import type {SettingsStore} from './api/services.ts';
import {fileLimitBytes} from './files/file-limits.ts';
import {sizeText} from './files/read-bounded.ts';
import {writeWhole} from './files/write-whole.ts';

/**
 * The window's choices in `settings.json` of the data folder. A file that cannot be used is put aside, which
 * `onDamaged` hears in a sentence, and defaults hold.
 */
export async function openSettings(
  folder: string,
  onDamaged: (sentence: string) => void,
): Promise<SettingsStore> {
  const path = join(folder, 'settings.json');
  let settings = await readSettings(path, onDamaged);
  let writing: Promise<unknown> = Promise.resolve();
  return {
    get: () => settings,
    async change(changes) {
      const {choices, ...others} = changes;
      const changed = settingsSchema.parse({
        ...settings,
        ...others,
        choices: {...settings.choices, ...choices},
      });
      const content = `${JSON.stringify(changed, null, 2)}\n`;
      if (content.length > fileLimitBytes.settings / 4)
        throw new BenchError(
          'file/invalid',
          `The choices of the window would take ${sizeText(content.length)}; at most ${sizeText(fileLimitBytes.settings / 4)} are kept. Nothing was changed.`,
        );
      settings = changed;
      // One after the other; the last one written holds everything.
      writing = writing
        .catch(() => undefined) // told to whoever began it
        .then(() => writeWhole(path, content));
      await writing;
      return changed;
    },
  };
}

async function readSettings(path: string, onDamaged: (sentence: string) => void): Promise<Settings> {
  let size: number;
  try {
    ({size} = await stat(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return settingsSchema.parse({});
    throw error;
  }
  const isReadable = size <= fileLimitBytes.settings;
  const text = isReadable ? await readFile(path, 'utf8') : '';
  const problem = ((): string | Settings => {
    if (!isReadable)
      return `it has ${sizeText(size)}, and at most ${sizeText(fileLimitBytes.settings)} are read`;
    try {
      const parsed = settingsSchema.safeParse(parseBoundedJson(text, fileLimitBytes.settings));
      return parsed.success ? parsed.data : firstIssueText(parsed.error);
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
