import {once} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import {expect} from 'vitest';
import {askHost, type RunningApp} from './app.ts';
import {benchIsOpen, benchStatus, benchStatusWhen, goTo} from './acts.ts';
import {scenario} from './scenario.ts';
import {openMortalBrowser} from './window.ts';

/** Where the stage says that it is, mm; asked of it now. */
const whereX = async ({url}: RunningApp): Promise<number> => {
  const {positionMm} = await askHost<{positionMm: {x?: number}}>(url, '/stage/where', {});
  return positionMm.x ?? Number.NaN;
};

scenario('a jog that is held ends when the window is gone: its browser is killed', async ({startOn}) => {
  const app = await startOn({speed: 2});
  await askHost(app.url, '/stage/home', {});
  const {browser, server} = await openMortalBrowser();
  const page = await browser.newPage();
  await page.goto(app.url);
  await benchIsOpen(page);
  await goTo(page, 'Bench');
  await page.getByText('Armed', {exact: true}).click();
  const [low, high] = (await benchStatus(app.url)).stage?.limitsMm.x ?? [0, 0];
  const isAbove = (await whereX(app)) > (low + high) / 2;
  const button = page.getByRole('button', {name: isAbove ? 'Move -x' : 'Move +x', exact: true});
  await button.hover();
  await page.mouse.down();
  await benchStatusWhen(app.url, ({stage}) => stage?.isMoving === true);

  const ended = once(server.process(), 'exit');
  server.process().kill('SIGKILL');
  await ended;
  await benchStatusWhen(app.url, ({stage}) => stage?.isMoving === false);
  const stoodAt = await whereX(app);
  // Far from the limit that it would have run to.
  expect(Math.abs(stoodAt - (isAbove ? low : high))).toBeGreaterThan(1);
  await delay(500);
  expect(await whereX(app)).toBe(stoodAt);
});
