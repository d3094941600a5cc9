import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import {benchIsOpen, benchStatus, benchStatusWhen, goTo, runBar, runIs, startScan} from './acts.ts';
import {scenario} from './scenario.ts';

const countText = (count: number): string => new Intl.NumberFormat('en-GB').format(count);

/** Waits until the map says that so many of its cells are measured. */
const mapShows = (page: Page, measured: number, cells: number): Promise<void> =>
  page
    .getByRole('img', {
      name:
        measured === cells
          ? /by \d+ cells, .* Values from (?!.*cells are measured)/
          : new RegExp(` ${measured} of ${cells} cells are measured`),
    })
    .waitFor();

scenario('two windows see one run, also the one that is opened in its middle', async ({startOn, open}) => {
  const app = await startOn({speed: 50});
  const {page} = await open(app.url);
  await benchIsOpen(page);
  const cells = 21 * 21;
  await startScan(page, 20, 1);
  await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > 40);
  await runBar(page).getByRole('button', {name: 'Pause', exact: true}).click();
  await runIs(page, 'paused');
  const {run} = await benchStatus(app.url);
  const count = run?.pointCount ?? 0;
  expect(count).toBeLessThan(cells);

  const {page: second} = await open(app.url, {colourScheme: 'light'});
  await goTo(second, 'Scan');
  await runIs(second, 'paused');
  for (const one of [page, second]) {
    await one
      .getByRole('main')
      .getByText(new RegExp(`^${countText(count)} points\\b`))
      .first()
      .waitFor();
    await mapShows(one, count, cells);
  }
  // Resumed in the second, followed by both to the last point.
  await runBar(second).getByRole('button', {name: 'Resume', exact: true}).click();
  for (const one of [page, second]) {
    await runIs(one, 'finished');
    await runBar(one)
      .getByText(/^441 points in /)
      .waitFor();
    await mapShows(one, cells, cells);
  }
});

scenario('a window that hangs, and one that is gone, cost the run nothing', async ({startOn, open}) => {
  const app = await startOn({speed: 10});
  const {page} = await open(app.url);
  const {page: hanging, context} = await open(app.url);
  await benchIsOpen(page);
  await goTo(hanging, 'Scan');
  await startScan(page, 40, 1);
  await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > 10);
  const pointsIn = async (act: () => Promise<unknown>): Promise<number> => {
    const [before, beforeMs] = [await benchStatus(app.url), performance.now()];
    await act();
    const [after, afterMs] = [await benchStatus(app.url), performance.now()];
    const count = (after.run?.pointCount ?? 0) - (before.run?.pointCount ?? 0);
    return count / ((afterMs - beforeMs) / 1000);
  };
  const usual = await pointsIn(() => page.waitForTimeout(3000));
  const blocked = await pointsIn(() =>
    hanging.evaluate(() => {
      const endMs = performance.now() + 3000;
      while (performance.now() < endMs);
    }),
  );
  // The loop takes one of the machine's cores; more than that it must not cost.
  expect(blocked).toBeGreaterThan(usual * 0.5);
  // It catches up by itself, without a gap.
  await runBar(page).getByRole('button', {name: 'Pause', exact: true}).click();
  await runIs(hanging, 'paused');
  const {run} = await benchStatus(app.url);
  await mapShows(hanging, run?.pointCount ?? 0, 41 * 41);
  await runBar(page).getByRole('button', {name: 'Resume', exact: true}).click();
  await benchStatusWhen(app.url, ({run: now}) => now?.state === 'running');
  const gone = await pointsIn(async () => {
    await context.close();
    await page.waitForTimeout(2000);
  });
  expect(gone).toBeGreaterThan(usual * 0.5);
  await page.keyboard.press('Escape');
  await runIs(page, 'stopped');
});
