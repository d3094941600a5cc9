import {AxeBuilder} from '@axe-core/playwright';
import type {Page} from 'playwright-core';
import {overflow, showTheme, themes} from './acts.ts';

/**
 * What axe finds wrong, a line for each place; a report in its frame is another document, and a hint belongs to what is
 * pointed at and to no landmark.
 */
export async function violations(page: Page, rules: 'all' | 'colours' = 'all'): Promise<readonly string[]> {
  // The builder would load axe into the document anew, twice, before every look.
  const isLoaded = await page.evaluate(() => 'axe' in window);
  // The legacy mode is the one without a second page for frames, of which there is none to look at.
  const axe = new AxeBuilder({page, ...(isLoaded && {axeSource: '0'})})
    .exclude('iframe')
    .exclude('[data-overlay-container]:has([role=tooltip])')
    .setLegacyMode(true);
  const found = await axe
    .options({
      // What passes need not be described: half of the time.
      resultTypes: ['violations'],
      // Style sheets and media of other origins, of which there are none.
      preload: false,
      ...(rules === 'colours' && {runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}),
    })
    .analyze();
  return found.violations.flatMap(({id, nodes}) =>
    nodes.map(({html, failureSummary}) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

/**
 * What axe finds wrong and what is wider than its place, in any theme: every rule of axe in one, what depends on colours
 * in the others, which differ in nothing else.
 */
export async function faultsInThemes(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [index, [theme]] of themes.entries()) {
    await showTheme(page, theme);
    const lines = await violations(page, index === 0 ? 'all' : 'colours');
    found.push(...[...lines, ...(await overflow(page))].map((line) => `${theme}: ${line}`));
  }
  return found;
}
