import type {Locator, Page} from 'playwright-core';
import {expect} from 'vitest';
import {formatNumber, numberMarksOf} from '../../src/base/number-text.ts';
import {type Entry, locales, numbers, refusedTexts} from '../number-texts.ts';
import {benchIsOpen, benchStatus, goTo, typeNumber} from './acts.ts';
import {faultsInThemes} from './axe.ts';
import {scenario, share} from './scenario.ts';
import {startOnSmallBench} from './small-bench.ts';

/** Writes into a field as a person does, key by key or from the clipboard, and leaves it. */
async function enter(page: Page, field: Locator, text: string, how: Entry): Promise<void> {
  await field.press('Control+a');
  if (how === 'typed') await page.keyboard.type(text);
  else
    await field.evaluate((input, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      const event = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
      // What nobody prevents the browser inserts itself.
      if (input.dispatchEvent(event)) document.execCommand('insertText', false, pasted);
    }, text);
  expect(await field.inputValue(), `${text}, ${how}, while it is written`).toBe(text);
  await page.keyboard.press('Tab');
}

const isInvalid = async (field: Locator): Promise<boolean> =>
  (await field.getAttribute('aria-invalid')) === 'true';

/** What a screen reader says of a field beside its name and text. */
const descriptionOf = (field: Locator): Promise<string> =>
  field.evaluate((input) =>
    (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ')
      .trim(),
  );

/** One program for all locales: nothing is moved or measured here. */
const shared = share(() => startOnSmallBench({speed: 1}), {locale: 'en-US'});

scenario('nothing is started with a field that cannot be taken', async () => {
  const {page} = shared().window;
  await benchIsOpen(page);

  await goTo(page, 'Scan');
  await typeNumber(page, 'Width', 10);
  await typeNumber(page, 'Height', 10);
  const startButton = page.getByRole('button', {name: 'Start scan'});
  await page.waitForFunction(
    (element) => element?.getAttribute('data-disabled') === null,
    await startButton.elementHandle(),
  );
  const step = page.getByLabel('Step', {exact: true});
  await step.fill('1,234');
  await step.press('Control+Enter');
  await page.getByText('Correct the marked fields first.').first().waitFor();
  expect(await step.inputValue()).toBe('1,234');
  expect((await benchStatus(shared().app.url)).run ?? null).toBeNull();
  // A column of two numbers is not one number, and is kept as it came.
  await step.fill('');
  await step.evaluate((input) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '5\r\n700');
    input.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
  });
  expect([await step.inputValue(), await isInvalid(step)]).toEqual(['5; 700', true]);
  expect(await faultsInThemes(page)).toEqual([]);

  // By corners: a corner that cannot be taken leaves the others as they are.
  await step.fill('1');
  await page.getByRole('radio', {name: 'Corners'}).click();
  await page.getByLabel('From x', {exact: true}).fill('-');
  await page.keyboard.press('Tab');
  expect(await page.getByLabel('To x', {exact: true}).inputValue()).toBe('5');
  await typeNumber(page, 'From x', -3.123456789);
  expect(await page.getByLabel('From x', {exact: true}).inputValue()).toBe('-3.123456789');
  await page.keyboard.press('ArrowUp');

  // An x that cannot be taken keeps the stage where it is, although y is fine; an empty x does not.
  await goTo(page, 'Bench');
  const goButton = page.getByRole('button', {name: 'Go there'});
  await page.getByLabel('x', {exact: true}).fill('1,5,0');
  await typeNumber(page, 'y', 3);
  await page.getByText('x cannot be taken as it stands').waitFor();
  expect(await goButton.isEnabled()).toBe(false);
  await page.getByLabel('y', {exact: true}).press('ArrowUp');
  expect(await page.getByLabel('y', {exact: true}).inputValue()).toBe('4');
  await page.getByLabel('x', {exact: true}).fill('60');
  await page.keyboard.press('Tab');
  await page.getByText('From -50 to 50 mm.').waitFor();
  expect(await page.getByLabel('x', {exact: true}).inputValue()).toBe('60');
  await page.getByRole('button', {name: 'Clear', exact: true}).first().click();
  expect(await page.getByLabel('x', {exact: true}).inputValue()).toBe('');

  // The level of the source: what cannot be taken is not the working level of the bench file.
  await page.getByLabel('Level into the chain').first().fill('1 2');
  await page.keyboard.press('Tab');
  expect(await page.getByRole('button', {name: 'Turn RF on'}).isEnabled()).toBe(false);
});

for (const [locale, ambiguous] of locales)
  scenario(`what is typed or pasted is the one number that it means, ${locale}`, async ({open}) => {
    const {app, window} = shared();
    const {page} = locale === 'en-US' ? window : await open(app.url, {locale});
    await benchIsOpen(page);
    const marks = numberMarksOf(locale);
    const lookAt = async (field: Locator, text: string, value: number | null, how: Entry): Promise<void> => {
      await enter(page, field, text, how);
      const what = `${text}, ${how} in ${locale}`;
      expect(await field.inputValue(), what).toBe(value === null ? text : formatNumber(value, marks));
      // A large number is read, but may be too large for the field.
      if (value === null || value < 10) expect(await isInvalid(field), what).toBe(value === null);
      if (value === null) expect(await descriptionOf(field), what).toMatch(/\w.*\.$/);
    };
    // Each text in one of the fields; every text typed and pasted is tried on the field alone (number-field.test.tsx).
    const fields = [
      ['Scan', 'Step', 'pasted'],
      ['Bench', 'x', 'typed'],
      ['Campaign', 'Margin around regions', 'pasted'],
    ] as const;
    for (const [turn, [pageName, label, how]] of fields.entries()) {
      const isOfTurn = (_: unknown, index: number): boolean => index % fields.length === turn;
      await goTo(page, pageName);
      const field = page.getByLabel(label, {exact: true});
      for (const [text, value] of numbers.filter(isOfTurn)) await lookAt(field, text, value, how);
      for (const text of refusedTexts.filter(isOfTurn)) await lookAt(field, text, null, how);
      await lookAt(field, ambiguous, null, how);
      expect(await descriptionOf(field)).toMatch(/1[.,]234" can mean 1[.,]234 or 1234/);
    }
  });
