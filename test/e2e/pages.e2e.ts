import {writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Locator, Page} from 'playwright-core';
import {expect} from 'vitest';
import type {ApiOutputs, Status} from '../../src/contract/api/index.ts';
import {
  benchIsOpen,
  chooseTheme,
  goTo,
  overflow,
  pageNames,
  pageShown,
  stopButton,
  stopPlace,
  themes,
  twoFrames,
} from './acts.ts';
import {askHost} from './app.ts';
import {faultsInThemes, violations} from './axe.ts';
import {layoutFaults} from './layout-checks.ts';
import {scenario, share} from './scenario.ts';
import {startWithCampaign} from './small-bench.ts';

const sizes = [
  [400, 800],
  [1024, 700],
  [1440, 900],
  [2560, 1440],
  [3840, 2160],
] as const;

/** One program and window for all that is looked at here, with a campaign in its store. */
const shared = share(
  async () => {
    // With plates on motorised mounts, away from their zeros: the page Bench is never fuller.
    const app = await startWithCampaign({plates: 'five', speed: 20, hasMounts: true});
    const target = {dxMm: -4.1234, dyMm: -3.9876, dzMm: -2.3456, rotationDeg: -7.4321};
    for (const plate of [1, 2]) await askHost(app.url, '/mount/move-to', {plate, target});
    return app;
  },
  {width: sizes[0][0], height: sizes[0][1]},
);

scenario('every page at every size, dark and light', async () => {
  const {page} = shared().window;
  await benchIsOpen(page);
  for (const name of pageNames) {
    // Made for the smallest window, it grows with it.
    await resize(page, sizes[0]);
    await goTo(page, name);
    for (const size of sizes) {
      await resize(page, size);
      for (const theme of ['dark', 'light'] as const) {
        await page.emulateMedia({colorScheme: theme});
        await page.waitForFunction((own) => document.documentElement.dataset['theme'] === own, theme);
        // Drawings and charts follow the size of the window a moment later.
        await expect
          .poll(() => faultsOf(page), {message: `${name}, ${size.join(' x ')}, ${theme}`})
          .toEqual([]);
      }
    }
  }
});

scenario('what became of a STOP covers nothing at any size', async () => {
  const {page} = shared().window;
  await goTo(page, 'Bench');
  const readings = page.getByRole('region', {name: 'Readings'});
  for (const size of sizes.slice(0, 4)) {
    const what = size.join(' x ');
    await resize(page, size);
    const before = await readings.boundingBox();
    await stopButton(page).click();
    const notice = stopPlace(page).getByText(/^Stopped \(\d+ ms\)$/);
    await notice.waitFor();
    expect(await layoutFaults(page), what).toEqual([]);
    const [outcome, after] = [
      await stopPlace(page).getByRole('alert').boundingBox(),
      await readings.boundingBox(),
    ];
    expect(after?.y, what).toBeGreaterThanOrEqual((outcome?.y ?? 0) + (outcome?.height ?? 0) - 1);
    await page.getByRole('button', {name: 'Put away', exact: true}).click();
    await notice.waitFor({state: 'detached'});
    expect((await readings.boundingBox())?.y, what).toBe(before?.y);
  }
});

scenario('the map of the stage is in sight without scrolling', async () => {
  const {page} = shared().window;
  await goTo(page, 'Bench');
  const heading = page.getByRole('heading', {name: 'Stage map'});
  const picture = page.getByRole('img', {name: /^Stage: limits/});
  for (const [width, height] of sizes.slice(1)) {
    await page.setViewportSize({width, height});
    // The picture follows the size of the window a moment later.
    const placesOf = async () => {
      const [title, map] = [await heading.boundingBox(), await picture.boundingBox()];
      if (title === null || map === null) return 'not shown';
      if (title.y >= height / 3) return `the heading begins at ${title.y} px`;
      if (map.y - title.y >= 90) return `the map begins ${map.y - title.y} px below its heading`;
      return map.y + map.height < height ? 'in sight' : `the map ends at ${map.y + map.height} px`;
    };
    await expect.poll(placesOf, {message: `${width} x ${height}`}).toBe('in sight');
  }
});

scenario('axe finds nothing on any page in any theme', async () => {
  const {page} = shared().window;
  await page.setViewportSize({width: 1280, height: 800});
  for (const name of pageNames) {
    await goTo(page, name);
    await settled(page);
    expect(await faultsInThemes(page), name).toEqual([]);
  }
  // What is shown only after something was chosen.
  await goTo(page, 'Sessions');
  await page
    .getByRole('grid', {name: 'Sessions'})
    .getByRole('row', {name: /one digit/})
    .click();
  await page.getByRole('grid', {name: 'Runs', exact: true}).getByRole('row').first().waitFor();
  expect(await faultsInThemes(page), 'a session').toEqual([]);
  await page.getByRole('button', {name: 'Open campaign'}).click();
  await page.getByRole('button', {name: 'Compare digit'}).click();
  await pageShown(page, 'Compare');
  await settled(page);
  expect(await faultsInThemes(page), 'a comparison').toEqual([]);
});

scenario('axe finds nothing in dialogs, in themes chosen by their commands', async () => {
  const {app, window} = shared();
  const {page} = window;
  await goTo(page, 'Campaign');
  const {sessions} = await askHost<ApiOutputs['sessions']['search']>(app.url, '/sessions/search', {});
  for (const [theme, words] of themes) {
    await chooseTheme(page, theme, words);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', {name: 'Commands'}).waitFor();
    expect(await violations(page, theme === 'dark' ? 'all' : 'colours'), `palette, ${theme}`).toEqual([]);
    await page.keyboard.press('Control+k');
  }

  await page.goto(`${new URL(app.url).origin}/#/campaign?session=${sessions[0]?.uid}`);
  await page.getByRole('button', {name: 'Open report'}).click();
  const report = page.getByRole('dialog', {name: /^Report/});
  await page.frameLocator('iframe[title^="Report of"]').getByRole('heading', {level: 1}).waitFor();
  expect(await faultsInThemes(page), 'report').toEqual([]);
  await report.getByRole('button', {name: 'Close'}).click();

  await goTo(page, 'Bench');
  await page.getByRole('button', {name: /^Ports/}).click();
  const ports = page.getByRole('dialog', {name: 'Ports'});
  await ports.waitFor();
  expect(await faultsInThemes(page), 'ports').toEqual([]);
  await ports.getByRole('button', {name: 'Close'}).click();
});

/** Waits until nothing on the page is still being fetched. */
const settled = (page: Page): Promise<void> =>
  page
    .getByRole('main')
    .getByText(/^Loading .* \.\.\.$/)
    .first()
    .waitFor({state: 'detached'});

async function resize(page: Page, [width, height]: (typeof sizes)[number]): Promise<void> {
  await page.setViewportSize({width, height});
  await twoFrames(page);
}

/** Everything that is wrong with how a page lies in its window. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  const stop = await seenOfStop(page);
  const isStopSeen = stop === 'large enough and in front';
  return [...(await overflow(page)), ...(await layoutFaults(page)), ...(isStopSeen ? [] : [`STOP: ${stop}`])];
}

/** Whether STOP can be hit: at least 64 x 40 px, inside the window, nothing over it. */
const seenOfStop = (page: Page): Promise<string> =>
  stopButton(page).evaluate((button) => {
    const {left, right, top, bottom, width, height} = button.getBoundingClientRect();
    if (width < 64 || height < 40) return `${width} x ${height} px`;
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return 'outside of the window';
    const inFront = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return button.contains(inFront) ? 'large enough and in front' : 'covered';
  });

scenario(
  'a height map of a printed plate is looked at beside its design and kept for its bench',
  async () => {
    const {app, window} = shared();
    const {page} = window;
    const {bench} = await askHost<Status>(app.url, '/bench/status', {});
    const designFolder = bench.design?.folder ?? '';
    const map = join(app.dataFolder, 'plate-2-measured.npy');
    writeFileSync(map, await raised(join(designFolder, 'layer-2.npy'), 0.005));
    await resize(page, [1440, 900]);
    await goTo(page, 'Design');
    await choose(page, page, 'Design', /five|small/i);
    await page.getByRole('button', {name: 'Measured heights'}).click();
    const dialog = page.getByRole('dialog', {name: 'Measured heights of a printed plate'});
    await choose(page, dialog, /session of the bench/, /one digit$/);
    await choose(page, dialog, /^Plate|Plate$/, /^Plate 2$/);
    await dialog.getByRole('textbox', {name: 'File (whole path)'}).fill(map);
    await choose(page, dialog, /^Unit|Unit$/, /^mm$/);
    await choose(page, dialog, /First row of the file/, /bottom/);
    await choose(page, dialog, /As it is seen from/, /detector/);
    await dialog.getByRole('textbox', {name: /Pitch of the file/}).fill('0.4');
    await page.keyboard.press('Tab');
    await dialog.getByRole('button', {name: 'Look at the plate'}).click();
    await dialog.getByText(/0\.0050 mm RMS, 0\.0050 mm at most, 0\.0050 mm in the mean/).waitFor();
    await dialog.getByText(/correlates with the designed one by 1\.000/).waitFor();
    expect(await violations(page), 'the dialog').toEqual([]);
    await dialog.getByRole('button', {name: 'Keep'}).click();
    await page.getByText(/^The measured heights of plate 2 are kept/).waitFor();
    await dialog.waitFor({state: 'detached'});
  },
);

/** The heights of a file in numpy's format (float64 or float32 after its header), all higher by `mm`. */
async function raised(path: string, mm: number): Promise<Buffer> {
  const bytes = await readFile(path);
  const header = 10 + bytes.readUInt16LE(8);
  const isDouble = bytes.toString('latin1', 0, header).includes('f8');
  for (let at = header; at < bytes.length; at += isDouble ? 8 : 4)
    if (isDouble) bytes.writeDoubleLE(bytes.readDoubleLE(at) + mm, at);
    else bytes.writeFloatLE(bytes.readFloatLE(at) + mm, at);
  return bytes;
}

/** Chooses an option of a list by its label, as one presses. */
async function choose(
  page: Page,
  within: Page | Locator,
  label: string | RegExp,
  option: RegExp,
): Promise<void> {
  await within.getByRole('button', {name: label}).last().click();
  await page.getByRole('option', {name: option}).first().click();
}
