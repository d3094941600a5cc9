import {expect} from 'vitest';
import type {RunSummary} from '../../src/contract/api/index.ts';
import {benchIsOpen, benchStatusWhen, goTo, runIs, startScan, stopButton} from './acts.ts';
import {addressOf, askHost, electronProgram, freePort} from './app.ts';
import {scenario} from './scenario.ts';
import {openSmallBench} from './small-bench.ts';

/** A browser tells the console of every connection that fails, whatever the page does about it. */
const deadHost = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;
const refusedToken = /status of 401|WebSocket connection to .* failed/;

scenario(
  'a killed host comes back under the open window, with every stored point',
  async ({startOn, open}) => {
    const app = await startOn({speed: 20});
    const {page, expectComplaints} = await open(app.url);
    await benchIsOpen(page);
    await startScan(page, 40, 1);
    const before = await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > 60);
    const pid = await app.hostPid();
    expectComplaints(deadHost);
    process.kill(pid, 'SIGKILL');

    const banner = page.getByText(/^Connection lost at \d/);
    await banner.waitFor();
    // The picture stands: what was seen is still there, and nothing can be moved.
    await page.getByRole('heading', {level: 1, name: 'Scan'}).waitFor();
    expect(await page.getByRole('button', {name: 'Start scan'}).isDisabled()).toBe(true);
    expect(await stopButton(page).isVisible()).toBe(true);
    await banner.waitFor({state: 'detached'});
    expect(await app.hostPid()).not.toBe(pid);

    // The bench of before opens by itself; the run is there, marked, with the points that were stored.
    await benchIsOpen(page);
    const [run] = await askHost<RunSummary[]>(app.url, '/runs/search', {});
    expect(run).toMatchObject({uid: before.run?.runUid, exitStatus: 'fail'});
    expect(run?.pointCount).toBeGreaterThan(20);
    await goTo(page, 'Sessions');
    await page.getByRole('grid', {name: 'Sessions'}).getByRole('row', {name: /grid/i}).first().click();
    await page
      .getByRole('grid', {name: 'Runs', exact: true})
      .getByRole('row', {name: /run 0001/})
      .getByText(/^failed/)
      .waitFor();

    // And it measures again.
    await startScan(page, 4, 2);
    await runIs(page, 'finished');
  },
);

// The shell gives its window a new port by itself: there is no link to paste.
if (electronProgram === undefined)
  scenario(
    'a window of an earlier start says so and takes the link of now',
    async ({start, open, folder}) => {
      const dataFolder = folder();
      const port = await freePort();
      const args = ['--port', String(port)];
      const first = await start({args, dataFolder});
      await openSmallBench(first.url, {speed: 20});
      const {page, expectComplaints} = await open(first.url);
      await benchIsOpen(page);
      expectComplaints(deadHost);
      expectComplaints(refusedToken);
      await first.stop();
      // An intended end is told as one: nothing goes on behind the window.
      await page.getByText(/^The program ended at \d/).waitFor();
      await page.getByText(/What was open was made safe first/).waitFor();
      expect(await page.getByText('goes on by itself').count()).toBe(0);

      const second = await start({args, dataFolder});
      expect(addressOf(second.url).token).not.toBe(addressOf(first.url).token);
      await page.getByText('This link is not valid any more').waitFor();
      const connect = page.getByRole('button', {name: 'Connect'});
      const link = page.getByLabel('Link to this bench');
      await link.fill('no link at all');
      await page.getByText(/There is no token in this/).waitFor();
      expect(await connect.isDisabled()).toBe(true);
      await link.fill(second.url);
      await connect.click();
      // The first picture after connecting may still be the one from before.
      await benchStatusWhen(second.url, ({bench}) => bench.state === 'open');
      await benchIsOpen(page);
      await startScan(page, 4, 2);
      await runIs(page, 'finished');
    },
  );
