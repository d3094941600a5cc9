import {readFile, rename} from 'node:fs/promises';
import {join} from 'node:path';
import {settingsSchema, type Settings} from '../contract/api/index.ts';
import {firstIssueText} from '../contract/schema-issue.ts';
import type {SettingsStore} from './api/services.ts';
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
      settings = settingsSchema.parse({
        ...settings,
        ...others,
        choices: {...settings.choices, ...choices},
      });
      const changed = settings;
      // One after the other; the last one written holds everything.
      writing = writing
        .catch(() => undefined) // told to whoever began it
        .then(() => writeWhole(path, `${JSON.stringify(changed, null, 2)}\n`));
      await writing;
      return changed;
    },
  };
}

async function readSettings(path: string, onDamaged: (sentence: string) => void): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return settingsSchema.parse({});
    throw error;
  }
  const problem = ((): string | Settings => {
    try {
      const parsed = settingsSchema.safeParse(JSON.parse(text));
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
