import type {Page} from 'playwright-core';
import {expect} from 'vitest';
import type {ApiOutputs, Computation} from '../../src/contract/api/index.ts';
import {goTo, typeNumber} from './acts.ts';
import {askHost} from './app.ts';
import {scenario} from './scenario.ts';

type Told = ApiOutputs['twin']['training'];

const lossesOf = ({entries}: Told): number[] =>
  entries.flatMap((entry) => (entry.kind === 'report' ? [entry.loss] : []));
const placesOf = ({entries}: Told): (string | null)[] =>
  entries.flatMap((entry) => (entry.kind === 'place' ? [entry.gpu] : []));

/** Types what is not as in the training before. */
async function fill(page: Page, numbers: Readonly<Record<string, number>>): Promise<void> {
  for (const [label, value] of Object.entries(numbers)) await typeNumber(page, label, value);
}

const newestTraining = async (link: string): Promise<Computation> => {
  const {computations} = await askHost<{computations: Computation[]}>(link, '/computations/status', {});
  const [newest] = computations;
  if (!newest) throw new Error('Nothing was computed.');
  return newest;
};

async function endOf(
  link: string,
  isSo = ({endedUtc}: Computation) => endedUtc !== null,
): Promise<Computation> {
  await expect.poll(async () => isSo(await newestTraining(link))).toBe(true);
  return await newestTraining(link);
}

scenario(
  'a training is computed on the GPU of the window with the numbers of the processors, and goes on on these when it is closed',
  async ({start, open}) => {
    const app = await start();
    const tellOf = ({id}: {readonly id: string}) => askHost<Told>(app.url, '/twin/training', {id});
    const {page} = await open(app.url, {height: 1000, hasGpu: true});
    await goTo(page, 'Design');
    await page.getByRole('radio', {name: 'Train a network'}).click();
    await page.getByLabel('Name', {exact: true}).fill('on the gpu');
    await page.getByText('Advanced', {exact: true}).click();
    await fill(page, {
      Epochs: 1,
      Plates: 2,
      'Samples a side': 20,
      Gap: 10,
      Region: 1.2,
      Object: 6,
      'Images a step': 2,
      'Images (0: all)': 8,
      'Kept for validation': 10,
    });
    await page.getByRole('radio', {name: /^GPU of this computer \(.*swiftshader/i}).click();
    await page.getByRole('button', {name: 'Start training'}).click();
    await page.getByText(/^Done: training of on the gpu/).waitFor();
    await page.getByText(/^Place: computed on the GPU .*swiftshader/i).waitFor();

    const onGpu = await tellOf(await newestTraining(app.url));
    expect(placesOf(onGpu)).toEqual([expect.stringMatching(/swiftshader/i)]);
    await askHost(app.url, '/twin/train', {settings: {...onGpu.settings, name: 'on processors'}});
    const {id} = await endOf(app.url, ({title, endedUtc}) => /processors/.test(title) && endedUtc !== null);
    const onProcessors = await tellOf({id});
    expect(placesOf(onProcessors)).toEqual([null]);
    const [loss] = lossesOf(onGpu);
    const [expected] = lossesOf(onProcessors);
    expect(Math.abs((loss ?? 0) / (expected ?? 0) - 1)).toBeLessThan(1e-4);

    await page.getByLabel('Name', {exact: true}).fill('left alone');
    await fill(page, {'Images a step': 1, 'Images (0: all)': 75});
    await page.getByRole('button', {name: 'Start training'}).click();
    await page.getByText(/^epoch 1, loss/).waitFor();
    await page.close();
    const {state, notes, ...last} = await endOf(app.url);
    expect(state).toBe('done');
    expect(notes.join()).toMatch(
      /goes on on the processors .* nothing lost.* the window that offered it is closed/,
    );
    const told = await tellOf(last);
    expect(placesOf(told)).toEqual([expect.stringMatching(/swiftshader/i), null]);
    expect(lossesOf(told)).toHaveLength(3);
  },
);
