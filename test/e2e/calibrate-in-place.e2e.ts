import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import {alignSession} from '../../src/host/alignment/align-session.ts';
import {storeAsBuilt} from '../../src/host/placements/as-built-records.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../host/alignment/measured-session.ts';
import {benchStatusWhen, goTo, overflow, typeNumber} from './acts.ts';
import {askHost} from './app.ts';
import {violations} from './axe.ts';
import {scenario} from './scenario.ts';

const seed = 3;

/** What is known of the virtual bench of a seed before a plate is learnt on it; answers with the folder of its plates. */
async function recordBench(folder: string): Promise<string> {
  mkdirSync(folder, {recursive: true});
  const small = await createMeasuredBench(seed, 2);
  using store = openStore(join(folder, 'bench.sqlite'));
  const {sessionUid, runUids} = await writeMeasuredSession(store, small, {
    benchName: 'virtual bench',
    benchSeed: seed,
  });
  const {uid} = await alignSession(store, {sessionUid, runUids, free: unknowns, prints: 'never'});
  storeAsBuilt(store, uid ?? '', null, {by: 'Ada'});
  return small.designFolder;
}

scenario(
  'a plate is learnt on the bench, stopped between two steps, gone on with, and stands among the designs',
  async ({start, open, folder}) => {
    const dataFolder = folder();
    const designFolder = await recordBench(dataFolder);
    const {url} = await start({dataFolder});
    const {page} = await open(url, {height: 1000});
    await goTo(page, 'Calibrate');
    const panel = page.getByRole('region', {name: /^4\. In place/});
    const learn = panel.getByRole('button', {name: 'Learn the plate in place'});
    await fillForm(page);
    // Nothing of a bench is open yet: what it takes is told all the same.
    await panel
      .getByText(/^It takes 3 plates put in .* and 24 objects measured .* at 384 points\.$/)
      .waitFor();
    expect(await learn.getAttribute('aria-disabled')).toBe('true');

    await askHost(url, '/bench/open', {
      kind: 'virtual',
      ...{designFolder, seed, speed: 500, plateModel: 'thin'},
    });
    await benchStatusWhen(url, ({bench}) => bench.state === 'open');
    await panel.getByText(/384 points: about .* of moving and reading/).waitFor();
    await learn.click();
    await panel.getByRole('heading', {name: /^Plate 5 of digits: step [12] of 2$/}).waitFor();
    await panel.getByRole('button', {name: 'Stop learning'}).click();
    await panel.getByText(/^Ended at step [12]: stopped by operator/).waitFor();
    await panel.getByRole('button', {name: 'Go on'}).click();
    await panel.getByText(/^It is learnt: /).waitFor();

    const item = page
      .getByRole('region', {name: '5. What was done'})
      .getByRole('listitem')
      .filter({hasText: /plate 5 of digits learnt in place; \d+ of 10 measured objects right, \d+ before/});
    await item.getByText(/^3 plates put in, 24 objects measured at 384 points\./).waitFor();
    await item.getByRole('table', {name: 'With the new plate, measured'}).waitFor();
    expect(await panel.getByRole('button', {name: 'Go on'}).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({width: 400, height: 800});
    expect(await overflow(page)).toEqual([]);
    await page.setViewportSize({width: 1280, height: 1000});
    await item.getByRole('button', {name: 'Print it on the page Design'}).click();
    await page.getByText(/^plate 5 of “digits” was designed again/).waitFor();
  },
);

async function fillForm(page: Page): Promise<void> {
  await typeNumber(page, 'Steps, a plate each', 2);
  await typeNumber(page, 'Objects a step', 2);
  await typeNumber(page, 'Objects measured before and after', 10);
  await typeNumber(page, 'Points along the side of a region', 2);
}
