import {mkdirSync, readdirSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import {alignSession} from '../../src/host/alignment/align-session.ts';
import {chooseTestDigits} from '../../src/host/campaign/digits.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../host/alignment/measured-session.ts';
import {goTo, overflow, typeNumber} from './acts.ts';
import {violations} from './axe.ts';
import {scenario} from './scenario.ts';

/** What stands in a data folder after a campaign and an alignment of its planes: plates stand off, nobody has accepted it. */
async function fillDataFolder(folder: string): Promise<void> {
  mkdirSync(folder, {recursive: true});
  const small = await createMeasuredBench(3, 1);
  // The small plates tell four classes.
  const digits = chooseTestDigits(70, 5, small.design.file)
    .filter(({label}) => Number(label) < 4)
    .slice(0, 22);
  using store = openStore(join(folder, 'bench.sqlite'));
  const {sessionUid, runUids} = await writeMeasuredSession(
    store,
    {...small, digits},
    {benchSeed: 3, hasPredictions: true},
  );
  await alignSession(store, {sessionUid, runUids: runUids.slice(0, 2), free: unknowns, prints: 'never'});
}

scenario(
  'what is wrong with a printed network, what may be done, and one plate again up to its STL',
  async ({start, open, folder}) => {
    const dataFolder = folder();
    await fillDataFolder(dataFolder);
    const {url} = await start({dataFolder});
    const {page} = await open(url, {height: 1000});
    await goTo(page, 'Calibrate');
    await nextIs(page, /^Next: Record how the network was built/);
    await recordAndAccept(page);
    await foretell(page);
    await learnReadOut(page);
    expect(await violations(page)).toEqual([]);
    await designPlateAgain(page);
    await page.setViewportSize({width: 400, height: 800});
    expect(await overflow(page)).toEqual([]);
    await page.setViewportSize({width: 1280, height: 1000});
    await exportPlate(page, join(dataFolder, 'prints'));
  },
);

/** What the page proposes. */
const nextIs = (page: Page, text: RegExp): Promise<void> =>
  page.getByRole('status', {name: 'Next step'}).filter({hasText: text}).waitFor();

/** The alignment becomes an as-built record, which predictions use once it is accepted. */
async function recordAndAccept(page: Page): Promise<void> {
  await typeNumber(page, 'Planes for the heights, at most', 2);
  await page.getByRole('button', {name: 'Record as built'}).click();
  const plates = page.getByRole('group', {name: 'Plates as built'});
  await plates.getByRole('rowheader', {name: '5', exact: true}).waitFor();
  expect(await plates.getByText(/\(fitted\)/).count()).toBe(5);
  await page.getByText(/^Plate \d stands farthest off, by 0\.\d+ mm/).waitFor();

  await page.getByRole('button', {name: 'Look at the alignment'}).click();
  const verdict = page.getByRole('region', {name: 'Verdict'});
  await verdict.getByRole('button', {name: 'Accept'}).click();
  await page
    .getByRole('dialog')
    .getByRole('button', {name: /^Accept (placement|in spite)/})
    .click();
  await verdict.getByText('active', {exact: true}).waitFor();
  await goTo(page, 'Calibrate');
  await page.getByText('Predictions as aligned use it.').waitFor();
}

/** What each way gains, costs and risks, before and after as numbers, planes and matrices. */
async function foretell(page: Page): Promise<void> {
  await nextIs(page, /Foretell what each way/);
  await typeNumber(page, 'Drawn objects', 24);
  await typeNumber(page, 'Training steps to try each plate', 1);
  await page.getByRole('button', {name: 'Foretell what each gains'}).click();
  for (const way of ['Calibrate the read-out', 'Move the plates', 'Print one plate again']) {
    const offer = page.getByRole('region', {name: way, exact: true});
    await offer.getByText(/of 24 drawn objects are read right \(\d+ before\)$/).waitFor();
    await offer.getByText(/^\d+ planes/).waitFor();
  }
  for (const seen of ['as designed', 'as built', 'plates moved'])
    await page.getByRole('img', {name: new RegExp(`^Output plane of a \\d, ${seen}`)}).waitFor();
  await page.getByRole('table', {name: 'Move the plates'}).waitFor();
}

/** A calibration that is learnt from the campaign, kept, and revoked. */
async function learnReadOut(page: Page): Promise<void> {
  const panel = page.getByRole('region', {name: /^3\. Read-out/});
  await panel.getByText(/^Planes, /).click();
  await typeNumber(page, 'Digits that test it', 10);
  await panel.getByRole('button', {name: 'Calibrate the read-out'}).click();
  await panel.getByText(/^Learnt from 12 digits\. It is kept\./).waitFor();
  const item = page
    .getByRole('region', {name: '5. What was done'})
    .getByRole('listitem')
    .filter({hasText: /^Read-out of digits, north/});
  await item.getByRole('table', {name: 'Tested digits, calibrated'}).waitFor();
  await item.getByText(/tested digits right, \d+ before; current/).waitFor();
  await item.getByRole('button', {name: 'Revoke'}).click();
  await item.getByText(/ before; revoked/).waitFor();
  expect(await item.getByRole('button', {name: 'Revoke'}).count()).toBe(0);
}

/** All plates but one are frozen as built; planes and matrices stand beside each other, before and after. */
async function designPlateAgain(page: Page): Promise<void> {
  await typeNumber(page, 'Training steps', 2);
  await page.getByRole('button', {name: 'Design the plate again'}).click();
  const item = page
    .getByRole('region', {name: '5. What was done'})
    .getByRole('listitem')
    .filter({hasText: /^digits with one plate printed again/});
  await item.getByRole('img', {name: /^Output plane of a \d, with the new plate \d/}).waitFor();
  await item.getByRole('table', {name: 'As built, foretold'}).waitFor();
  await nextIs(page, /Print plate \d of “digits with one plate printed again”/);
}

/** The new plate alone goes to the printer, with its print sheet. */
async function exportPlate(page: Page, prints: string): Promise<void> {
  await page.getByRole('button', {name: 'Print it on the page Design'}).click();
  const facts = page.getByRole('region', {name: 'digits with one plate printed again', exact: true});
  const origin = await facts.getByText(/^plate \d of “digits” was designed again/).innerText();
  const plate = /^plate (\d)/.exec(origin)?.[1];
  await facts.getByRole('button', {name: 'Export for printing'}).click();
  const dialog = page.getByRole('dialog', {name: 'Export for printing'});
  await dialog.getByRole('button', {name: /^What is written|alone, which was designed again/}).waitFor();
  for (const other of ['3MF: ', 'SVG: ', 'DXF: ']) await dialog.getByText(other).click();
  await dialog.getByRole('button', {name: 'Export', exact: true}).click();
  await dialog.getByText(/^2 files \(/).waitFor();
  const [folder = ''] = readdirSync(prints);
  const files = readdirSync(join(prints, folder)).sort();
  expect(files).toEqual([`plate-${plate}.stl`, 'print-sheet.html']);
  const sheet = await readFile(join(prints, folder, 'print-sheet.html'), 'utf8');
  expect(sheet).toContain(`plate ${plate} alone, of 5`);
}
