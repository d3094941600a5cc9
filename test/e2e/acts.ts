import type {Page} from 'playwright-core';

/** What a person does in the window, found by what the window says. */

/** Opens a page by its link in the navigation. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', {name: 'Pages'}).getByRole('link', {name, exact: true}).click();
  await page.getByRole('heading', {level: 1, name}).waitFor();
}

/** Chooses the virtual bench at the first start and waits until it is open. */
export async function chooseVirtualBench(page: Page): Promise<void> {
  await page.getByRole('heading', {name: 'Which bench?'}).waitFor();
  await page.getByRole('button', {name: /open the virtual bench/i}).click();
  await benchIsOpen(page);
}

/** Waits until instruments answer: the top bar says so. */
export async function benchIsOpen(page: Page): Promise<void> {
  await page
    .getByRole('banner')
    .getByRole('button', {name: /virtual bench/})
    .waitFor({timeout: 60_000});
}

/** The bar at the bottom that tells of the run. */
export const runBar = (page: Page) => page.getByRole('region', {name: 'Run', exact: true});

/** Waits until the run bar says that the run ended so. */
export async function runEnded(
  page: Page,
  word: 'finished' | 'stopped' | 'failed',
  timeoutMs = 90_000,
): Promise<void> {
  await runBar(page).getByText(word, {exact: true}).waitFor({timeout: timeoutMs});
}

/** Fills a number field by its label, as one types. */
export async function typeNumber(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByLabel(label, {exact: true});
  await field.fill(String(value));
  await field.press('Tab');
}
