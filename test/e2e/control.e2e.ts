import type {Locator} from 'playwright-core';
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
  typeNumber,
} from './acts.ts';
import {askHost} from './app.ts';
import {scenario, share} from './scenario.ts';
import {reopenSmallBench, startOnSmallBench} from './small-bench.ts';

/**
 * One program and window for all that is done by hand. The first bench is three times slower than a real one: a busy computer takes
 * seconds from the key to the stage.
 */
const shared = share(() => startOnSmallBench({speed: 0.3}));

const storedRuns = (url: string): Promise<RunSummary[]> => askHost(url, '/runs/search', {});

scenario('Esc in mid-move halts the stage; the run is kept and marked', async () => {
  const {app, window} = shared();
  const {page} = window;
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

scenario('pause, resume and every way to STOP', async () => {
  const {app, window} = shared();
  const {page} = window;
  await reopenSmallBench(app.url, {speed: 20});
  await benchIsOpen(page);
  const {length: earlier} = await storedRuns(app.url);
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

  // The latest come first.
  const runs = (await storedRuns(app.url)).slice(0, -earlier);
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

scenario(
  'settings that change what readings mean, and an overload, wait for a person with the buttons that mend them',
  async () => {
    const {app, window} = shared();
    const {page} = window;
    await reopenSmallBench(app.url, {speed: 30});
    await benchIsOpen(page);
    const dialog = (title: string): Locator => page.getByRole('dialog', {name: title});
    const setting = (name: string, value: number): Promise<unknown> =>
      askHost(app.url, '/instruments/set', {role: 'lockin', name, value});
    await setting('harmonic', 2);
    await setting('sensitivityV', 1e-6);

    await startScan(page, 2, 1);
    const settings = dialog('Settings that change what readings mean');
    await settings.getByRole('row', {name: /lockin: Detection harmonic\s*2\s*1/}).waitFor();
    await settings.getByRole('button', {name: 'Set the safe values'}).click();

    const overload = dialog('Overload');
    await overload.getByText(/waits at point 1/).waitFor();
    expect(await overload.getByRole('button').allTextContents()).toEqual(
      expect.arrayContaining([
        'Choose the range here',
        'Go on: read again as it is',
        'Stop the run',
      ]) as string[],
    );
    const first = (await benchStatusWhen(app.url, ({prompt}) => prompt?.kind === 'overload')).prompt?.id;
    await overload.getByRole('button', {name: 'Choose the range here'}).click();
    // A brighter point may be beyond the new range, too.
    const later = await benchStatusWhen(
      app.url,
      ({run, prompt}) => (prompt !== null && prompt.id !== first) || run?.state === 'ended',
    );
    if (later.prompt) await overload.getByRole('button', {name: 'Stop the run'}).click();
    const {run} = await benchStatusWhen(app.url, (status) => status.run?.state === 'ended');
    expect(run?.pointCount).toBeGreaterThan(0);
    await runIs(page, run?.exitStatus === 'success' ? 'finished' : 'stopped');
  },
);

scenario('a held arrow key moves the stage, its release stops it, the next move begins there', async () => {
  const {app, window} = shared();
  const {page} = window;
  await reopenSmallBench(app.url, {speed: 5});
  await benchIsOpen(page);
  await goTo(page, 'Bench');
  await page.getByRole('button', {name: 'Home ...'}).click();
  await page
    .getByRole('dialog', {name: 'Home the stage'})
    .getByRole('button', {name: 'Start homing'})
    .click();
  await benchStatusWhen(app.url, ({stage}) => stage?.isHomed === true && !stage.isMoving);
  await askHost(app.url, '/stage/move-to', {targetMm: {x: 0, y: 0}});
  await benchStatusWhen(
    app.url,
    ({stage}) => stage?.isMoving === false && Math.abs(stage.positionMm.x ?? Number.NaN) < 0.01,
  );

  // Arrow keys move nothing before it is armed.
  await page.getByRole('heading', {name: 'Stage map'}).click();
  await page.keyboard.press('ArrowRight');
  // Nothing may happen in this time; on a slow computer less does.
  await page.waitForTimeout(300);
  expect((await benchStatus(app.url)).stage?.positionMm).toMatchObject({x: 0, y: 0});

  await page.getByRole('switch', {name: 'Armed'}).focus();
  await page.keyboard.press('Space');
  await page
    .getByRole('group', {name: /^Jog pad/})
    .and(page.locator(':focus'))
    .waitFor();
  await page.keyboard.down('ArrowRight');
  await benchStatusWhen(app.url, ({stage}) => (stage?.positionMm.x ?? 0) > 2);
  await page.keyboard.up('ArrowRight');
  const rest = await benchStatusWhen(app.url, ({stage}) => stage?.isMoving === false);
  // It must not go on in this time; on a slow computer it would go less far.
  await page.waitForTimeout(500);
  const restMm = rest.stage?.positionMm.x ?? 0;
  expect((await benchStatus(app.url)).stage?.positionMm.x).toBe(restMm);
  // 5 mm a real second: the release may take seven seconds to the stage on a busy computer.
  expect(restMm).toBeLessThan(40);

  // The next move, read all along its way, never leaves the way between rest and target, but for the approach from
  // below that takes up 0.2 mm of backlash.
  const seenMm: number[] = [];
  await typeNumber(page, 'x', restMm - 8);
  await typeNumber(page, 'y', 0);
  await page.getByRole('button', {name: 'Go there'}).click();
  await benchStatusWhen(
    app.url,
    ({stage}) => {
      const atMm = stage?.positionMm.x ?? Number.NaN;
      seenMm.push(atMm);
      return stage?.isMoving === false && Math.abs(atMm - (restMm - 8)) < 0.05;
    },
    50,
  );
  expect(Math.max(...seenMm)).toBeLessThan(restMm + 0.05);
  expect(Math.min(...seenMm)).toBeGreaterThan(restMm - 8.25);

  // And a scan finds its points where they are.
  await startScan(page, 4, 2);
  await runIs(page, 'finished');
});
