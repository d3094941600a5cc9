import {beforeAll, expect} from 'vitest';
import type {Page} from 'playwright-core';
import {benchStatusWhen, goTo, overflow} from './acts.ts';
import {startApp, type RunningApp} from './app.ts';
import {faultsInThemes, violations} from './axe.ts';
import {scenario} from './scenario.ts';

let app: RunningApp;

beforeAll(async () => {
  app = await startApp({args: ['--virtual', '--speed', '300']});
  await benchStatusWhen(app.url, ({bench}) => bench.state === 'open');
  return () => app[Symbol.asyncDispose]();
});

const steps = (page: Page) =>
  page.getByRole('listbox', {name: 'Steps of the guided alignment'}).getByRole('option');

scenario('a guided alignment: measured, decided by stated numbers, stopped, gone on with', async ({open}) => {
  const {page} = await open(app.url);
  await goTo(page, 'Align');
  await page.getByRole('button', {name: 'Guided alignment'}).click();
  await page.getByText('None yet').waitFor();
  expect(await violations(page), 'beginning').toEqual([]);
  await page.getByRole('button', {name: 'Begin', exact: true}).click();
  await steps(page).first().waitFor();
  expect(await steps(page).count()).toBe(8);

  // The first step by keyboard alone: measured, every criterion met, accepted.
  await page.getByRole('heading', {name: 'Dark level and reference'}).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('passed, to be accepted').first().waitFor();
  const criteria = page.getByRole('table', {name: 'Criteria'});
  expect(await criteria.getByText('met', {exact: true}).count()).toBe(4);
  await criteria.getByText('at most 0.003').waitFor();
  expect(await violations(page), 'measured').toEqual([]);
  await page.keyboard.press('Shift+Enter');

  // The beam: expected beside seen.
  await page.getByRole('heading', {name: 'Beam of the empty bench'}).waitFor();
  await page.getByRole('button', {name: 'Start', exact: true}).click();
  await page.getByText('passed, to be accepted').first().waitFor();
  for (const what of ['Expected', 'Seen', 'As found'])
    await page.getByRole('img', {name: `${what}: open frame`}).waitFor();
  await page.getByRole('table', {name: 'Expected beside seen'}).waitFor();
  expect(await faultsInThemes(page)).toEqual([]);
  await page.getByRole('button', {name: 'Accept', exact: true}).click();

  // Stopped in the middle: nothing of it counts. Then it is skipped with a note.
  await page.getByRole('heading', {name: 'Plate 1 alone'}).waitFor();
  await page.getByRole('button', {name: 'Start', exact: true}).click();
  await page.getByRole('progressbar', {name: 'Progress of the step'}).waitFor();
  await page.getByRole('main').getByRole('button', {name: /^Stop/}).first().click();
  await page.getByText('interrupted').first().waitFor();
  await page.getByRole('button', {name: 'Skip ...', exact: true}).click();
  const question = page.getByRole('dialog', {name: 'Skip “Plate 1 alone”?'});
  await question.getByRole('textbox').fill('plate 1 is glued in');
  expect(await violations(page), 'question').toEqual([]);
  await question.getByRole('button', {name: 'Skip', exact: true}).click();
  await page.getByText('skipped', {exact: true}).first().waitFor();

  // Left and gone on with.
  await page.getByRole('button', {name: 'Leave'}).click();
  await page.getByRole('button', {name: /^Open guided alignment/}).click();
  await page.getByRole('heading', {name: 'Plates 1 to 2'}).waitFor();
  await page.setViewportSize({width: 400, height: 800});
  expect(await overflow(page)).toEqual([]);
});
