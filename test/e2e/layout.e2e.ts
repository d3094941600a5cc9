import type {Page} from 'playwright-core';
import {beforeAll, expect} from 'vitest';
import {benchIsOpen, goTo, overflow, pageNames, startWithCampaign, stopButton} from './acts.ts';
import type {RunningApp} from './app.ts';
import {scenario} from './scenario.ts';
import {closeBrowser} from './window.ts';

/** One program for all that is looked at here, with a campaign in its store. */
let app: RunningApp;

beforeAll(async () => {
  app = await startWithCampaign();
  return async () => {
    await closeBrowser();
    await app[Symbol.asyncDispose]();
  };
});

const sizes = [
  [400, 800],
  [1280, 800],
  [1920, 1080],
  [3840, 2160],
] as const;

for (const [width, height] of sizes)
  scenario(`every page at ${width} x ${height}, dark and light`, async ({open}) => {
    const {page} = await open(app.url, {width, height});
    await benchIsOpen(page);
    for (const name of pageNames) {
      await goTo(page, name);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({colorScheme});
        await page.waitForFunction(
          (theme) => document.documentElement.dataset['theme'] === theme,
          colorScheme,
        );
        expect(await overflow(page), `${name}, ${colorScheme}`).toEqual([]);
        expect(await seenOfStop(page), `${name}, ${colorScheme}`).toBe('large enough and in front');
      }
    }
  });

/** Whether STOP can be hit: at least 64 x 40 px, inside the window, nothing over it. */
const seenOfStop = (page: Page): Promise<string> =>
  stopButton(page).evaluate((button) => {
    const {left, right, top, bottom, width, height} = button.getBoundingClientRect();
    if (width < 64 || height < 40) return `${width} x ${height} px`;
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return 'outside of the window';
    const inFront = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return button.contains(inFront) ? 'large enough and in front' : 'covered';
  });
