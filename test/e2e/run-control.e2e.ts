import {expect} from 'vitest';
import type {RunSummary} from '../../src/contract/api/index.ts';
import {
  benchIsOpen,
  benchStatus,
  benchStatusWhen,
  goTo,
  runBar,
  runIs,
  startScan,
  stopButton,
  stopDone,
  stopPlace,
} from './acts.ts';
import {askHost} from './app.ts';
import {scenario} from './scenario.ts';

const storedRuns = (url: string): Promise<RunSummary[]> => askHost(url, '/runs/search', {});

scenario('Esc in mid-move halts the stage; the run is kept and marked', async ({startOn, open}) => {
  // Slower than a real bench: a busy computer takes seconds from the key to the stage.
  const app = await startOn({speed: 0.5});
  const {page} = await open(app.url);
  await benchIsOpen(page);
  // Four corners: each move is long, so that there is a middle to stop in.
  const cornerMm = 40;
  await startScan(page, 2 * cornerMm, 2 * cornerMm);
  const isBetween = (mm: number | undefined): boolean => mm !== undefined && Math.abs(mm) < cornerMm - 8;
  await benchStatusWhen(
    app.url,
    ({run, stage}) =>
      run?.pointCount === 1 &&
      stage?.isMoving === true &&
      isBetween(stage.positionMm.x) &&
      !isBetween(stage.positionMm.y),
  );
  await page.keyboard.press('Escape');
  // That it waited for no end of a move is seen in where the stage rests; what STOP takes is measured in bench/.
  await stopDone(page);
  await runIs(page, 'stopped');

  // The answer to STOP is quicker than the next reading of the stage.
  const rest = await benchStatusWhen(app.url, ({stage}) => stage?.isMoving === false);
  expect(rest).toMatchObject({
    stage: {isMoving: false},
    source: {isOutputOn: false},
    run: {state: 'ended', exitStatus: 'abort'},
  });
  expect(isBetween(rest.stage?.positionMm.x)).toBe(true);
  // Nothing may happen in this time; on a slow computer less does.
  await page.waitForTimeout(500);
  expect((await benchStatus(app.url)).stage?.positionMm).toEqual(rest.stage?.positionMm);

  expect(await storedRuns(app.url)).toMatchObject([{exitStatus: 'abort', pointCount: 1}]);
  await runBar(page).getByRole('button', {name: 'Open its session'}).click();
  await page
    .getByRole('grid', {name: 'Runs', exact: true})
    .getByRole('row', {name: /run 0001/})
    .getByText(/^stopped.*1 point$/)
    .waitFor();
});

scenario('pause, resume and every way to STOP', async ({startOn, open}) => {
  const app = await startOn({speed: 20});
  const {page} = await open(app.url);
  await benchIsOpen(page);
  await startScan(page, 40, 1);
  await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > 3);

  await runBar(page).getByRole('button', {name: 'Pause', exact: true}).click();
  await runIs(page, 'paused');
  const paused = await benchStatus(app.url);
  // No point may come in this time; on a slow computer fewer would.
  await page.waitForTimeout(500);
  expect((await benchStatus(app.url)).run?.pointCount).toBe(paused.run?.pointCount);
  await runBar(page).getByRole('button', {name: 'Resume', exact: true}).click();
  await runIs(page, 'running');
  await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > (paused.run?.pointCount ?? 0) + 3);

  // By mouse, with a dialog over the page, which stays as it is.
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', {name: 'Commands'});
  await palette.waitFor();
  await stopButton(page).click();
  await runIs(page, 'stopped');
  await stopDone(page);
  expect(await palette.isVisible()).toBe(true);
  await page.keyboard.press('Control+k');
  await palette.waitFor({state: 'detached'});

  // In the middle of typing: what was typed stays.
  const startButton = page.getByRole('button', {name: 'Start scan'});
  await startButton.click();
  await benchStatusWhen(app.url, ({run}) => run?.state === 'running' && run.pointCount > 0);
  const sample = page.getByLabel('Sample', {exact: true});
  await sample.click();
  await page.keyboard.type('mask 7, se');
  await page.keyboard.press('Escape');
  await benchStatusWhen(app.url, ({run}) => run?.exitStatus === 'abort');
  await page.keyboard.type('cond');
  expect(await sample.inputValue()).toBe('mask 7, second');
  await runIs(page, 'stopped');

  // Pressed again and again, as people do: every press is answered, nothing is left hanging.
  await startButton.click();
  await benchStatusWhen(app.url, ({run}) => run?.state === 'running' && run.pointCount > 0);
  for (let press = 0; press < 8; press++) await page.keyboard.press('Escape');
  await stopButton(page).dblclick();
  await runIs(page, 'stopped');
  await stopDone(page);
  // What is left hanging would still be there.
  await page.waitForTimeout(300);
  expect(
    await stopPlace(page)
      .getByText(/^Stopping/)
      .count(),
  ).toBe(0);

  const runs = await storedRuns(app.url);
  expect(runs.map(({exitStatus}) => exitStatus)).toEqual(['abort', 'abort', 'abort']);
  expect(Math.min(...runs.map(({pointCount}) => pointCount))).toBeGreaterThan(0);

  // After all this the bench is as willing as before.
  await goTo(page, 'Scan');
  await startScan(page, 4, 2);
  await runIs(page, 'finished');
  await runBar(page)
    .getByText(/ 9 points|^9 points/)
    .waitFor();
});
