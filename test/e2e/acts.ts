import type {Locator, Page} from 'playwright-core';
import type {Status} from '../../src/contract/api/index.ts';
import {askHost, patienceMs} from './app.ts';

/** What a person does in the window and sees there, found by what the window says. */

export const pageNames = [
  'Bench',
  'Scan',
  'Align',
  'Campaign',
  'Queue',
  'Calibrate',
  'Compare',
  'Design',
  'Sessions',
  'Log',
] as const;
export type PageName = (typeof pageNames)[number];

/** Waits until the page of this name is shown. */
export const pageShown = (page: Page, name: PageName): Promise<void> =>
  page.getByRole('heading', {level: 1, name, exact: true}).waitFor();

/** Opens a page by its link in the navigation. */
export async function goTo(page: Page, name: PageName): Promise<void> {
  await page.getByRole('navigation', {name: 'Pages'}).getByRole('link', {name, exact: true}).click();
  await pageShown(page, name);
}

/** Waits until instruments answer: the top bar names the bench. */
export const benchIsOpen = (page: Page): Promise<void> =>
  page
    .getByRole('banner')
    .getByRole('button', {name: /virtual bench/i})
    .waitFor();

/** The bar at the bottom that tells of the run. */
export const runBar = (page: Page): Locator => page.getByRole('region', {name: 'Run', exact: true});

/** Waits until the run bar says that the run is so. */
export const runIs = (
  page: Page,
  word: 'running' | 'paused' | 'suspended' | 'finished' | 'stopped' | 'failed',
): Promise<void> => runBar(page).getByText(word, {exact: true}).waitFor();

/** Fills a number field by its label, as one types, and leaves it. */
export async function typeNumber(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByLabel(label, {exact: true});
  await field.fill(String(value));
  await field.press('Tab');
}

/** Fills the form of a square scan. */
export async function planScan(page: Page, sideMm: number, stepMm: number): Promise<void> {
  await goTo(page, 'Scan');
  await typeNumber(page, 'Width', sideMm);
  await typeNumber(page, 'Height', sideMm);
  await typeNumber(page, 'Step', stepMm);
}

/** Fills the form of a square scan and starts it. */
export async function startScan(page: Page, sideMm: number, stepMm: number): Promise<void> {
  await planScan(page, sideMm, stepMm);
  await page.getByRole('button', {name: 'Start scan'}).click();
}

/** STOP and what became of it. */
export const stopPlace = (page: Page): Locator => page.getByRole('region', {name: 'Stop', exact: true});
export const stopButton = (page: Page): Locator => stopPlace(page).getByRole('button', {name: /^STOP/});

/** Waits until the window says that everything stopped; answers with the time it says, ms. */
export async function stopDone(page: Page): Promise<number> {
  const outcome = stopPlace(page).getByText(/^Stopped \(\d+ ms\)$/);
  await outcome.waitFor();
  return Number(/\((\d+) ms\)/.exec(await outcome.innerText())?.[1]);
}

/** Chooses a command by its words, by keyboard alone. */
export async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', {name: 'Commands'}).waitFor();
  await page.keyboard.type(words);
  // The first that fits is marked, a moment after the typing: Enter takes it.
  await page.getByRole('menuitem', {name: words}).and(page.locator('[data-focused]')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', {name: 'Commands'}).waitFor({state: 'detached'});
}

/** The themes of the window, and the commands that choose them. */
export const themes = [
  ['dark', 'Dark theme'],
  ['light', 'Light theme'],
  ['contrast', 'Contrast theme'],
  ['red', 'Red light theme'],
] as const;

/** Chooses a theme by its command and waits until it is there. */
export async function chooseTheme(page: Page, theme: string, words: string): Promise<void> {
  await command(page, words);
  await page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, theme);
}

/**
 * Puts a theme on the document as the window itself does, where what is looked at is the page in this theme and not how
 * it is chosen (`chooseTheme`). It stays until the settings change.
 */
export const showTheme = (page: Page, theme: string): Promise<void> =>
  page.evaluate((name) => {
    document.documentElement.dataset['theme'] = name;
  }, theme);

/** Waits until what follows the size of the window a frame later has followed it. */
export const twoFrames = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** What is wider than its place: the page as a whole and the room of the page. */
export const overflow = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [document.documentElement, document.body, document.querySelector('main')].flatMap((element) =>
      element !== null && element.scrollWidth > element.clientWidth + 1
        ? [`${element.tagName.toLowerCase()}: ${element.scrollWidth} px in ${element.clientWidth} px`]
        : [],
    ),
  );

/** Presses Tab until the control has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  for (let presses = 0; presses < 150; presses++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(control)}`);
}

/** The bench as the host knows it. */
export const benchStatus = (link: string): Promise<Status> => askHost<Status>(link, '/bench/status', {});

/**
 * Asks the host until the answer is right; fails with the last one when it never is. `everyMs` is for what must be seen
 * all along its way.
 */
export async function benchStatusWhen(
  link: string,
  isRight: (status: Status) => boolean,
  everyMs = 100,
): Promise<Status> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const status = await benchStatus(link);
    if (isRight(status)) return status;
    if (performance.now() > untilMs)
      throw new Error(`The bench did not come to what was waited for: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
