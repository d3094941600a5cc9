import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import {benchIsOpen, benchStatus, command, goTo, pageShown, runIs, tabTo, typeNumber} from './acts.ts';
import {askHost} from './app.ts';
import {scenario} from './scenario.ts';

/** So few points do not tell every digit; the way to the verdicts is the same. */
const stepMm = 5;

scenario('first start to a finished campaign of three digits, by mouse', async ({start, open}) => {
  const app = await start();
  const {page} = await open(app.url);
  await page.getByRole('heading', {name: 'Which bench?'}).waitFor();
  await page.getByRole('button', {name: 'More'}).click();
  await typeNumber(page, 'Speed of its clock', 200);
  await page.getByRole('button', {name: 'Open the virtual bench'}).click();
  await benchIsOpen(page);

  await goTo(page, 'Campaign');
  await typeNumber(page, 'Number of digits', 3);
  await typeNumber(page, 'Step', stepMm);
  await page.getByText(/^3 digits, [\d,]+ points, about /).waitFor();
  await page.getByRole('button', {name: 'Start campaign'}).click();

  await seeCampaign(page, 3);
  await page.getByRole('button', {name: 'Open report'}).click();
  await seeReport(page);
  await page
    .getByRole('dialog', {name: /^Report/})
    .getByRole('button', {name: 'Close'})
    .click();

  await page.getByRole('button', {name: 'Open session'}).click();
  await pageShown(page, 'Sessions');
  await seeSession(page, app.url);
});

// What is measured is as by mouse; that it is reached by keys is seen with two digits.
scenario('first start to a finished campaign of two digits, by keyboard alone', async ({start, open}) => {
  const app = await start();
  const {page} = await open(app.url);
  const {keyboard} = page;
  await page.getByRole('heading', {name: 'Which bench?'}).waitFor();
  await tabTo(page, page.getByRole('button', {name: 'More'}));
  await keyboard.press('Enter');
  await typeInto(page, 'Speed of its clock', 200);
  await tabTo(page, page.getByRole('button', {name: 'Open the virtual bench'}));
  await keyboard.press('Enter');
  await benchIsOpen(page);

  await keyboard.press('g');
  await keyboard.press('c');
  await pageShown(page, 'Campaign');
  await typeInto(page, 'Number of digits', 2);
  await typeInto(page, 'Step', stepMm);
  await page.getByText(/^2 digits, [\d,]+ points, about /).waitFor();
  await keyboard.press('Control+Enter');

  await seeCampaign(page, 2);
  await command(page, 'Open the report of the campaign');
  await seeReport(page);
  await tabTo(page, page.getByRole('dialog', {name: /^Report/}).getByRole('button', {name: 'Close'}));
  await keyboard.press('Enter');
  await page.getByRole('dialog', {name: /^Report/}).waitFor({state: 'detached'});

  await tabTo(page, page.getByRole('button', {name: 'Open session'}));
  await keyboard.press('Enter');
  await pageShown(page, 'Sessions');
  await seeSession(page, app.url);
});

/** Types a number into a field that Tab reaches. */
async function typeInto(page: Page, label: string, value: number): Promise<void> {
  await tabTo(page, page.getByLabel(label, {exact: true}));
  await page.keyboard.press('Control+a');
  await page.keyboard.type(String(value));
}

/** The campaign from its first card to its last verdict. */
async function seeCampaign(page: Page, digitCount: number): Promise<void> {
  const cards = page.getByRole('listbox', {name: 'Digits of the campaign'}).getByRole('option');
  // While it runs its cards live: at one moment the first says that it is being measured, and the others wait.
  await page
    .getByRole('main')
    .filter({has: page.getByRole('option', {name: /^1: digit \d, measuring/})})
    .filter({has: page.getByRole('option', {name: new RegExp(`^${digitCount}: digit \\d, waiting`)})})
    .filter({has: page.getByText(`0 of ${digitCount} digits`)})
    .waitFor();
  for (let index = 1; index <= digitCount; index++)
    await cards
      .and(
        page.getByRole('option', {
          name: new RegExp(`^${index}: digit \\d, done, measured and simulated [\\d–]\\??`),
        }),
      )
      .waitFor();
  await runIs(page, 'finished');
  await page
    .getByText(new RegExp(`^Measured and simulated verdicts agree for \\d of ${digitCount} \\(`))
    .waitFor();
  await page.getByText(/^measured \d, simulated \d, .*margin [\d.]+.*, (decided|undecided)$/).waitFor();
  await page
    .getByRole('img', {
      name: new RegExp(`^Verdicts that match the simulation as designed: \\d of ${digitCount},`),
    })
    .waitFor();
  for (const name of ['Measured', 'Simulated as designed']) {
    const cells = await page.getByRole('table', {name, exact: true}).getByRole('cell').allInnerTexts();
    expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(digitCount);
  }
}

/** The report with a chapter of every digit, in its frame. */
async function seeReport(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', {name: /^Report/});
  await dialog.waitFor();
  const report = page.frameLocator('iframe[title^="Report of"]');
  await report.getByRole('heading', {level: 1}).waitFor();
  expect(await report.locator('body').innerText()).toMatch(/match/i);
}

/** The stored session of the finished campaign, in the window and at the host. */
async function seeSession(page: Page, url: string): Promise<void> {
  const uid = (await benchStatus(url)).run?.sessionUid;
  const found = await askHost<{sessions: {uid: string; kind: string}[]}>(url, '/sessions/search', {});
  expect(found.sessions).toMatchObject([{uid, kind: 'campaign'}]);
  const runs = page.getByRole('grid', {name: 'Runs', exact: true});
  await runs
    .getByRole('row', {name: /digit \d/})
    .first()
    .waitFor();
}
