import {AxeBuilder} from '@axe-core/playwright';
import type {Page} from 'playwright-core';

/** What axe finds wrong, a line for each place; a report in its frame is another document. */
export async function violations(page: Page, rules: 'all' | 'colours' = 'all'): Promise<readonly string[]> {
  // The legacy mode is the one without a second page for frames, of which there is none to look at.
  const axe = new AxeBuilder({page}).exclude('iframe').setLegacyMode(true);
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
