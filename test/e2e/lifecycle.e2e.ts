import {afterAll, describe, expect, it} from 'vitest';
import {benchIsOpen, goTo, runBar, runEnded, typeNumber} from './acts.ts';
import {askHost, closeBrowser, openWindow, startApp} from './app.ts';

const virtualBench = ['--virtual', '--speed', '20'];

afterAll(closeBrowser);

async function planScan(page: Parameters<typeof goTo>[0], sideMm: number, stepMm: number): Promise<void> {
  await goTo(page, 'Scan');
  await typeNumber(page, 'Width', sideMm);
  await typeNumber(page, 'Height', sideMm);
  await typeNumber(page, 'Step', stepMm);
}

describe('a run seen through windows', () => {
  it('is paused, resumed, seen by a window opened in its middle, and finished with every point', async () => {
    await using app = await startApp({args: virtualBench});
    const {page, complaints} = await openWindow(app.url);
    await benchIsOpen(page);
    await planScan(page, 12, 1);
    await page.getByRole('button', {name: 'Start scan'}).click();
    await runBar(page).getByRole('button', {name: 'Pause'}).click();
    await runBar(page).getByText('paused', {exact: true}).waitFor();

    const second = await openWindow(app.url, {colourScheme: 'light'});
    await goTo(second.page, 'Scan');
    await runBar(second.page).getByText('paused', {exact: true}).waitFor();
    // Resumed in the second window: the first follows.
    await runBar(second.page).getByRole('button', {name: 'Resume'}).click();
    for (const one of [page, second.page]) {
      await runEnded(one, 'finished');
      await runBar(one)
        .getByText(/169 points/)
        .waitFor();
    }
    expect([...complaints, ...second.complaints]).toEqual([]);
  });

  it('halts in mid-move on Escape: the stage at rest, the run kept and marked', async () => {
    await using app = await startApp({args: ['--virtual', '--speed', '1']});
    const {page, complaints} = await openWindow(app.url);
    await benchIsOpen(page);
    await planScan(page, 40, 2);
    await page.getByRole('button', {name: 'Start scan'}).click();
    const banner = page.getByRole('banner');
    await banner
      .getByText('moving', {exact: true})
      .or(banner.getByText('homing', {exact: true}))
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    const outcome = page.getByRole('region', {name: 'Stop', exact: true}).getByRole('alert');
    await outcome.getByText(/^Stopped \(\d+ ms\)$/).waitFor();
    const tookMs = Number(/\((\d+) ms\)/.exec(await outcome.innerText())?.[1]);
    expect(tookMs).toBeGreaterThan(0);
    await runEnded(page, 'stopped');
    const positions = [];
    for (let i = 0; i < 3; i++) {
      const status = await askHost<{
        stage: {positionMm: unknown; isMoving: boolean};
        source: {isOutputOn: boolean};
        run: {exitStatus: string};
      }>(app.url, '/bench/status', {});
      expect(status.stage.isMoving).toBe(false);
      expect(status.source.isOutputOn).toBe(false);
      expect(status.run.exitStatus).toBe('abort');
      positions.push(status.stage.positionMm);
      await page.waitForTimeout(400);
    }
    expect(positions[2]).toEqual(positions[0]);
    expect(complaints).toEqual([]);
  });

  it('keeps its points when the host is killed; the window waits, then goes on with the new host', async () => {
    await using app = await startApp({args: virtualBench});
    const {page} = await openWindow(app.url);
    await benchIsOpen(page);
    await planScan(page, 40, 1);
    await page.getByRole('button', {name: 'Start scan'}).click();
    await page
      .getByRole('button', {name: /Stop and keep (\d\d+|\d,\d+) points/})
      .first()
      .waitFor();
    const killed = await app.hostPid();
    process.kill(killed, 'SIGKILL');
    await page.getByText(/Connection lost at/).waitFor();
    await page.getByText(/Connection lost at/).waitFor({state: 'hidden', timeout: 30_000});
    expect(await app.hostPid()).not.toBe(killed);
    // The last bench opens again by itself, and what was measured is there, marked as failed.
    await benchIsOpen(page);
    await goTo(page, 'Sessions');
    await page.getByRole('row', {name: /grid/i}).first().click();
    await page
      .getByText(/failed/)
      .first()
      .waitFor();
    await goTo(page, 'Scan');
    await page.getByRole('button', {name: 'Start scan'}).waitFor();
  });
});
