import {beforeAll, expect, inject, vi} from 'vitest';
import type {ApiOutputs} from '../../src/contract/api/index.ts';
import {benchStatusWhen} from './acts.ts';
import {askHost, patienceMs, type RunningApp} from './app.ts';
import {faultsInThemes, violations} from './axe.ts';
import {scenario} from './scenario.ts';
import {startOnSmallBench} from './small-bench.ts';

/** A virtual bench with a mount under each plate, and an alignment of two coarse planes of it. */
let app: RunningApp;
let alignmentUid: string;
const digitCount = 2;

type Corrections = ApiOutputs['correction']['list']['corrections'];

const corrections = async (): Promise<Corrections> =>
  (await askHost<ApiOutputs['correction']['list']>(app.url, '/correction/list', {alignmentUid})).corrections;

beforeAll(async () => {
  app = await startOnSmallBench({seed: 2, speed: 300, hasMounts: true});
  // Farther off than the alignment could leave as it is.
  for (const [plate, dxMm, dyMm] of [
    [1, 0.8, -0.6],
    [2, -0.7, 0.8],
  ])
    await askHost(app.url, '/mount/move-to', {plate, target: {dxMm, dyMm, dzMm: 0, rotationDeg: 0}});
  await askHost(app.url, '/campaign/start', {
    designFolder: inject('smallDesigns').two,
    digitCount,
    stepMm: 2,
    marginMm: 4,
    referenceEvery: 0,
    title: 'planes to correct by',
  });
  await benchStatusWhen(app.url, ({run}) => run?.exitStatus === 'success');
  const {sources} = await askHost<ApiOutputs['align']['sources']>(app.url, '/align/sources', {});
  // So few points tell the shifts and turns of the plates well enough to move by.
  const free = ['plates.n', 'beam.narrowness', 'beam.curvature', 'frame.dz'].map((name) => `-${name}`);
  await askHost(app.url, '/align/start', {sessionUid: sources[0].sessionUid, free});
  alignmentUid = await vi.waitUntil(
    async () => {
      const {alignments} = await askHost<ApiOutputs['align']['results']>(app.url, '/align/results', {});
      return alignments[0]?.uid;
    },
    {timeout: patienceMs, interval: 100},
  );
  // The page asks for the table by which moves are judged; one that came after the list of moves would make another list.
  const {designHash} = (await askHost<ApiOutputs['align']['results']>(app.url, '/align/results', {}))
    .alignments[0];
  await askHost(app.url, '/align/sensitivity', {designHash});
  return () => app[Symbol.asyncDispose]();
});

scenario('mounts moved as found, measured again, kept, and moved back', async ({open}) => {
  const {page} = await open(app.url);
  await page.goto(`${new URL(app.url).origin}/#/align?result=${alignmentUid}`);
  const place = page.getByRole('region', {name: 'Correction by mounts'});

  // Every move is seen first, and leaving it moves nothing.
  await place.getByRole('button', {name: 'Move mounts ...'}).click();
  const question = page.getByRole('dialog', {name: 'Move the mounts?'});
  await question.getByRole('button', {name: /^Move/}).waitFor();
  await question.getByRole('button', {name: 'Leave them'}).click();
  expect(await corrections()).toEqual([]);

  await place.getByRole('button', {name: 'Move mounts ...'}).click();
  const doubt = question.getByRole('checkbox', {name: 'Follow it in spite of the doubts'});
  await question.getByRole('button', {name: /^Move/}).waitFor();
  if (await doubt.isVisible()) await doubt.locator('xpath=..').click();
  const rows = question.getByRole('row');
  await expect.poll(() => rows.count()).toBeGreaterThan(1);
  // What moves is what the page tells a person to do, in words and units.
  const listed = await question.getByRole('row').getByRole('rowheader').allTextContents();
  const told = async () =>
    // Behind a dialog nothing has a role.
    (await page.locator('ul[aria-label=Corrections] > li').allTextContents()).flatMap((text) =>
      text.includes('Nothing to do') ? [] : [/^Plate (\d)/.exec(text)?.[1]],
    );
  await expect.poll(told).toEqual([...new Set(listed)]);
  expect(await question.textContent()).not.toMatch(/(dx|dy|dz)Mm|rotationDeg|about 0/);
  expect(await violations(page), 'question').toEqual([]);
  await question.getByRole('button', {name: /^Move [1-5] plates?$/}).click();
  await place.getByText('moved', {exact: true}).waitFor();
  const [{moves}] = await corrections();
  expect(moves.length).toBeGreaterThan(0);

  // Kept only once it is known whether it helped.
  expect(await place.getByRole('button', {name: 'Keep', exact: true}).count()).toBe(0);
  await place.getByRole('button', {name: 'Measure again'}).click();
  const comparison = place.getByRole('table');
  await comparison.getByRole('rowheader', {name: 'Correlation with the design'}).waitFor();
  await place.getByRole('button', {name: /^Open the alignment after it/}).waitFor();
  await comparison.getByRole('rowheader', {name: 'Plates off sideways, RMS'}).waitFor();
  // A button that has the focus shows its hint, which stands outside every landmark.
  await page.getByRole('heading', {name: 'Before and after'}).click();
  expect(await faultsInThemes(page)).toEqual([]);
  const {state, check} = (await corrections())[0];
  expect(state).toBe('done');
  expect(check?.comparison.correlation.change.value ?? 0).toBeGreaterThan(0);

  await place.getByRole('button', {name: 'Keep', exact: true}).click();
  await place.getByText('kept', {exact: true}).waitFor();

  // A kept correction can still be undone: then the question is open again.
  await place.getByRole('button', {name: 'Move back'}).click();
  await place.getByRole('button', {name: 'Move mounts ...'}).waitFor();
  expect((await corrections())[0].state).toBe('undone');
});

scenario('a window that may only look can move nothing', async ({open}) => {
  const {links} = await askHost<ApiOutputs['app']['info']>(app.url, '/info');
  const {page} = await open(links.find(({scope}) => scope === 'read')?.url ?? '');
  await page.goto(`${new URL(app.url).origin}/#/align?result=${alignmentUid}`);
  const move = page.getByRole('button', {name: 'Move mounts ...'});
  await move.waitFor();
  expect(await move.getAttribute('aria-disabled')).toBe('true');
});
