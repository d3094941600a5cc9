import {expect} from 'vitest';
import {benchIsOpen, benchStatus, benchStatusWhen, goTo, runIs, startScan, typeNumber} from './acts.ts';
import {askHost} from './app.ts';
import {scenario} from './scenario.ts';

scenario(
  'a held arrow key moves the stage, its release stops it, the next move begins there',
  async ({startOn, open}) => {
    const app = await startOn({speed: 5});
    const {page} = await open(app.url);
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
    await benchStatusWhen(app.url, ({stage}) => {
      const atMm = stage?.positionMm.x ?? Number.NaN;
      seenMm.push(atMm);
      return stage?.isMoving === false && Math.abs(atMm - (restMm - 8)) < 0.05;
    });
    expect(Math.max(...seenMm)).toBeLessThan(restMm + 0.05);
    expect(Math.min(...seenMm)).toBeGreaterThan(restMm - 8.25);

    // And a scan finds its points where they are.
    await startScan(page, 4, 2);
    await runIs(page, 'finished');
  },
);
