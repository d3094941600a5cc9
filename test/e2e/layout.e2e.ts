import type {Page} from 'playwright-core';
import {afterAll, beforeAll, expect} from 'vitest';
import {benchIsOpen, benchStatus, benchStatusWhen, command, goTo, pageNames, stopButton} from './acts.ts';
import {askHost, startApp, type RunningApp} from './app.ts';
import {violations} from './axe.ts';
import {scenario} from './scenario.ts';
import {closeBrowser} from './window.ts';

/** One program for all that is looked at here, with a campaign and a scan in its store. */
let app: RunningApp;

beforeAll(async () => {
  app = await startApp({args: ['--virtual', '--speed', '200']});
  await benchStatusWhen(app.url, ({bench}) => bench.state === 'open');
  await askHost(app.url, '/campaign/start', {digitCount: 1, stepMm: 4, title: 'one digit'});
  await benchStatusWhen(app.url, ({run}) => run?.exitStatus === 'success', 90_000);
});
afterAll(async () => {
  await closeBrowser();
  await app[Symbol.asyncDispose]();
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

/** What is wider than its place: the page as a whole and the room of the page. */
const overflow = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [document.documentElement, document.body, document.querySelector('main')].flatMap((element) =>
      element !== null && element.scrollWidth > element.clientWidth + 1
        ? [`${element.tagName.toLowerCase()}: ${element.scrollWidth} px in ${element.clientWidth} px`]
        : [],
    ),
  );

/** Whether STOP can be hit: at least 64 x 40 px, inside the window, nothing over it. */
const seenOfStop = (page: Page): Promise<string> =>
  stopButton(page).evaluate((button) => {
    const {left, right, top, bottom, width, height} = button.getBoundingClientRect();
    if (width < 64 || height < 40) return `${width} x ${height} px`;
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return 'outside of the window';
    const inFront = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return button.contains(inFront) ? 'large enough and in front' : 'covered';
  });

const themes = [
  ['dark', 'Dark theme'],
  ['light', 'Light theme'],
  ['contrast', 'Contrast theme'],
  ['red', 'Red light theme'],
] as const;

for (const [theme, words] of themes)
  scenario(`axe finds nothing on any page, ${theme}`, async ({open}) => {
    const {page} = await open(app.url);
    await benchIsOpen(page);
    await chooseTheme(page, theme, words);
    for (const name of pageNames) {
      await goTo(page, name);
      await settled(page);
      expect(await violations(page), name).toEqual([]);
    }
    // What is shown only after something was chosen.
    await page.goto(`${new URL(app.url).origin}/#/sessions/${(await benchStatus(app.url)).run?.sessionUid}`);
    await page.getByRole('grid', {name: 'Runs', exact: true}).getByRole('row').first().waitFor();
    expect(await violations(page), 'a session').toEqual([]);
    await page
      .getByRole('button', {name: /^Compare run/})
      .last()
      .click();
    await page.getByRole('heading', {level: 1, name: 'Compare'}).waitFor();
    await settled(page);
    expect(await violations(page), 'a comparison').toEqual([]);
  });

scenario('axe finds nothing in dialogs', async ({open}) => {
  const {page} = await open(app.url);
  await benchIsOpen(page);
  await goTo(page, 'Campaign');
  const {run} = await benchStatus(app.url);
  for (const [theme, words] of themes) {
    await chooseTheme(page, theme, words);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', {name: 'Commands'}).waitFor();
    expect(await violations(page), `palette, ${theme}`).toEqual([]);
    await page.keyboard.press('Control+k');

    await page.goto(`${new URL(app.url).origin}/#/campaign?session=${run?.sessionUid}`);
    await page.getByRole('button', {name: 'Open report'}).click();
    const report = page.getByRole('dialog', {name: /^Report/});
    await page.frameLocator('iframe[title^="Report of"]').getByRole('heading', {level: 1}).waitFor();
    expect(await violations(page), `report, ${theme}`).toEqual([]);
    await report.getByRole('button', {name: 'Close'}).click();

    await goTo(page, 'Bench');
    await page.getByRole('button', {name: /^Ports/}).click();
    const ports = page.getByRole('dialog', {name: 'Ports'});
    await ports.waitFor();
    expect(await violations(page), `ports, ${theme}`).toEqual([]);
    await ports.getByRole('button', {name: 'Close'}).click();
  }
});

async function chooseTheme(page: Page, theme: string, words: string): Promise<void> {
  await command(page, words);
  await page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, theme);
}

/** Waits until nothing on the page is still being fetched. */
const settled = (page: Page): Promise<void> =>
  page
    .getByRole('main')
    .getByText(/^Loading .* \.\.\.$/)
    .first()
    .waitFor({state: 'detached'});
