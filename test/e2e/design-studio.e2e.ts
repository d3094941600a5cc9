import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import {benchIsOpen, benchStatusWhen, goTo, pageShown, typeNumber} from './acts.ts';
import {askHost} from './app.ts';
import {scenario} from './scenario.ts';

const samples = 40;
const pitchMm = 0.4;
const rimMm = 8;

scenario('from nothing to a trained design, its STL, and a campaign with it', async ({start, open}) => {
  const app = await start();
  const {page} = await open(app.url, {height: 1000});
  await page.getByRole('heading', {name: 'Which bench?'}).waitFor();
  await goTo(page, 'Design');
  await refuseWhatCannotBeBuilt(page);
  await train(page);

  await page.getByRole('button', {name: 'Look at the design'}).click();
  const facts = page.getByRole('region', {name: 'small digits', exact: true});
  await facts.getByText(`${samples} × ${samples}, ${samples * pitchMm} mm wide`).waitFor();
  await page.getByRole('button', {name: /^Plate 2/}).waitFor();
  await exportStl(page);
  await expectPlate(join(app.dataFolder, 'prints', 'small-digits', 'plate-1.stl'));

  // The bench that is opened has the shipped plates; the form says so and changes them.
  await facts.getByRole('button', {name: 'Send to bench'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Plan a campaign'}).click();
  await page.getByRole('heading', {name: 'Which bench?'}).waitFor();
  await page.getByRole('button', {name: 'Open the virtual bench'}).click();
  await benchIsOpen(page);
  await pageShown(page, 'Campaign');
  const others = page.getByText(/^On the open virtual bench stand the plates of “digits”/);
  await others.waitFor();
  await page.getByRole('button', {name: 'Open it with these plates'}).click();
  await others.waitFor({state: 'detached'});
  const {bench} = await benchStatusWhen(app.url, ({bench: own}) => own.state === 'open');
  expect(bench.design).toMatchObject({
    name: 'small digits',
    folder: join(app.dataFolder, 'designs', 'small-digits'),
  });
  await page.getByText(/^\d+ digits, [\d,]+ points, about /).waitFor();
  expect(await page.getByRole('button', {name: /Design$/}).innerText()).toContain('small digits');
  const {isAllowed} = await askHost<{isAllowed: boolean}>(app.url, '/campaign/plan', {
    designFolder: bench.design?.folder,
  });
  expect(isAllowed).toBe(true);
});

/** Geometries of no network, each named before anything is started. */
async function refuseWhatCannotBeBuilt(page: Page): Promise<void> {
  await page.getByRole('radio', {name: 'Train a network'}).click();
  const start = page.getByRole('button', {name: 'Start training'});
  for (const [label, wrong, right, sentence] of [
    ['Region', 17, 8, /^The regions overlap: they are 17 mm wide/],
    ['Pitch', 0.8, 0.4, /^The pitch of 0\.8 mm is above the wavelength of 0\.7495 mm/],
    ['Gap', 1.2, 30, /^The plates touch: base and relief are up to/],
  ] as const) {
    await typeNumber(page, label, wrong);
    await page.getByText(sentence).waitFor();
    expect(await start.getAttribute('aria-disabled')).toBe('true');
    await typeNumber(page, label, right);
    await page.getByText(sentence).waitFor({state: 'detached'});
  }
}

/** A network so small that it is trained in a moment; what it has learned does not matter here. */
async function train(page: Page): Promise<void> {
  await page.getByLabel('Name', {exact: true}).fill('small digits');
  await page.getByText('Advanced', {exact: true}).click();
  for (const [label, value] of [
    ['Epochs', 1],
    ['Plates', 2],
    ['Samples a side', samples],
    ['Gap', 10],
    ['Region', 1.6],
    ['Object', 9],
    ['Learning rate', 0.4],
    ['Images (0: all)', 64],
    ['Kept for validation', 20],
  ] as const)
    await typeNumber(page, label, value);
  await page.getByRole('button', {name: 'Start training'}).click();
  await page.getByText(/^Done: training of small digits/).waitFor();
  await page.getByText(/^Output planes of kept images at step 4/).waitFor();
}

/** A plate that is thinner than the printer can do is refused before anything is computed; then it is written. */
async function exportStl(page: Page): Promise<void> {
  await page.getByRole('button', {name: 'Export for printing'}).click();
  const dialog = page.getByRole('dialog', {name: 'Export for printing'});
  const write = dialog.getByRole('button', {name: 'Export', exact: true});
  await typeNumber(page, 'Thinnest sheet', 2);
  const refusal = dialog.getByText(/^Plate 1 would be [\d.]+ mm thick at its thinnest place/);
  await refusal.waitFor();
  expect(await write.getAttribute('aria-disabled')).toBe('true');
  await typeNumber(page, 'Thinnest sheet', 0.4);
  await refusal.waitFor({state: 'detached'});
  for (const other of ['3MF: ', 'SVG: ', 'DXF: ', 'Print sheet: ']) await dialog.getByText(other).click();
  await dialog.getByText(/^Plates of 32\.0 mm with their rim/).waitFor();
  await write.click();
  await dialog.getByText(/^4 files \(/).waitFor();
  await dialog.getByRole('button', {name: 'Close'}).click();
}

/** A binary STL of a plate: as long as its triangles, as large as relief, rim and handle. */
async function expectPlate(path: string): Promise<void> {
  const bytes = await readFile(path);
  const triangleCount = bytes.readUInt32LE(80);
  expect(bytes.length).toBe(84 + 50 * triangleCount);
  // Two triangles a pixel at the least.
  expect(triangleCount).toBeGreaterThan(2 * samples * samples);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let triangle = 0; triangle < triangleCount; triangle++)
    for (let corner = 0; corner < 3; corner++)
      for (let axis = 0; axis < 3; axis++) {
        const value = bytes.readFloatLE(84 + 50 * triangle + 12 + 12 * corner + 4 * axis);
        low[axis] = Math.min(low[axis] ?? NaN, value);
        high[axis] = Math.max(high[axis] ?? NaN, value);
      }
  const sideMm = samples * pitchMm + 2 * rimMm;
  const [widthMm, heightMm] = high.map((value, axis) => value - (low[axis] ?? NaN));
  expect(widthMm).toBeCloseTo(sideMm, 3);
  // The handle stands above the square.
  expect(heightMm).toBeCloseTo(sideMm + 12, 3);
  expect(low[2]).toBeCloseTo(0, 6);
}
