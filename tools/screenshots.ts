/**
 * `npm run screenshots`: pictures of every page in the dark and the light theme under docs/images/window, taken in a
 * real browser from a real host on the virtual bench: a campaign of six digits is measured and aligned first, and a scan
 * is under way while its page is taken. `npm run screenshots -- studio` takes those of the design studio alone.
 */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Page} from 'playwright-core';
import {goTo, type PageName} from '../test/e2e/acts.ts';
import {askHost, root, startApp} from '../test/e2e/app.ts';
import {closeBrowser, openWindow} from '../test/e2e/window.ts';

const folder = join(root, 'docs', 'images', 'window');
const say = (text: string): void => void process.stderr.write(`${text}\n`);

interface RunState {
  readonly run: {
    readonly state: string;
    readonly sessionUid: string | null;
    readonly pointCount: number;
  } | null;
}

async function waitFor(url: string, isReached: (state: RunState) => boolean): Promise<RunState> {
  for (;;) {
    const state = await askHost<RunState>(url, '/bench/status', {});
    if (isReached(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Lets pictures and figures that the host computes arrive. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined); // a socket is never idle
  await page.waitForTimeout(4000);
}

async function takeAll(url: string, theme: 'dark' | 'light', sessionUid: string): Promise<void> {
  const {page} = await openWindow(url, {width: 1440, height: 900, colourScheme: theme});
  const take = async (name: string): Promise<void> => {
    await page.mouse.move(720, 5);
    await page.screenshot({path: join(folder, `${name}-${theme}.png`)});
    say(`  ${name}-${theme}.png`);
  };
  const show = async (name: PageName, address?: string): Promise<void> => {
    await goTo(page, name);
    if (address !== undefined) await page.goto(new URL(`/#${address}`, url).href);
    await settle(page);
  };
  await show('Campaign', `/campaign?session=${sessionUid}`);
  await take('campaign');
  const {runs} = await askHost<{runs: {uid: string; planName: string; campaignIndex: number | null}[]}>(
    url,
    '/sessions/get',
    {uid: sessionUid},
  );
  const digit = runs.find(({campaignIndex}) => campaignIndex !== null);
  await show('Compare', `/compare?a=run:${digit?.uid}&b=prediction:${digit?.uid}:registered`);
  await take('compare');
  const {alignments} = await askHost<{alignments: {uid: string}[]}>(url, '/align/results', {sessionUid});
  await show('Align', `/align?result=${alignments[0]?.uid}`);
  await take('align');
  await show('Design');
  await page.waitForTimeout(8000);
  await take('design');
  await show('Sessions', `/sessions/${sessionUid}`);
  await take('sessions');
  await show('Log');
  await take('log');

  await askHost(url, '/scan/start', {
    // Fine enough to be still under way when the last picture is taken, also on a slow machine.
    plan: {plan: 'grid', widthMm: 60, heightMm: 60, stepMm: 0.5},
    sample: 'digit 7',
    title: 'picture of the output plane',
  });
  await show('Scan');
  await waitFor(url, ({run}) => (run?.pointCount ?? 0) > 1900);
  await take('scan');
  await show('Bench');
  await take('bench');
  await askHost(url, '/run/stop', {});
  await page.close();
}

/** The design studio with a training of small plates that has just ended; the training is the same for both themes. */
async function takeStudio(url: string): Promise<void> {
  say('training small plates ...');
  await askHost(url, '/twin/train', {settings: smallTraining});
  for (const theme of ['dark', 'light'] as const) {
    const {page} = await openWindow(url, {width: 1440, height: 900, colourScheme: theme});
    await goTo(page, 'Design');
    await page.getByRole('radio', {name: 'Train a network'}).click();
    await page.getByText(/^Done: training of /).waitFor();
    await settle(page);
    await page.screenshot({path: join(folder, `studio-${theme}.png`)});
    say(`  studio-${theme}.png`);
    await page.close();
  }
}

/** Plates so small that they are trained in some seconds. */
const smallTraining = {
  name: 'small plates',
  epochs: 8,
  layerCount: 3,
  count: 60,
  gapMm: 12,
  regionMm: 2.4,
  objectSideMm: 13,
  learningRate: 0.15,
  trainingCount: 800,
  validationCount: 200,
};

async function takePages(url: string): Promise<void> {
  await waitFor(url, (state) => 'bench' in state && (state.bench as {state: string}).state === 'open');
  say('measuring six digits on the virtual bench ...');
  await askHost(url, '/campaign/start', {
    digitCount: 6,
    seed: 3,
    stepMm: 1.5,
    title: 'Six digits, batch 7',
  });
  const {run} = await waitFor(url, (state) => state.run?.state === 'ended');
  const sessionUid = run?.sessionUid ?? '';
  say('aligning with its planes ...');
  await askHost(url, '/align/start', {sessionUid});
  for (;;) {
    const {job} = await askHost<{job: {state: string} | null}>(url, '/align/status', {});
    if (job?.state === 'done') break;
    if (job?.state === 'failed' || job?.state === 'stopped')
      throw new Error(`The alignment ended as ${job.state}.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  for (const theme of ['dark', 'light'] as const) await takeAll(url, theme, sessionUid);
}

mkdirSync(folder, {recursive: true});
const isStudio = process.argv.includes('studio');
await using app = await startApp({args: ['--virtual', '--speed', isStudio ? '1' : '60']});
if (isStudio) await takeStudio(app.url);
else await takePages(app.url);
await closeBrowser();
