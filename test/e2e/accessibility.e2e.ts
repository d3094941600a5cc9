import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import type {ApiOutputs} from '../../src/contract/api/index.ts';
import {benchIsOpen, chooseTheme, goTo, pageNames, pageShown, themes} from './acts.ts';
import {askHost} from './app.ts';
import {faultsInThemes, violations} from './axe.ts';
import {scenario, share} from './scenario.ts';
import {startWithCampaign} from './small-bench.ts';

/** One program and window for all that is looked at here, with a campaign in its store. */
const shared = share(() => startWithCampaign());

scenario('axe finds nothing on any page in any theme', async () => {
  const {page} = shared().window;
  await benchIsOpen(page);
  for (const name of pageNames) {
    await goTo(page, name);
    await settled(page);
    expect(await faultsInThemes(page), name).toEqual([]);
  }
  // What is shown only after something was chosen.
  await goTo(page, 'Sessions');
  await page
    .getByRole('grid', {name: 'Sessions'})
    .getByRole('row', {name: /one digit/})
    .click();
  await page.getByRole('grid', {name: 'Runs', exact: true}).getByRole('row').first().waitFor();
  expect(await faultsInThemes(page), 'a session').toEqual([]);
  await page.getByRole('button', {name: 'Open campaign'}).click();
  await page.getByRole('button', {name: 'Compare digit'}).click();
  await pageShown(page, 'Compare');
  await settled(page);
  expect(await faultsInThemes(page), 'a comparison').toEqual([]);
});

scenario('axe finds nothing in dialogs, in themes chosen by their commands', async () => {
  const {app, window} = shared();
  const {page} = window;
  await goTo(page, 'Campaign');
  const {sessions} = await askHost<ApiOutputs['sessions']['search']>(app.url, '/sessions/search', {});
  for (const [theme, words] of themes) {
    await chooseTheme(page, theme, words);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', {name: 'Commands'}).waitFor();
    expect(await violations(page, theme === 'dark' ? 'all' : 'colours'), `palette, ${theme}`).toEqual([]);
    await page.keyboard.press('Control+k');
  }

  await page.goto(`${new URL(app.url).origin}/#/campaign?session=${sessions[0]?.uid}`);
  await page.getByRole('button', {name: 'Open report'}).click();
  const report = page.getByRole('dialog', {name: /^Report/});
  await page.frameLocator('iframe[title^="Report of"]').getByRole('heading', {level: 1}).waitFor();
  expect(await faultsInThemes(page), 'report').toEqual([]);
  await report.getByRole('button', {name: 'Close'}).click();

  await goTo(page, 'Bench');
  await page.getByRole('button', {name: /^Ports/}).click();
  const ports = page.getByRole('dialog', {name: 'Ports'});
  await ports.waitFor();
  expect(await faultsInThemes(page), 'ports').toEqual([]);
  await ports.getByRole('button', {name: 'Close'}).click();
});

/** Waits until nothing on the page is still being fetched. */
const settled = (page: Page): Promise<void> =>
  page
    .getByRole('main')
    .getByText(/^Loading .* \.\.\.$/)
    .first()
    .waitFor({state: 'detached'});
