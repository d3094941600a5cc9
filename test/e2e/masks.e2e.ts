import type {Locator, Page} from 'playwright-core';
import {expect} from 'vitest';
import {benchIsOpen, benchStatus, goTo, runIs, typeNumber} from './acts.ts';
import {violations} from './axe.ts';
import {scenario} from './scenario.ts';

/** What a person at the bench is asked for, by the button that answers it. */
const answerButton = (page: Page): Locator =>
  page.getByRole('dialog').getByRole('button', {name: /^It is (in place|done)$/});

scenario(
  'masks by hand: asked in both windows, answered in one, closed in the other',
  async ({startOn, open}) => {
    const app = await startOn({speed: 200, isRobotMounting: false});
    const {page} = await open(app.url);
    await benchIsOpen(page);
    const {page: second} = await open(app.url, {colourScheme: 'light'});
    // On a page on which little moves.
    await goTo(second, 'Log');
    await goTo(page, 'Campaign');
    await typeNumber(page, 'Number of digits', 1);
    // What is asked does not depend on how many points are measured.
    await typeNumber(page, 'Step', 5);
    await page.getByRole('button', {name: 'Start campaign'}).click();

    const windows = [page, second] as const;
    const asked: string[] = [];
    for (;;) {
      const next = await nextOf(page);
      if (next === 'finished') break;
      for (const one of windows) await answerButton(one).waitFor();
      const {prompt} = await benchStatus(app.url);
      asked.push(prompt?.kind ?? 'nothing');
      if (prompt?.mask)
        for (const one of windows)
          await one
            .getByRole('dialog', {name: 'Put in the mask'})
            .getByRole('img', {name: `Mask ${prompt.mask.label}`})
            .waitFor();
      // Dark in one, light in the other; once, since the dialog is the same for every mask.
      if (prompt?.mask && asked.filter((kind) => kind === 'mount-object').length === 1)
        for (const one of windows) expect(await violations(one), 'the dialog').toEqual([]);
      const [answering, other] = asked.length % 2 === 1 ? windows : [second, page];
      await answerButton(answering).click();
      for (const one of [other, answering])
        await one.waitForFunction(
          (text) => !document.querySelector('[role="dialog"]')?.textContent.includes(text),
          prompt?.text ?? '',
        );
    }
    expect(asked).toContain('mount-object');
    for (const one of windows) await runIs(one, 'finished');
    await page.getByRole('option', {name: /^1: digit \d, done/}).waitFor();
  },
);

/** Waits for what comes first: a question or the end. */
async function nextOf(page: Page): Promise<'question' | 'finished'> {
  const finished = page.getByRole('region', {name: 'Run', exact: true}).getByText('finished', {exact: true});
  await answerButton(page).or(finished).first().waitFor();
  return (await finished.isVisible()) ? 'finished' : 'question';
}
