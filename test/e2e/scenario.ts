import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {startApp, type AppOptions, type RunningApp} from './app.ts';
import {startOnSmallBench, type SmallBench} from './small-bench.ts';
import {openWindow, type OpenWindow, type WindowOptions} from './window.ts';

/** What a scenario starts and opens; all of it is ended with the scenario. */
export interface Stage {
  /** Runs `npm start`. */
  readonly start: (options?: AppOptions) => Promise<RunningApp>;
  /** Runs `npm start` and opens a virtual bench with small plates. */
  readonly startOn: (bench: SmallBench) => Promise<RunningApp>;
  /** Opens a window whose console has to stay clean to the end of the scenario. */
  readonly open: (url: string, options?: WindowOptions) => Promise<OpenWindow>;
  /** Makes a data folder for more than one start. */
  readonly folder: () => string;
}

/** What the scenarios of a file share. */
export interface Shared {
  readonly app: RunningApp;
  readonly window: OpenWindow;
}

/** Of the file that is being run. */
const sharedNow: Shared[] = [];

/**
 * Starts a program and opens a window on it for all scenarios of a file, where none of them minds what the others have
 * left: a window costs as much as most of what is done in it. Its console has to stay clean through all of them.
 */
export function share(start: () => Promise<RunningApp>, options?: WindowOptions): () => Shared {
  let own: Shared | undefined;
  beforeAll(async () => {
    await using starting = new AsyncDisposableStack();
    const app = starting.use(await start());
    const window = await openWindow(app.url, options);
    starting.defer(() => window.context.close());
    own = {app, window};
    sharedNow.push(own);
    const everything = starting.move();
    return async () => {
      sharedNow.length = 0;
      await everything.disposeAsync();
    };
  });
  return () => {
    if (own === undefined) throw new Error('The program of this file has not been started.');
    return own;
  };
}

/**
 * A test that looks through windows. When it fails, pictures of the windows and what the program said lie in a folder
 * that the error names; when it passes, no window may have complained.
 */
export function scenario(name: string, act: (stage: Stage) => Promise<void>, timeoutMs?: number): void {
  test(
    name,
    async () => {
      const windows = sharedNow.map(({window}) => window);
      const apps = sharedNow.map(({app}) => app);
      await using everything = new AsyncDisposableStack();
      const keep = (app: RunningApp): RunningApp => {
        apps.push(everything.use(app));
        return app;
      };
      try {
        await act({
          start: async (options) => keep(await startApp(options)),
          startOn: async (bench) => keep(await startOnSmallBench(bench)),
          open: async (url, options) => {
            const opened = await openWindow(url, options);
            everything.defer(() => opened.context.close());
            windows.push(opened);
            return opened;
          },
          folder: () => {
            const path = mkdtempSync(join(tmpdir(), 'd2nn-bench-window-'));
            everything.defer(() => rmSync(path, {recursive: true, force: true}));
            return path;
          },
        });
        expect(windows.flatMap(({complaints}) => complaints)).toEqual([]);
      } catch (error) {
        const folder = await keepEvidence(windows, apps);
        if (error instanceof Error) error.message += `\nPictures and what was said: ${folder}`;
        throw error;
      }
    },
    timeoutMs,
  );
}

async function keepEvidence(windows: readonly OpenWindow[], apps: readonly RunningApp[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-failed-'));
  for (const [index, {page, complaints}] of windows.entries()) {
    writeFileSync(join(folder, `window-${index + 1}.txt`), [page.url(), ...complaints].join('\n'));
    try {
      await page.screenshot({path: join(folder, `window-${index + 1}.png`), timeout: 5000});
      const text = await page.locator('body').innerText({timeout: 5000});
      writeFileSync(join(folder, `window-${index + 1}.txt`), [page.url(), ...complaints, text].join('\n'));
    } catch (error) {
      writeFileSync(join(folder, `window-${index + 1}-no-picture.txt`), String(error));
    }
  }
  for (const [index, app] of apps.entries())
    writeFileSync(join(folder, `program-${index + 1}.txt`), app.output());
  return folder;
}
