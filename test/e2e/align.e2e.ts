import type {Page} from 'playwright-core';
import {expect, inject} from 'vitest';
import type {ApiOutputs} from '../../src/contract/api/index.ts';
import {benchStatusWhen, command, goTo, overflow} from './acts.ts';
import {askHost} from './app.ts';
import {faultsInThemes, violations} from './axe.ts';
import {scenario, share} from './scenario.ts';
import {startOnSmallBench} from './small-bench.ts';

const digitCount = 3;

/** One program and window with three planes in the store, measured coarsely: enough to find the plates by. */
const shared = share(async () => {
  const app = await startOnSmallBench({speed: 200});
  await askHost(app.url, '/campaign/start', {
    designFolder: inject('smallDesigns').two,
    digitCount,
    stepMm: 2,
    marginMm: 4,
    referenceEvery: 0,
    title: 'planes to align with',
  });
  await benchStatusWhen(app.url, ({run}) => run?.exitStatus === 'success');
  // A clock that races costs the machine much, and the fit needs all of it.
  await askHost(app.url, '/bench/close', {});
  return app;
});

type Summary = ApiOutputs['align']['results']['alignments'][number];

const newest = async (): Promise<Summary | undefined> =>
  (await askHost<ApiOutputs['align']['results']>(shared().app.url, '/align/results', {})).alignments[0];

const verdict = (page: Page) => page.getByRole('region', {name: 'Verdict'});

scenario('an alignment that is stopped stores nothing', async () => {
  const {page} = shared().window;
  await startAlignment(page);
  // By the keyboard, which need not wait until the page stands still: the fit may be over in seconds.
  await page.getByRole('button', {name: 'Stop alignment'}).press('Enter');
  await page.getByText('stopped', {exact: true}).waitFor();
  await page
    .getByRole('main')
    .getByText(/Nothing of it is stored/)
    .first()
    .waitFor();
  expect(await newest()).toBeUndefined();
  await page.getByRole('button', {name: 'Prepare another'}).click();
  await page.getByRole('button', {name: 'Start alignment'}).waitFor();
});

scenario('planes of a campaign to an active placement and back', async () => {
  const {page} = shared().window;
  await startAlignment(page);
  await page.getByRole('list', {name: 'Steps of the alignment'}).waitFor();
  await verdict(page).waitFor();
  await verdict(page)
    .getByRole('heading', {name: /Trusted|Doubtful/})
    .waitFor();

  // Where every plate stands is drawn and said, and what to do about it.
  for (const plate of ['plate 1', 'plate 2'])
    await page.getByRole('img', {name: new RegExp(`^${plate}: x [+\u2212]?[\\d.]+ ±[\\d.]+`)}).waitFor();
  await page.getByRole('list', {name: 'Corrections'}).getByText('Plate 1').waitFor();
  await page.getByRole('rowheader', {name: 'shift x'}).first().waitFor();

  await seePlanes(page);

  await verdict(page).getByRole('button', {name: 'Accept'}).click();
  const question = page.getByRole('dialog', {name: 'Accept this placement?'});
  await question.getByText(/That is until \d{4}-\d{2}-\d{2}/).waitFor();
  expect(await violations(page), 'question').toEqual([]);
  await question.getByRole('button', {name: /^Accept (placement|in spite)/}).click();
  await verdict(page).getByText('active', {exact: true}).waitFor();
  expect((await newest())?.status).toBe('active');

  await command(page, 'Revoke this placement');
  await page
    .getByRole('dialog', {name: 'Revoke this placement?'})
    .getByRole('button', {name: 'Revoke'})
    .click();
  await verdict(page).getByText('revoked', {exact: true}).waitFor();
  expect((await newest())?.status).toBe('revoked');
});

scenario('a stored alignment is seen from 400 px on, in every theme, by everybody', async () => {
  const {page} = shared().window;
  await page.setViewportSize({width: 400, height: 800});
  const found = await newest();
  await openResult(page, found?.uid ?? '');
  expect(await overflow(page)).toEqual([]);
  await page.setViewportSize({width: 1280, height: 800});
  expect(await faultsInThemes(page)).toEqual([]);
});

scenario('a window that may only look sees the result and cannot accept it', async ({open}) => {
  const {links} = await askHost<ApiOutputs['app']['info']>(shared().app.url, '/info');
  const link = links.find(({scope}) => scope === 'read');
  const {page} = await open(link?.url ?? '');
  const found = await newest();
  await openResult(page, found?.uid ?? '');
  const accept = verdict(page).getByRole('button', {name: 'Accept'});
  expect(await accept.getAttribute('aria-disabled')).toBe('true');
});

async function startAlignment(page: Page): Promise<void> {
  await goTo(page, 'Align');
  await page
    .getByRole('listbox', {name: 'Sessions with planes'})
    .getByRole('option', {name: /planes to align with/})
    .waitFor();
  await page.getByText(`${digitCount} of ${digitCount} planes taken, as by default`).waitFor();
  await page.getByRole('button', {name: 'Start alignment'}).click();
}

async function openResult(page: Page, uid: string): Promise<void> {
  await page.goto(`${new URL(shared().app.url).origin}/#/align?result=${uid}`);
  await verdict(page).waitFor();
  await page.getByRole('img', {name: /^Residual of digit/}).waitFor();
}

/** Measured, predicted and residual of each plane under one cursor. */
async function seePlanes(page: Page): Promise<void> {
  const planes = page.getByRole('listbox', {name: 'Planes of the alignment'}).getByRole('option');
  expect(await planes.count()).toBe(digitCount);
  const measured = page.getByRole('img', {name: /^Measured plane of digit/});
  const first = await measured.getAttribute('aria-label');
  await page.getByRole('heading', {name: 'Measured beside predicted'}).click();
  await page.keyboard.press('n');
  await expect.poll(() => measured.getAttribute('aria-label')).not.toBe(first);
  await measured.hover();
  await page.getByText(/^residual [\u2212\d.]+ σ$/).waitFor();
}
