import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import {benchIsOpen, benchStatus, benchStatusWhen, goTo, runBar, runIs, startScan} from './acts.ts';
import {scenario, share} from './scenario.ts';
import {startOnSmallBench} from './small-bench.ts';

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

/** So many points are some seconds of a run: more than what is on its way when a window stops to listen. */
const pointsOfSeconds = 40;

/** One program, and the window that the others are opened beside. */
const shared = share(() => startOnSmallBench({speed: 20}));

scenario('two windows see one run, also the one that is opened in its middle', async ({open}) => {
  const {app, window} = shared();
  const {page} = window;
  await benchIsOpen(page);
  const cells = 11 * 11;
  await startScan(page, 20, 2);
  await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > 15);
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
      .getByText(/^121 points in /)
      .waitFor();
    await mapShows(one, cells, cells);
  }
});

scenario('a window that hangs, and one that is gone, cost the run nothing', async ({open}) => {
  const {app, window} = shared();
  const {page} = window;
  const {page: hanging, context} = await open(app.url);
  await goTo(hanging, 'Scan');
  await startScan(page, 40, 1);
  const pointCount = async (): Promise<number> => (await benchStatus(app.url)).run?.pointCount ?? 0;
  const morePoints = async (): Promise<void> => {
    const before = await pointCount();
    await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > before + pointsOfSeconds);
  };
  await morePoints();
  // Held at a statement, a window takes nothing off its connection, as in an endless loop, for as long as it takes.
  const hold = await context.newCDPSession(hanging);
  const isHeld = new Promise<void>((resolve) => hold.once('Debugger.paused', () => resolve()));
  await hold.send('Debugger.enable');
  await hold.send('Debugger.pause');
  await isHeld;
  await morePoints();
  // The other window follows all the while.
  await runBar(page).getByRole('button', {name: 'Pause', exact: true}).click();
  await runIs(page, 'paused');
  const count = await pointCount();
  await mapShows(page, count, 41 * 41);
  await hold.send('Debugger.resume');
  await hold.send('Debugger.disable');
  // It catches up by itself, without a gap.
  await runIs(hanging, 'paused');
  await mapShows(hanging, count, 41 * 41);
  await runBar(page).getByRole('button', {name: 'Resume', exact: true}).click();
  await benchStatusWhen(app.url, ({run: now}) => now?.state === 'running');
  await context.close();
  await morePoints();
  await page.keyboard.press('Escape');
  await runIs(page, 'stopped');
});
